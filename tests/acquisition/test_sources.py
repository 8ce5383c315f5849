"""Each kind of place: what is locked, and what comes."""

import hashlib
from typing import Any, Literal

import pytest

from tests.acquisition.conftest import CONCEPT, NAME, RECORD, Checkout, farms, zenodo_farms, zipped
from tests.publishers import Fault, Publishers

COMMIT = "fbd4e0bc243ce1fa09bf851cd8d26d37835bf95b"
REPOSITORY = "some-org/solar-farms.mapping"
HOST = "files.example.org"


def _fetched(checkout: Checkout, source: dict[str, Any]) -> dict[str, bytes]:
    checkout.settings({"farms": {"source": source, "columns": {"source_id": "id"}}})
    for step in ("resolve", "fetch"):
        run = checkout.eo_pv(step, "farms")
        assert run.code == 0, run.output
    return checkout.raw("farms")


@pytest.mark.parametrize("shape", ["legacy", "rdm"])
@pytest.mark.parametrize("number", [CONCEPT, RECORD])
def test_zenodo_is_locked_by_its_version(
    shape: Literal["legacy", "rdm"], number: int, checkout: Checkout, web: Publishers
) -> None:
    web.zenodo.publish(
        RECORD,
        concept=CONCEPT,
        files={NAME: farms(1), "other file.txt": b"x"},
        title="Farms of the\nworld",
        creators=("Doe, Jane", "Roe, Rick"),
        licence="cc-by-4.0",
        date="2021-06-10",
        version="1.0",
        shape=shape,
    )
    assert _fetched(checkout, {"doi": f"10.5281/zenodo.{number}", "include": NAME}) == {NAME: farms(1)}
    lock = checkout.lock("farms")
    assert lock["record"] == {
        "repository": "zenodo",
        "id": f"{RECORD}",
        "doi": f"10.5281/zenodo.{RECORD}",
        "title": "Farms of the world",
        "creators": ["Doe, Jane", "Roe, Rick"],
        "year": 2021,
        "version": "1.0",
        "licence": "cc-by-4.0",
        "url": f"https://zenodo.org/records/{RECORD}",
    }
    (file,) = lock["files"]
    assert (file["name"], file["bytes"], file["remote"]) == (NAME, len(farms(1)), NAME)
    assert file["checksum"].startswith("md5:")
    assert {request.host for request in web.requests} == {"doi.org", "zenodo.org"}


@pytest.mark.parametrize("version", [None, 4])
def test_figshare_is_locked_by_its_version(version: int | None, checkout: Checkout, web: Publishers) -> None:
    web.figshare.publish(3385780, version=4, files={"a.geojson": farms(1)}, title="Arrays", licence="CC0")
    name = f"10.6084/m9.figshare.3385780{f'.v{version}' if version else ''}"
    assert _fetched(checkout, {"doi": name}) == {"a.geojson": farms(1)}
    record = checkout.lock("farms")["record"]
    assert (record["repository"], record["id"], record["licence"]) == ("figshare", "3385780", "CC0")
    assert (record["doi"], record["version"]) == ("10.6084/m9.figshare.3385780.v4", "4")
    assert "amazonaws" not in str(checkout.lock("farms"))


@pytest.mark.parametrize("shape", ["files", "facets"])
def test_sciencebase_is_asked_for_its_item(
    shape: Literal["files", "facets"], checkout: Checkout, web: Publishers
) -> None:
    archive = zipped(uspvdb_v4__geojson=farms(1))
    web.sciencebase.publish("6671c479", doi="10.5066/P9IA3TUS", files={"u.zip": archive}, title="USPVDB", shape=shape)
    found = _fetched(checkout, {"doi": "10.5066/P9IA3TUS", "include": ["uspvdb_v*.geojson"]})
    assert found == {"u.zip": archive, "u.zip.unpacked/uspvdb_v4.geojson": farms(1)}
    record = checkout.lock("farms")["record"]
    assert (record["repository"], record["id"], record["doi"]) == ("sciencebase", "6671c479", "10.5066/P9IA3TUS")


def test_sciencebase_that_answers_with_a_page_is_an_error(checkout: Checkout, web: Publishers) -> None:
    web.sciencebase.publish("6671c479", doi="10.5066/P9IA3TUS", files={"u.geojson": farms(1)}, title="USPVDB")
    web.fault("www.sciencebase.gov", "/catalog/item/6671c479?format=json", Fault.html(title="Sign in"))
    checkout.settings({"farms": {"source": {"doi": "10.5066/P9IA3TUS"}}})
    run = checkout.eo_pv("resolve", "farms")
    assert run.code == 1
    assert "instead of JSON" in run.output
    assert "Sign in" in run.output


