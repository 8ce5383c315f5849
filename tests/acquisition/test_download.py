"""What is downloaded when, and how often."""

import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.acquisition.conftest import CONCEPT, NAME, RECORD, Checkout, farms, zenodo_farms, zipped
from tests.publishers import Fault, Publishers

FILE = f"/api/records/{RECORD}/files/"
HOST = "files.example.org"


def _from(url: str, **source: Any) -> dict[str, Any]:
    return {"source": {"url": f"https://{HOST}{url}", **source}, "columns": {"source_id": "id"}}


def _fetched(checkout: Checkout, key: str = "farms") -> dict[str, bytes]:
    for step in ("resolve", "fetch"):
        run = checkout.eo_pv(step, key)
        assert run.code == 0, run.output
    return checkout.raw(key)


def test_a_cut_download_goes_on_where_it_stopped(checkout: Checkout, web: Publishers) -> None:
    body = farms(1, padding=3_000_000)
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: body})
    web.fault("zenodo.org", FILE, Fault.cut(after=2_000_000))
    assert _fetched(checkout) == {NAME: body}
    _, second = web.asked("zenodo.org", FILE, method="GET")
    assert second.headers["Range"] == "bytes=2000000-"
    assert second.headers["If-Range"].startswith('"')
    assert (second.status, second.body_bytes_sent) == (206, 1_000_000)


def test_what_a_failed_run_brought_is_not_downloaded_again(checkout: Checkout, web: Publishers) -> None:
    body = farms(1, padding=900_000)
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: body})
    web.fault("zenodo.org", FILE, Fault.cut(after=200_000, times=3))
    checkout.eo_pv("resolve", "farms")
    assert checkout.eo_pv("fetch", "farms").code == 1
    web.forget()
    assert checkout.eo_pv("fetch", "farms").code == 0
    assert [(each.headers["Range"], each.body_bytes_sent) for each in web.asked("zenodo.org", FILE, method="GET")] == [
        ("bytes=600000-", 300_000)
    ]
    assert checkout.raw("farms") == {NAME: body}


def test_a_download_that_was_killed_goes_on_in_the_next_run(checkout: Checkout, web: Publishers) -> None:
    body = farms(1, padding=3_000_000)
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: body})
    web.fault("zenodo.org", FILE, Fault.stall(after=2_000_000, seconds=30))
    checkout.settings({"farms": zenodo_farms()}, download={"timeout_s": 30.0})
    checkout.eo_pv("resolve", "farms")
    process = checkout.start("fetch", "farms")
    _wait_for_bytes(checkout.cache / "partial", 2_000_000)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert checkout.raw("farms") == {}
    web.forget()
    assert _fetched(checkout) == {NAME: body}
    (request,) = web.asked("zenodo.org", FILE, method="GET")
    assert (request.headers["Range"], request.body_bytes_sent) == ("bytes=2000000-", 1_000_000)


def _wait_for_bytes(folder: Path, size: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if folder.exists() and any(path.stat().st_size >= size for path in folder.iterdir()):
            return
        time.sleep(0.02)
    raise AssertionError("the download did not begin")


def test_a_file_that_changes_in_mid_download_is_never_mixed(checkout: Checkout, web: Publishers) -> None:
    """Without a checksum only the ETag tells the two versions apart."""
    previous, after = farms(1, padding=2_000_000), farms(2, padding=2_000_000)
    web.plain.publish(HOST, "/farms.geojson", previous, etag='"1"')
    checkout.settings({"farms": _from("/farms.geojson")})
    checkout.eo_pv("resolve", "farms")
    web.fault(HOST, "/farms.geojson", Fault.cut(after=1_500_000))
    web.fault(HOST, "/farms.geojson", Fault.etag_changes(content=after, times=None))
    run = checkout.eo_pv("fetch", "farms")
    assert (run.code, checkout.raw("farms")) in [(1, {}), (0, {"farms.geojson": after})]


def test_a_file_that_is_replaced_after_the_lock_is_refused(checkout: Checkout, web: Publishers) -> None:
    previous, after = farms(1, padding=1000), farms(2, padding=1000)
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: previous})
    checkout.eo_pv("resolve", "farms")
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: after})
    run = checkout.eo_pv("fetch", "farms")
    assert (run.code, checkout.raw("farms")) == (1, {})
    assert "the lock expects md5:" in run.output
    assert checkout.eo_pv("update", "farms").code == 0
    assert _fetched(checkout) == {NAME: after}


