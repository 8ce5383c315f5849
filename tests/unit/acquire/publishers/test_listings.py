"""What repositories list: every page, every folder, and a table as it was deposited."""

from typing import Any

import pytest

from loaders.acquire import publishers
from tests.publishers import Fault, Publishers
from tests.publishers.bodies import as_content, digest
from tests.unit.acquire.publishers.repositories import (
    DATAVERSE,
    DATAVERSE_API,
    FIGSHARE,
    OSF,
    ZENODO,
    Json,
    asked,
    changed,
    many,
    names,
    refused,
)


def test_a_table_at_dataverse_is_the_deposited_file(web: Publishers) -> None:
    deposited = b"id,lon,lat\n1,10,50\n"
    web.dataverse.publish(DATAVERSE, {"readme.txt": b"x"}, tables={"data/farms.csv": deposited})
    listing = asked(doi=DATAVERSE)
    (file,) = (file for file in listing.files if file.name == "data/farms.csv")
    assert (file.bytes, file.checksum) == (len(deposited), f"md5:{digest(as_content(deposited), 'md5')}")
    assert publishers.address(listing.record, file).endswith("?format=original")
    assert listing.record.id == f"dataverse.harvard.edu/doi:{DATAVERSE}"
    assert listing.record.version == "1.0"


def test_a_dataset_at_dataverse_is_chosen_by_the_address_of_its_page(web: Publishers) -> None:
    web.dataverse.publish(DATAVERSE, {"a.csv": b"1"}, title="Farms")
    web.dois.unpublish(DATAVERSE)
    page = f"https://dataverse.harvard.edu/dataset.xhtml?persistentId=doi:{DATAVERSE}"
    record = asked(url=page).record
    assert (record.repository, record.doi, record.title, record.licence) == ("dataverse", DATAVERSE, "Farms", "CC0 1.0")


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


def files_in(document: Json) -> list[Json]:
    files: list[Json] = document["data"] if isinstance(document["data"], list) else document["data"]["files"]
    return files


def test_two_files_of_one_name_in_two_folders_at_dataverse_are_both_kept(web: Publishers) -> None:
    web.dataverse.publish(DATAVERSE, {"north/a.csv": b"1", "south/a.csv": b"2", "a.csv": b"3"})
    assert names(asked(doi=DATAVERSE)) == {"north/a.csv", "south/a.csv", "a.csv"}


@pytest.mark.parametrize("states_totals", [True, False])
def test_every_page_of_a_dataset_at_dataverse_is_listed(states_totals: bool, web: Publishers) -> None:
    files = many(60)
    web.dataverse.publish(DATAVERSE, files, states_totals=states_totals)
    assert names(asked(doi=DATAVERSE)) == files.keys()


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
    message = refused(doi=OSF)
    assert 'https://osf.io/ef2gh/ ("Polygons")' in message
    assert "datasets.farms.source.url" in message
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
    message = refused(doi="10.6084/m9.figshare.c.3255643.v3")
    assert "10.6084/m9.figshare.3385780.v4 (Arrays)" in message


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