def test_dataverse_is_found_by_datahugger_and_described_by_datacite(checkout: Checkout, web: Publishers) -> None:
    web.dataverse.publish(doi="10.7910/DVN/ABC", files={"a.geojson": farms(1)}, title="Farms at Dataverse")
    assert _fetched(checkout, {"doi": "10.7910/DVN/ABC"}) == {"a.geojson": farms(1)}
    lock = checkout.lock("farms")
    assert (lock["record"]["repository"], lock["record"]["title"]) == ("dataverse", "Farms at Dataverse")
    assert lock["files"][0]["checksum"].startswith("md5:")
    assert "api.datacite.org" in web.hosts()


def test_a_table_at_dataverse_comes_as_it_was_deposited_and_is_verified(checkout: Checkout, web: Publishers) -> None:
    deposited = b"id,lon,lat\n1,10,50\n"
    web.dataverse.publish(doi="10.7910/DVN/ABC", files={}, tables={"data/farms.csv": deposited})
    assert _fetched(checkout, {"doi": "10.7910/DVN/ABC"}) == {"data/farms.csv": deposited}
    assert checkout.lock("farms")["files"][0]["remote"].endswith("?format=original")
    assert checkout.eo_pv("verify", "farms").code == 0


def test_the_newest_child_of_a_sciencebase_item_is_locked_and_a_newer_one_is_reported(
    checkout: Checkout, web: Publishers
) -> None:
    web.sciencebase.publish("66707f69", {}, doi="10.5066/P9IA3TUS", title="USPVDB")
    for identifier, title, rows in (("6442d8a2", "USPVDB v1.0", (1,)), ("6671c479", "USPVDB v2.0", (1, 2))):
        archive = zipped(uspvdb_v1__geojson=farms(*rows))
        web.sciencebase.publish(identifier, {"uspvdbGeoJSON.zip": archive}, title=title, parent="66707f69")
    source = {"doi": "10.5066/P9IA3TUS", "include": ["uspvdb_v*.geojson"]}
    assert _fetched(checkout, source)["uspvdbGeoJSON.zip.unpacked/uspvdb_v1.geojson"] == farms(1, 2)
    record = checkout.lock("farms")["record"]
    assert (record["id"], record["version"]) == ("6671c479", "2.0")
    files = {"uspvdbGeoJSON.zip": zipped(uspvdb_v3__geojson=farms(1, 2, 3))}
    web.sciencebase.publish("69aa0000", files, title="USPVDB v3.0", parent="66707f69")
    message = " ".join(checkout.eo_pv("update", "farms").output.split())
    assert "id changed (6671c479 → 69aa0000)" in message
    assert "version changed (2.0 → 3.0)" in message


def test_a_file_in_a_folder_at_osf_is_fetched(checkout: Checkout, web: Publishers) -> None:
    files = {f"farms {number}.csv": b"id\n" for number in range(12)} | {"north/farms.geojson": farms(1)}
    web.osf.publish("ab1cd", files, doi="10.17605/OSF.IO/AB1CD", elsewhere={"github": {"a.geojson": farms(2)}})
    found = _fetched(checkout, {"doi": "10.17605/OSF.IO/AB1CD", "include": ["*.geojson"]})
    assert found == {"north/farms.geojson": farms(1), "github/a.geojson": farms(2)}


def test_a_file_after_the_tenth_at_figshare_is_fetched(checkout: Checkout, web: Publishers) -> None:
    files = {f"farms {number}.csv": b"id\n" for number in range(12)} | {"north/farms.geojson": farms(1)}
    web.figshare.publish(3385780, version=4, files=files)
    found = _fetched(checkout, {"doi": "10.6084/m9.figshare.3385780", "include": ["north/farms.geojson"]})
    assert found == {"north/farms.geojson": farms(1)}


@pytest.mark.parametrize("ref", [COMMIT, "v1.0"])
def test_a_file_at_github_is_pinned_to_its_commit(ref: str, checkout: Checkout, web: Publishers) -> None:
    web.github.publish(REPOSITORY, commit=COMMIT, tags=("v1.0",), files={"data/my farms.geojson": farms(1)})
    found = _fetched(checkout, {"github": f"{REPOSITORY}@{ref}:data/my farms.geojson"})
    assert found == {"my farms.geojson": farms(1)}
    lock = checkout.lock("farms")
    assert lock["record"]["id"] == f"{REPOSITORY}@{COMMIT}"
    blob = hashlib.sha1(b"blob %d\0%b" % (len(farms(1)), farms(1)), usedforsecurity=False).hexdigest()
    assert lock["files"] == [
        {
            "name": "my farms.geojson",
            "bytes": len(farms(1)),
            "checksum": f"gitblob:{blob}",
            "remote": "data/my farms.geojson",
        }
    ]
    assert ("github.com" in web.hosts()) is (ref == "v1.0")


