"""What repositories list: every page, every folder, the deposited file, the newest child; or an error."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from loaders import publishers
from loaders.catalog import Dataset
from loaders.catalog_source import Download
from loaders.errors import SourceError
from loaders.locks import LockedFile
from loaders.publishers.asking import Listing
from loaders.publishers.fields import Fields
from loaders.publishers.pages import MOST_PAGES
from loaders.publishers.sciencebase_versions import newest, version
from loaders.web import Web
from tests.publishers import Fault, Publishers
from tests.publishers.answers import Answer, Asked, document, page
from tests.publishers.bodies import as_content, digest
from tests.publishers.dois import Doi

SCIENCEBASE, DATAVERSE, OSF = "10.5066/P9IA3TUS", "10.7910/DVN/ABC", "10.17605/OSF.IO/AB1CD"
FIGSHARE, ZENODO = "10.6084/m9.figshare.3385780.v4", "10.5281/zenodo.5005868"
DATAVERSE_API = "/api/datasets/:persistentId/versions/:latest-published"
TITLE = "United States Large-Scale Solar Photovoltaic Database"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publishers]:
    with Publishers(tmp_path_factory.mktemp("publishers")) as web:
        yield web


CLIENT = Web(Download(backoff_s=0, attempts=2, timeout_s=10))


@pytest.fixture
def web(standin: Publishers, monkeypatch: pytest.MonkeyPatch) -> Publishers:
    """The publishers with nothing published, and this process pointed at them."""
    fresh = Publishers(Path())
    for name in ("dois", "zenodo", "figshare", "sciencebase", "dataverse", "osf", "plain"):
        getattr(standin, name).__dict__.update(
            {key: value for key, value in vars(getattr(fresh, name)).items() if key != "_dois"}
        )
    standin.heal()
    standin.forget()
    for key, value in standin.environment().items():
        monkeypatch.setenv(key, value)
    return standin


def asked(**source: str) -> Listing:
    dataset = Dataset.model_validate({"key": "farms", "source": source})
    return publishers.ask(dataset, CLIENT)


def refused(**source: str) -> str:
    with pytest.raises(SourceError) as caught:
        asked(**source)
    return str(caught.value)


def names(listing: Listing) -> set[str]:
    return {file.name for file in listing.files}


def changed(change: Callable[[Json], Any]) -> Fault:
    """An answer in JSON, changed in place, or by what is returned."""

    def changes(_: Asked, answer: Answer) -> Answer:
        stated = json.loads(b"".join(answer.content.pieces()))
        found = change(stated)
        return document(stated if found is None else found, answer.status)

    return Fault(changes, times=None, method="GET")


def many(count: int) -> dict[str, bytes]:
    return {f"farms {number:03}.csv": b"id\n%d\n" % number for number in range(count)}


# ScienceBase


def parent(web: Publishers, *children: Mapping[str, Any]) -> None:
    """A parent item without files, and its children; each holds a file that its identifier names."""
    web.sciencebase.publish("66707f69", {}, doi=SCIENCEBASE, title=TITLE)
    for child in children:
        files = {f"{child['identifier']}.zip": b"PK"}
        web.sciencebase.publish(**{"files": files, "parent": "66707f69", "title": TITLE, **child})


def test_the_newest_child_of_a_parent_is_locked(web: Publishers) -> None:
    parent(
        web,
        {"identifier": "6442d8a2", "title": f"{TITLE} v1.0 (November 2023)", "published": "2023-11-08"},
        {"identifier": "69aa0000", "title": f"{TITLE} v10.0 (April 2032)", "published": "2032-04-14"},
        {"identifier": "6671c479", "title": f"{TITLE} (ver. 2.0, August 2024)", "published": "2024-08-12"},
    )
    listing = asked(doi=SCIENCEBASE)
    record = listing.record
    assert (record.id, record.version, record.year, record.doi) == ("69aa0000", "10.0", 2032, SCIENCEBASE)
    assert record.title == f"{TITLE} v10.0 (April 2032)"
    assert record.url == "https://www.sciencebase.gov/catalog/item/69aa0000"
    assert names(listing) == {"69aa0000.zip"}


def test_a_child_is_chosen_by_the_address_of_its_page(web: Publishers) -> None:
    parent(web, {"identifier": "6442d8a2", "title": f"{TITLE} v1.0"}, {"identifier": "6671c479"})
    listing = asked(url="https://www.sciencebase.gov/catalog/item/6442d8a2")
    assert (listing.record.id, listing.record.version, names(listing)) == ("6442d8a2", "1.0", {"6442d8a2.zip"})


def test_children_on_several_pages_are_all_compared(web: Publishers) -> None:
    web.sciencebase.most_per_page = 2
    parent(web, *({"identifier": f"item{n}", "title": f"{TITLE} v{n}.0"} for n in (2, 1, 5, 4, 3)))
    assert asked(doi=SCIENCEBASE).record.id == "item5"


def test_a_child_that_is_a_parent_is_followed(web: Publishers) -> None:
    parent(web, {"identifier": "between", "files": {}})
    web.sciencebase.publish("below", {"a.geojson": b"{}"}, parent="between", title=TITLE)
    assert asked(doi=SCIENCEBASE).record.id == "below"


def test_the_metadata_of_a_parent_is_not_taken_for_its_data(web: Publishers) -> None:
    parent(web, {"identifier": "6671c479"})
    web.sciencebase.publish("66707f69", {"metadata.xml": b"<x/>"}, doi=SCIENCEBASE, title=TITLE)
    assert asked(doi=SCIENCEBASE).record.id == "6671c479"


def test_children_that_are_not_versions_are_listed_and_none_is_chosen(web: Publishers) -> None:
    parts = ({"identifier": "one", "title": "Solar polygons"}, {"identifier": "two", "title": "Training images"})
    parent(web, *parts)
    said = refused(doi=SCIENCEBASE)
    assert 'https://www.sciencebase.gov/catalog/item/one ("Solar polygons")' in said
    assert 'https://www.sciencebase.gov/catalog/item/two ("Training images")' in said
    assert "datasets.farms.source.url" in said


def child(title: str, published: str = "", updated: str = "2020-01-01T00:00:00Z", created: str = "2020") -> Fields:
    dates = [{"type": "Publication", "dateString": published}, {"type": "Start", "dateString": "2099"}]
    times = {"lastUpdated": updated, "dateCreated": created}
    values = {"id": title, "title": title, "dates": dates if published else [], "provenance": times}
    return Fields(values, title, None)  # type: ignore[arg-type]


CHILDREN = {
    "the highest version": ([child("Farms v9"), child("Farms v10"), child("Farms v1.5")], "Farms v10"),
    "2.0 and 2 are one version": ([child("Farms v2.0"), child("Farms, version 2")], None),
    "the only one that is no previous version": (
        [child("Farms"), child("Previous versions of the solar database")],
        "Farms",
    ),
    "the only one that is not archived": ([child("Farms"), child("Farms (archive)")], "Farms"),
    "archives only": ([child("Farms archive 1"), child("Farms archive 2")], None),
    "the one called current": ([child("Farms v1"), child("Farms (current version)")], "Farms (current version)"),
    "the latest month in a title": (
        [child("Farms (May 2023)"), child("Farms (April 2, 2024)")],
        "Farms (April 2, 2024)",
    ),
    "the latest publication": ([child("Farms 2023", "2023-05"), child("Farms 2024", "2024-04-02")], "Farms 2024"),
    "a year and a day in it": ([child("Farms (2024)", "2024"), child("Farms", "2024-05-01")], None),
    "the latest update": (
        [child("Farms", updated="2021-01-01T00:00:00Z"), child("farms", updated="2022-01-01T00:00:00Z")],
        "farms",
    ),
    "an update of an older item": (
        [child("Farms", updated="2025-01-01T00:00:00Z"), child("farms", created="2022")],
        None,
    ),
    "years of data, updated one after another": (
        [child("Farms of 2015", updated="2025-01-01T00:00:00Z"), child("Farms of 2020")],
        None,
    ),
    "numbered parts": ([child("Region 1", "2023-05"), child("Region 2", "2024-05")], None),
    "a single archive": ([child("Archive")], "Archive"),
    "parts that have versions": ([child("Farm polygons v1.0"), child("Farm images v2.0")], None),
    "a single one": ([child("Anything")], "Anything"),
    "nothing to compare": ([child("Farms"), child("Farms")], None),
}


@pytest.mark.parametrize("name", CHILDREN)
def test_the_newest_child_is_told_by_title_then_publication_then_update(name: str) -> None:
    children, expected = CHILDREN[name]
    found = newest(children, lambda each: each)
    assert (found.text("title") if found else None) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Solar farms (ver. 2.0, August 2024)", "2.0"),
        ("uspvdb_v4_0", "4.0"),
        ("Farms Version 3", "3"),
        ("Data release 2016", "2016"),
        ("Solar farms in 2016", None),
        ("Convoy 66", None),
        (None, None),
    ],
)
def test_a_version_is_read_from_a_title(title: str | None, expected: str | None) -> None:
    assert version(title) == expected


def test_a_checksum_that_one_of_two_lists_states_is_kept(web: Publishers) -> None:
    web.sciencebase.publish("66c", {"a.geojson": b"{}"}, doi=SCIENCEBASE)
    web.fault(
        "www.sciencebase.gov",
        "/catalog/item/66c?format=json",
        changed(lambda item: item.update(facets=[{"files": [{**item["files"][0], "checksum": None}]}])),
    )
    (file,) = asked(doi=SCIENCEBASE).files
    assert file.checksum is not None


def test_a_file_without_a_place_on_the_disk_is_asked_for_by_name(web: Publishers) -> None:
    web.sciencebase.publish("66c", {"a b.geojson": b"{}"}, doi=SCIENCEBASE)
    web.fault(
        "www.sciencebase.gov",
        "/catalog/item/66c?format=json",
        changed(lambda item: item["files"][0].update(pathOnDisk=None)),
    )
    listing = asked(doi=SCIENCEBASE)
    expected = "https://www.sciencebase.gov/catalog/file/get/66c?name=a%20b.geojson"
    assert publishers.address(listing.record, listing.files[0]) == expected


# Dataverse


def test_a_table_at_dataverse_is_the_deposited_file(web: Publishers) -> None:
    deposited = b"id,lon,lat\n1,10,50\n"
    web.dataverse.publish(DATAVERSE, {"readme.txt": b"x"}, tables={"data/farms.csv": deposited})
    listing = asked(doi=DATAVERSE)
    (file,) = (file for file in listing.files if file.name == "data/farms.csv")
    assert (file.bytes, file.checksum) == (len(deposited), f"md5:{digest(as_content(deposited), 'md5')}")
    assert publishers.address(listing.record, file).endswith("?format=original")
    assert listing.record.id == f"dataverse.harvard.edu/doi:{DATAVERSE}"
    assert listing.record.version == "1.0"


def test_tables_deposited_under_one_name_are_told_by_their_listed_names(web: Publishers) -> None:
    web.dataverse.publish(DATAVERSE, {}, tables={"north.csv": b"1", "south.csv": b"2"})
    same = changed(
        lambda stated: [entry["dataFile"].update(originalFileName="a.csv") for entry in files_in(stated)] and None
    )
    web.fault("dataverse.harvard.edu", DATAVERSE_API, same)
    assert names(asked(doi=DATAVERSE)) == {"north.csv", "south.csv"}


def test_an_old_dataverse_states_only_the_format_of_what_was_deposited(web: Publishers) -> None:
    web.dataverse.publish(DATAVERSE, {}, tables={"farms.csv": b"1"}, states_totals=False)

    def old(stated: Json) -> None:
        for entry in files_in(stated):
            del entry["dataFile"]["originalFileName"], entry["dataFile"]["originalFileSize"]

    web.fault("dataverse.harvard.edu", DATAVERSE_API, changed(old))
    (file,) = asked(doi=DATAVERSE).files
    assert (file.name, file.bytes, file.remote.endswith("?format=original")) == ("farms.csv", None, True)


def files_in(stated: Json) -> list[Json]:
    found: list[Json] = stated["data"] if isinstance(stated["data"], list) else stated["data"]["files"]
    return found


def test_two_files_of_one_name_in_two_folders_at_dataverse_are_both_kept(web: Publishers) -> None:
    web.dataverse.publish(DATAVERSE, {"north/a.csv": b"1", "south/a.csv": b"2", "a.csv": b"3"})
    assert names(asked(doi=DATAVERSE)) == {"north/a.csv", "south/a.csv", "a.csv"}


@pytest.mark.parametrize("states_totals", [True, False])
def test_every_page_of_a_dataset_at_dataverse_is_listed(states_totals: bool, web: Publishers) -> None:
    files = many(60)
    web.dataverse.publish(DATAVERSE, files, states_totals=states_totals)
    assert names(asked(doi=DATAVERSE)) == files.keys()


# OSF, figshare, Zenodo


def test_every_page_folder_and_provider_of_osf_is_listed(web: Publishers) -> None:
    files = many(23) | {f"north/deep/{name}": body for name, body in many(12).items()} | {"north/farms 000.csv": b"!"}
    web.osf.publish("ab1cd", files, doi=OSF, elsewhere={"github": {"code/run.py": b"pass"}})
    listing = asked(doi=OSF)
    assert names(listing) == files.keys() | {"github/code/run.py"}
    found = {file.name: file for file in listing.files}
    assert found["north/farms 000.csv"].checksum == f"sha256:{digest(as_content(b'!'), 'sha256')}"
    assert (found["github/code/run.py"].checksum, listing.record.repository) == (None, "osf")
    assert "://" not in found["north/farms 000.csv"].remote


def test_a_registration_at_osf_is_listed_too(web: Publishers) -> None:
    web.osf.publish("ab1cd", {"a.csv": b"1"}, doi=OSF, is_registration=True)
    assert names(asked(doi=OSF)) == {"a.csv"}


def test_a_project_at_osf_whose_components_have_the_files_lists_them(web: Publishers) -> None:
    web.osf.publish("ab1cd", {}, doi=OSF)
    web.osf.publish("ef2gh", {"a.csv": b"1"}, parent="ab1cd", title="Polygons")
    said = refused(doi=OSF)
    assert 'https://osf.io/ef2gh/ ("Polygons")' in said
    assert "datasets.farms.source.url" in said
    assert names(asked(url="https://osf.io/ef2gh/")) == {"a.csv"}


@pytest.mark.parametrize("most_per_page", [1000, 10, 7])
def test_every_page_of_an_article_at_figshare_is_listed(most_per_page: int, web: Publishers) -> None:
    files = many(20) | {"north/farms 000.csv": b"1", "south/farms 000.csv": b"2"}
    web.figshare.publish(3385780, files, version=4)
    web.figshare.most_per_page = most_per_page
    assert names(asked(doi=FIGSHARE)) == files.keys()


@pytest.mark.parametrize("lists", [("/versions/4",), ("/versions/4", "")])
def test_the_files_of_a_version_without_a_list_are_told_by_their_bytes(lists: tuple[str, ...], web: Publishers) -> None:
    files = many(12 if len(lists) == 1 else 3)
    web.figshare.publish(3385780, files, version=4)
    for each in lists:
        web.fault("api.figshare.com", f"/v2/articles/3385780{each}/files", Fault.status(404, times=None))
    assert names(asked(doi=FIGSHARE)) == files.keys()
    web.figshare.publish(3385780, many(13), version=4)
    web.figshare.publish(3385780, {"other.csv": b"1"}, version=5)
    assert "cannot be listed: figshare states 10 of them, and more bytes" in refused(doi=FIGSHARE)


def test_an_article_on_a_portal_of_figshare_is_listed_whole(web: Publishers) -> None:
    files = many(12)
    web.figshare.publish(10042703, files, version=5, prefix="10.25573/data")
    listing = asked(doi="10.25573/data.10042703.v5")
    assert (names(listing), listing.record.repository) == (set(files), "figshare")


def test_the_old_address_of_an_article_names_the_article_and_not_its_version(web: Publishers) -> None:
    web.figshare.publish(3385780, {"a.csv": b"1"}, version=4)
    assert asked(url="https://figshare.com/articles/Solar_farms/3385780/4").record.id == "3385780"


def test_a_collection_at_figshare_lists_its_articles(web: Publishers) -> None:
    web.figshare.publish(3385780, {"a.csv": b"1"}, version=4, title="Arrays")
    web.figshare.collect(3255643, [3385780])
    said = refused(doi="10.6084/m9.figshare.c.3255643.v3")
    assert "10.6084/m9.figshare.3385780.v4 (Arrays)" in said


@pytest.mark.parametrize("shape", ["legacy", "rdm"])
def test_every_file_of_a_record_of_zenodo_is_listed(shape: Any, web: Publishers) -> None:
    files = many(130)
    web.zenodo.embedded, web.zenodo.per_page = 100, 50
    web.zenodo.publish(5005868, files, shape=shape)
    listing = asked(doi=ZENODO)
    assert names(listing) == files.keys()
    assert all(file.checksum for file in listing.files)


def test_a_record_of_zenodo_without_a_list_of_files_says_who_may_see_them(web: Publishers) -> None:
    web.zenodo.publish(5005868, {"a.csv": b"1"})
    web.fault("zenodo.org", "/api/records/5005868/files", Fault.status(403, times=None))
    web.zenodo.embedded = 0
    assert "shows no files (access: open)" in refused(doi=ZENODO)


def test_two_lists_of_zenodo_that_disagree_are_an_error(web: Publishers) -> None:
    web.zenodo.publish(5005868, {"a.csv": b"1"})
    web.fault("zenodo.org", "/api/records/5005868/files", changed(lambda stated: stated["entries"][0].update(size=7)))
    assert "two sizes of 'a.csv': 1 and 7" in refused(doi=ZENODO)


# lists that never end, and answers of other types


def published(web: Publishers, repository: str) -> None:
    """A record whose list of files, or of children, has several pages."""
    files = many(30)
    if repository == "zenodo":
        web.zenodo.per_page = 2
        web.zenodo.publish(5005868, files)
    elif repository == "figshare":
        web.figshare.most_per_page = 2
        web.figshare.publish(3385780, files, version=4)
    elif repository == "dataverse":
        web.dataverse.publish(DATAVERSE, files)
    elif repository == "osf":
        web.osf.publish("ab1cd", files, doi=OSF)
    else:
        web.sciencebase.most_per_page = 2
        parent(web, *({"identifier": f"item{n}", "title": f"{TITLE} v{n}.0"} for n in range(9)))


LINKED = {
    "zenodo": (ZENODO, "zenodo.org", "/api/records/5005868/files", ("links", "next")),
    "osf": (OSF, "api.osf.io", "/v2/nodes/ab1cd/files/osfstorage/", ("links", "next")),
    "sciencebase": (SCIENCEBASE, "www.sciencebase.gov", "/catalog/items", ("nextlink", "url")),
}
NEXT = {
    "another host": ("https://169.254.169.254/latest/meta-data", "expected an address at"),
    "another scheme": ("http://{host}{path}?page=2", "expected an address at"),
    "a file": ("file:///etc/passwd", "expected an address at"),
    "no text": (["x"], "expected an address at"),
    "no address": ("https://[", "expected an address at"),
    "itself": ("https://{host}{path}?page=2&again=1", "go round in circles"),
}


@pytest.mark.parametrize(
    ("repository", "next_page"),
    [*(("zenodo", each) for each in NEXT), ("osf", "another host"), ("sciencebase", "another host")],
)
def test_the_next_page_must_be_another_on_the_same_host(repository: str, next_page: str, web: Publishers) -> None:
    published(web, repository)
    doi, host, path, (outer, inner) = LINKED[repository]
    stated, words = NEXT[next_page]
    target = stated.format(host=host, path=path) if isinstance(stated, str) else stated
    empty: Json = {"entries": []} if next_page == "itself" else {}
    web.fault(host, path, changed(lambda stated: stated.update({outer: {inner: target}, **empty})))
    assert words in refused(doi=doi)
    assert web.refused() == set()


PAGED = {
    "zenodo": (ZENODO, "zenodo.org", "/api/records/5005868/files"),
    "osf": (OSF, "api.osf.io", "/v2/nodes/ab1cd/files/osfstorage/"),
    "sciencebase": (SCIENCEBASE, "www.sciencebase.gov", "/catalog/items"),
    "figshare": (FIGSHARE, "api.figshare.com", "/v2/articles/3385780/versions/4/files"),
    "dataverse": (DATAVERSE, "dataverse.harvard.edu", f"{DATAVERSE_API}/files"),
}


def _first_again(asked_for: Asked, answer: Answer, *, first: list[Answer]) -> Answer:
    """The first page, with the link to its own next page: whatever is asked for."""
    first.append(answer)
    content = b"".join(first[0].content.pieces())
    counted = content.replace(b"page=2", b"page=%d" % (len(first) + 1)).replace(b"offset=2", b"offset=%d" % len(first))
    return replace(answer, content=as_content(counted))


@pytest.mark.parametrize("repository", PAGED)
def test_a_list_that_repeats_its_first_page_is_an_error(repository: str, web: Publishers) -> None:
    published(web, repository)
    doi, host, path = PAGED[repository]
    web.fault(host, path, Fault(partial(_first_again, first=[]), times=None))
    assert "repeats entries of the pages before it" in refused(doi=doi)


def test_a_list_of_empty_pages_ends(web: Publishers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.publishers.pages.MOST_PAGES", 20)
    published(web, "zenodo")
    count = iter(range(10**6))
    endless = changed(
        lambda stated: stated.update(
            entries=[], links={"next": f"https://zenodo.org/api/records/5005868/files?n={next(count)}"}
        )
    )
    web.fault("zenodo.org", "/api/records/5005868/files", endless)
    assert "more than 20 pages" in refused(doi=ZENODO)
    assert MOST_PAGES == 500


FAULTS = {
    "busy once": (Fault.status(503), None),
    "refused": (Fault.status(401, times=None), "is refused"),
    "a page": (Fault.html(title="Oops", times=None), "JSON"),
    "cut short": (Fault.garbage(times=None), "JSON"),
    "dropped once": (Fault.drop(), None),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("repository", [each for each in PAGED if each != "zenodo"])
def test_a_fault_in_a_list_ends_in_the_whole_list_or_in_an_error(repository: str, name: str, web: Publishers) -> None:
    published(web, repository)
    doi, host, path = PAGED[repository]
    fault, words = FAULTS[name]
    web.fault(host, path, fault)
    if words:
        assert words in refused(doi=doi)
    else:
        assert len(asked(doi=doi).files) == (1 if repository == "sciencebase" else 30)


SHORT = {
    "dataverse": (DATAVERSE, "dataverse.harvard.edu", f"{DATAVERSE_API}/files", {"totalCount": 99}),
    "sciencebase": (SCIENCEBASE, "www.sciencebase.gov", "/catalog/items", {"total": 99}),
}


@pytest.mark.parametrize("repository", SHORT)
def test_a_list_shorter_than_its_count_is_an_error(repository: str, web: Publishers) -> None:
    published(web, repository)
    doi, host, path, count = SHORT[repository]
    web.fault(host, path, changed(lambda stated: stated.update(count)))
    assert "counts 99 entries" in refused(doi=doi)


WRONG: dict[str, tuple[str, str, str, Callable[[Json], Any], str]] = {
    "zenodo: a name is null": (
        *PAGED["zenodo"],
        lambda stated: stated["entries"][0].update(key=None),
        "expected a name as `key` of",
    ),
    "zenodo: files are words": (
        *PAGED["zenodo"],
        lambda stated: stated.update(entries=["a"]),
        "expected an object as entry 1",
    ),
    "zenodo: links are a list": (
        *PAGED["zenodo"],
        lambda stated: stated.update(links=[]),
        "expected an object as `links`",
    ),
    "osf: a folder elsewhere": (
        *PAGED["osf"],
        lambda stated: stated["data"][0].update(
            attributes={"kind": "folder"},
            relationships={"files": {"links": {"related": {"href": "https://elsewhere.example.org/"}}}},
        ),
        "expected an address at api.osf.io",
    ),
    "osf: a download elsewhere": (
        *PAGED["osf"],
        lambda stated: stated["data"][0]["links"].update(download="https://notosf.io/x"),
        "expected an address at osf.io",
    ),
    "osf: a name is a number": (
        *PAGED["osf"],
        lambda stated: stated["data"][0]["attributes"].update(materialized_path=7),
        "expected a path as `materialized_path`",
    ),
    "figshare: files are an object": (*PAGED["figshare"], lambda _: {"files": []}, "did not answer with a list"),
    "figshare: a file without a number": (
        *PAGED["figshare"],
        lambda stated: stated[0].pop("id") and None,  # type: ignore[index]
        "expected an identifier as `id`",
    ),
    "dataverse: files are null": (*PAGED["dataverse"], lambda stated: stated.update(data=None), "counts 30 entries"),
    "dataverse: a folder is a list": (
        *PAGED["dataverse"],
        lambda stated: stated["data"][0].update(directoryLabel=["a"]),
        "expected a path as `directoryLabel`",
    ),
    "sciencebase: children are text": (
        *PAGED["sciencebase"],
        lambda stated: stated.update(items="many"),
        'expected a list as `items` of the children of item 66707f69 of ScienceBase, found "many"',
    ),
    "sciencebase: a child without an id": (
        *PAGED["sciencebase"],
        lambda stated: stated["items"][0].pop("id") and None,
        "expected an identifier as `id`",
    ),
    "datacite: titles are an object": (
        SCIENCEBASE,
        "api.datacite.org",
        "/dois/",
        lambda stated: stated["data"]["attributes"].update(titles={"title": "x"}),
        "expected a list as `titles`",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_field_of_another_type_is_an_error_that_names_it(name: str, web: Publishers) -> None:
    published(web, name.partition(":")[0])
    doi, host, path, change, words = WRONG[name]
    web.fault(host, path, changed(change))
    said = refused(doi=doi)
    assert said.startswith("farms: ")
    assert words in said
    assert "\n" not in said


@dataclass(frozen=True)
class Dryad:
    """A repository that datahugger lists: datadryad.org, whose lists come in pages that it does not follow."""

    following: str | None
    name: object = "farms.csv"
    hosts = ("datadryad.org",)

    def answer(self, asked_for: Asked) -> Answer:
        if not asked_for.path.startswith("/api/"):
            return page("Dryad")
        if "/versions/" not in asked_for.path:
            return document({"_links": {"stash:version": {"href": "/api/v2/versions/7"}}})
        link = {"stash:download": {"href": "/api/v2/files/9/download"}}
        links = {"next": {"href": self.following}} if self.following else {}
        files = [{"path": self.name, "size": 3, "_links": link}]
        return document({"_links": links, "_embedded": {"stash:files": files}})


def dryad(web: Publishers, following: str | None, name: object = "farms.csv") -> str:
    doi = "10.5061/dryad.abc"
    web.dois.publish(Doi(doi, f"https://datadryad.org/stash/dataset/doi:{doi}"))
    web.leave("datadryad.org")
    web.join(Dryad(following, name))
    return doi


def test_a_list_of_which_datahugger_reads_one_page_is_refused(web: Publishers) -> None:
    assert names(asked(doi=dryad(web, None))) == {"farms.csv"}
    said = refused(doi=dryad(web, "/api/v2/versions/7/files?page=2"))
    assert "in several pages, of which only the first can be read" in said


@pytest.mark.parametrize("name", [None, "", " ", ["a"], 7])
def test_a_file_that_datahugger_lists_without_a_name_is_an_error(name: object, web: Publishers) -> None:
    assert "1 of them without a name" in refused(doi=dryad(web, None, name))


def test_a_page_of_no_repository_is_the_address_of_a_file(web: Publishers) -> None:
    web.plain.publish("files.example.org", "/catalog/item/66c", b"{}")
    listing = asked(url="https://files.example.org/catalog/item/66c")
    assert listing.record.repository == "url"
    assert (
        listing.files[0]
        == replace(listing.files[0], name="66c", bytes=2)
        == LockedFile("66c", 2, None, "https://files.example.org/catalog/item/66c", listing.files[0].validator)
    )