def test_a_file_without_a_checksum_must_come_as_it_came_before(checkout: Checkout, web: Publishers) -> None:
    previous, after = farms(1, padding=1000), farms(2, padding=1000)
    web.plain.publish(HOST, "/farms.geojson", previous, etag='"1"')
    checkout.settings({"farms": _from("/farms.geojson")})
    assert _fetched(checkout) == {"farms.geojson": previous}
    web.plain.publish(HOST, "/farms.geojson", after, etag='"1"')
    checkout.paths.raw("farms").joinpath("farms.geojson").unlink()
    shutil.rmtree(checkout.cache)
    run = checkout.eo_pv("fetch", "farms")
    assert (run.code, checkout.raw("farms")) == (1, {})
    assert "farms.geojson came differently before: expected sha256" in run.output
    assert "`eo-pv fetch farms --force`" in run.output
    accepted = checkout.eo_pv("fetch", "farms", "--force")
    assert (accepted.code, checkout.raw("farms")) == (0, {"farms.geojson": after}), accepted.output


def test_a_second_fetch_asks_nobody(checkout: Checkout, web: Publishers) -> None:
    _fetched(checkout)
    web.forget()
    assert _fetched(checkout) == {NAME: farms(1, 2)}
    assert web.requests == []


def test_another_checkout_finds_the_bytes_in_the_cache(checkout: Checkout, web: Publishers, tmp_path: Path) -> None:
    _fetched(checkout)
    other = Checkout(tmp_path / "other", web, checkout.cache)
    other.root.mkdir()
    other.settings({"farms": zenodo_farms()})
    web.forget()
    assert _fetched(other) == {NAME: farms(1, 2)}
    assert web.asked("zenodo.org", FILE) == []
    inodes = {(each.paths.raw("farms") / NAME).stat().st_ino for each in (checkout, other)}
    assert len(inodes) == 1  # kept once


def test_a_damaged_cache_is_not_believed(checkout: Checkout, web: Publishers) -> None:
    _fetched(checkout)
    (expected,) = (checkout.cache / "sha256").rglob("*/*")
    checkout.paths.raw("farms").joinpath(NAME).unlink()
    expected.chmod(0o644)
    expected.write_bytes(b"damaged")
    web.forget()
    assert _fetched(checkout) == {NAME: farms(1, 2)}
    assert len(web.asked("zenodo.org", FILE)) == 1


def test_a_new_version_with_the_same_file_downloads_nothing(checkout: Checkout, web: Publishers) -> None:
    _fetched(checkout)
    web.zenodo.publish(RECORD + 9, concept=CONCEPT, files={NAME: farms(1, 2)}, version="2")
    assert checkout.eo_pv("update", "farms").code == 0
    web.forget()
    assert _fetched(checkout) == {NAME: farms(1, 2)}
    assert web.requests == []


@pytest.mark.parametrize("stated", [True, False])
def test_what_is_over_the_limit_is_refused_with_both_remedies(
    stated: bool, checkout: Checkout, web: Publishers
) -> None:
    web.plain.publish(HOST, "/farms.geojson", farms(1, padding=30_000_000))
    if not stated:
        web.fault(HOST, "/farms.geojson", Fault.no_length(times=None))
    checkout.settings({"farms": _from("/farms.geojson")}, max_mb=1)
    assert checkout.eo_pv("resolve", "farms").code == 0
    web.forget()
    run = checkout.eo_pv("fetch", "farms")
    assert (run.code, checkout.raw("farms")) == (1, {})
    words = ("farms.geojson", "limit of 1 MB", "datasets.farms.max_mb", "source.include or exclude")
    assert [word for word in words if word not in run.output] == []
    if stated:
        assert web.requests == []
    else:
        assert sum(each.body_bytes_sent for each in web.requests) < 15_000_000
    assert not (checkout.cache / "sha256").exists()