def test_a_shapefile_at_github_brings_its_parts(checkout: Checkout, web: Publishers) -> None:
    parts = {f"data/x{suffix}": suffix.encode() for suffix in (".shp", ".shx", ".dbf", ".prj", ".xml")}
    web.github.publish(REPOSITORY, commit=COMMIT, files=parts)
    found = _fetched(checkout, {"github": f"{REPOSITORY}@{COMMIT}:data/x.shp"})
    assert sorted(found) == ["x.dbf", "x.prj", "x.shp", "x.shx"]


def test_a_file_of_a_release_is_fetched(checkout: Checkout, web: Publishers) -> None:
    assets = {"v1.0": {"farms.geojson": farms(1)}}
    web.github.publish(REPOSITORY, commit=COMMIT, tags=("v1.0",), files={}, releases=assets)
    found = _fetched(checkout, {"github": f"{REPOSITORY}@v1.0:release:farms.geojson"})
    assert found == {"farms.geojson": farms(1)}


def test_a_folder_at_github_comes_as_an_archive_told_by_its_content(checkout: Checkout, web: Publishers) -> None:
    web.github.publish(REPOSITORY, commit=COMMIT, files={"data/a.geojson": farms(1), "docs/b.geojson": farms(2)})
    found = _fetched(checkout, {"github": f"{REPOSITORY}@{COMMIT}:data/"})
    top = f"solar-farms.mapping-{COMMIT}"
    assert set(found) == {f"{top}.zip", f"{top}.zip.unpacked/{top}/data/a.geojson"}


def test_a_tag_that_is_not_there_lists_those_that_are(checkout: Checkout, web: Publishers) -> None:
    web.github.publish(REPOSITORY, commit=COMMIT, tags=("v1.0",), files={"a.geojson": farms(1)})
    checkout.settings({"farms": {"source": {"github": f"{REPOSITORY}@v2.0:a.geojson"}}})
    run = checkout.eo_pv("resolve", "farms")
    assert run.code == 1
    assert "has no tag or branch 'v2.0'. Its tags: v1.0." in run.output


def test_a_pointer_to_git_lfs_is_no_data(checkout: Checkout, web: Publishers) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"
    web.github.publish(REPOSITORY, commit=COMMIT, files={"a.geojson": pointer})
    checkout.settings({"farms": {"source": {"github": f"{REPOSITORY}@{COMMIT}:a.geojson"}}})
    checkout.eo_pv("resolve", "farms")
    run = checkout.eo_pv("fetch", "farms")
    assert (run.code, "Git LFS" in run.output) == (1, True)


def test_a_file_with_an_address_is_told_by_its_etag(checkout: Checkout, web: Publishers) -> None:
    web.plain.publish(HOST, "/get/farms.geojson", farms(1), etag='"abc"')
    assert _fetched(checkout, {"url": f"https://{HOST}/get/farms.geojson"}) == {"farms.geojson": farms(1)}
    assert checkout.lock("farms")["files"] == [
        {
            "name": "farms.geojson",
            "bytes": len(farms(1)),
            "remote": f"https://{HOST}/get/farms.geojson",
            "validator": '"abc"',
        }
    ]


def test_a_file_by_http_is_fetched_too(checkout: Checkout, web: Publishers) -> None:
    web.plain.publish(HOST, "/farms.geojson", farms(1))
    assert _fetched(checkout, {"url": f"http://{HOST}/farms.geojson"}) == {"farms.geojson": farms(1)}


def test_a_server_that_refuses_head_is_asked_for_a_byte(checkout: Checkout, web: Publishers) -> None:
    web.plain.publish(HOST, "/farms.geojson", farms(1))
    web.fault(HOST, "/farms.geojson", Fault.status(403))
    assert _fetched(checkout, {"url": f"https://{HOST}/farms.geojson"}) == {"farms.geojson": farms(1)}
    assert checkout.lock("farms")["files"][0]["bytes"] == len(farms(1))


def test_a_page_is_no_file(checkout: Checkout, web: Publishers) -> None:
    web.plain.publish(HOST, "/farms.geojson", b"<html>", content_type="text/html")
    checkout.settings({"farms": {"source": {"url": f"https://{HOST}/farms.geojson"}}})
    run = checkout.eo_pv("resolve", "farms")
    assert (run.code, "is a web page" in run.output) == (1, True)


def test_a_record_of_several_files_asks_which(checkout: Checkout, web: Publishers) -> None:
    web.zenodo.publish(RECORD, concept=CONCEPT, files={"a.geojson": b"a", "b.zip": b"b" * 1_200_000})
    checkout.settings({"farms": {"source": {"doi": f"10.5281/zenodo.{RECORD}"}}})
    run = checkout.eo_pv("resolve", "farms")
    assert run.code == 1
    assert "holds several files: a.geojson (0.0 MB), b.zip (1.2 MB)" in run.output
    assert "datasets.farms.source.include" in run.output


def test_the_only_shapefile_of_a_record_comes_with_its_parts(checkout: Checkout, web: Publishers) -> None:
    parts = {"x.shp": b"1", "x.shx": b"2", "x.dbf": b"3", "x.prj": b"4"}
    web.zenodo.publish(RECORD, concept=CONCEPT, files=parts | {"README.txt": b"r", "codebook.xlsx": b"x"})
    checkout.settings({"farms": {"source": {"doi": f"10.5281/zenodo.{RECORD}"}}})
    run = checkout.eo_pv("resolve", "farms")
    assert run.code == 0, run.output
    assert [file["name"] for file in checkout.lock("farms")["files"]] == sorted(parts)


def test_a_pattern_that_matches_nothing_lists_what_is_there(checkout: Checkout) -> None:
    checkout.settings({"farms": zenodo_farms(include=["*.gpkg"])})
    run = checkout.eo_pv("resolve", "farms")
    assert (run.code, f"matches include (*.gpkg). It holds: {NAME}." in run.output) == (1, True)


def test_licences_that_disagree_are_reported(checkout: Checkout, web: Publishers) -> None:
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: farms(1)}, licence="cc0-1.0")
    run = checkout.eo_pv("resolve", "farms")
    assert run.code == 0
    assert "CC-BY-4.0" in run.output
    assert "CC0-1.0" in run.output


def test_update_says_what_the_publisher_changed(checkout: Checkout, web: Publishers) -> None:
    checkout.eo_pv("resolve", "farms")
    assert checkout.eo_pv("update").output == "farms: nothing changed\n"
    web.zenodo.publish(RECORD + 9, concept=CONCEPT, files={NAME: farms(1, 2, 3)}, version="2", title="Farms")
    previous, after = len(farms(1, 2)), len(farms(1, 2, 3))
    message = " ".join(checkout.eo_pv("update", "farms").output.split())
    assert f"id changed ({RECORD} → {RECORD + 9})" in message
    assert f"doi changed (10.5281/zenodo.{RECORD} → 10.5281/zenodo.{RECORD + 9})" in message
    assert f"{NAME} changed ({previous:,} → {after:,} bytes)" in message


def test_a_failed_update_leaves_the_lock_and_the_others_are_updated(checkout: Checkout, web: Publishers) -> None:
    web.plain.publish(HOST, "/a.geojson", farms(1))
    checkout.settings({"farms": zenodo_farms(), "other": {"source": {"url": f"https://{HOST}/a.geojson"}}})
    assert checkout.eo_pv("update").code == 0
    previous = checkout.lock("farms")
    web.zenodo.unpublish(RECORD)
    web.plain.publish(HOST, "/a.geojson", farms(1, 2))
    run = checkout.eo_pv("update")
    assert (run.code, checkout.lock("farms")) == (1, previous)
    assert "other: a.geojson changed" in run.output
    assert "Error: farms: " in run.output


def test_nothing_but_update_asks_again(checkout: Checkout, web: Publishers) -> None:
    checkout.eo_pv("resolve", "farms")
    web.forget()
    assert checkout.eo_pv("resolve", "farms").code == 0
    assert web.requests == []


def test_plan_says_what_would_come_and_brings_nothing(checkout: Checkout, web: Publishers) -> None:
    body = farms(1, padding=2_500_000)
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: body})
    run = checkout.eo_pv("plan", COLUMNS="200")
    assert [
        word
        for word in ("zenodo.org", "2.5", "no lock yet", "1 file(s) to download, 2.5 MB.")
        if word not in run.output
    ] == []
    assert web.asked("zenodo.org", f"/api/records/{RECORD}/files/") == []
    assert not checkout.paths.home.exists()


def test_plan_knows_what_is_over_the_limit(checkout: Checkout, web: Publishers) -> None:
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: farms(1, padding=2_500_000)})
    checkout.settings({"farms": zenodo_farms()}, max_mb=2)
    run = checkout.eo_pv("plan", COLUMNS="200")
    assert (run.code, "over the limit of 2 MB" in run.output) == (1, True)