def test_only_wanted_files_are_downloaded(checkout: Checkout, web: Publishers) -> None:
    files = {NAME: farms(1), "trn_polygons.geojson": farms(2), "imagery.zip": b"x" * 1000}
    web.zenodo.publish(RECORD, concept=CONCEPT, files=files)
    assert _fetched(checkout) == {NAME: farms(1)}
    assert [each.path for each in web.asked("zenodo.org", FILE)] == [f"{FILE}{NAME}/content"]


def test_only_wanted_members_are_unpacked(checkout: Checkout, web: Publishers) -> None:
    archive = zipped(**{"in/a__geojson": farms(1), "in/b__geojson": farms(2), "readme__txt": b"x"})
    web.plain.publish(HOST, "/farms.zip", archive)
    checkout.settings({"farms": _from("/farms.zip", include=["a.geojson"])})
    assert _fetched(checkout) == {"farms.zip": archive, "farms.zip.unpacked/in/a.geojson": farms(1)}


def test_a_hostile_archive_is_refused_whole(checkout: Checkout, web: Publishers) -> None:
    web.plain.publish(HOST, "/farms.zip", zipped(**{"a__geojson": farms(1), "____/____/evil__geojson": farms(2)}))
    checkout.settings({"farms": _from("/farms.zip")})
    checkout.eo_pv("resolve", "farms")
    run = checkout.eo_pv("fetch", "farms")
    assert (run.code, checkout.raw("farms")) == (1, {})
    assert "../../evil.geojson" in run.output
    assert not list(checkout.root.parent.rglob("evil.geojson"))


def test_a_hostile_file_name_is_refused(checkout: Checkout, web: Publishers) -> None:
    web.zenodo.publish(RECORD, concept=CONCEPT, files={"../x.geojson": farms(1)})
    checkout.settings({"farms": zenodo_farms(include=["*.geojson"])})
    run = checkout.eo_pv("resolve", "farms")
    assert (run.code, checkout.paths.lock("farms").exists()) == (1, False)
    assert "../x.geojson" in run.output


def test_who_asks_is_said(checkout: Checkout, web: Publishers) -> None:
    checkout.settings({"farms": zenodo_farms()}, download={"contact": "mailto:me@example.org"})
    _fetched(checkout)
    agents = {request.headers["User-Agent"] for request in web.requests}
    (agent,) = agents
    assert agent.startswith("eo-pv/")
    assert agent.endswith(" (+mailto:me@example.org)")


def test_verify_finds_what_was_changed_on_the_disk(checkout: Checkout) -> None:
    _fetched(checkout)
    assert checkout.eo_pv("verify").code == 0
    path = checkout.paths.raw("farms") / NAME
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content.replace(b"10", b"11", 1))
    (path.parent / "extra.txt").touch()
    run = checkout.eo_pv("verify")
    assert run.code == 1
    assert f"farms: {NAME} has other bytes than were fetched" in run.output
    assert "farms: extra.txt is not in the lock" in run.output
    path.unlink()
    assert f"farms: {NAME} is missing" in checkout.eo_pv("verify").output


@pytest.mark.parametrize("options", [{"force_download": True}, {"use_cache": False}])
def test_the_pipeline_downloads_again_when_told_so(
    options: dict[str, bool], checkout: Checkout, web: Publishers
) -> None:
    _fetched(checkout)
    (checkout.paths.raw("farms") / NAME).unlink()
    web.forget()
    code = f"from loaders import run_doi_pipeline; print(run_doi_pipeline(**{options!r}))"
    run = checkout.run("python", "-c", code, PYTHONPATH=str(Path(__file__).parents[2]))
    assert (run.code, run.output.splitlines()[-1]) == (0, "{'farms': 'raw_data.farms'}"), run.output
    assert len(web.asked("zenodo.org", FILE)) == 1
