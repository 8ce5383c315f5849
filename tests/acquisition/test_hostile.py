"""What nobody sane would serve, commit or type; each of these once went wrong."""

import json
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import pytest

from tests.acquisition.conftest import CONCEPT, NAME, RECORD, Checkout, farms
from tests.publishers import Fault, Publishers
from tests.publishers.answers import Answer, Asked
from tests.publishers.bodies import Joined, Whole
from tests.step_server import WITHOUT_SERVER

HOST = "files.example.org"
PATH = "/farms.geojson"
FILE = f"/api/records/{RECORD}/files/"
BEFORE, AFTER = farms(1, padding=2_000_000), farms(2, padding=2_000_000)


def _from(url: str = PATH) -> dict[str, Any]:
    return {"source": {"url": f"https://{HOST}{url}"}, "columns": {"source_id": "id"}}


def _fetched(checkout: Checkout) -> dict[str, bytes]:
    for step in ("resolve", "fetch"):
        run = checkout.eo_pv(step, "farms")
        assert run.code == 0, run.output
    return checkout.raw("farms")


def test_what_came_before_never_overrules_the_lock(checkout: Checkout, web: Publishers) -> None:
    """As after a kill between the two files that `update` writes, or a merge of one of them; the sizes are equal."""
    previous, after = farms(1, padding=1000), farms(2, padding=1000)
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: previous})
    assert _fetched(checkout) == {NAME: previous}
    seen = checkout.paths.receipt("farms").read_bytes()
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: after})
    assert checkout.eo_pv("update").code == 0
    checkout.paths.receipt("farms").write_bytes(seen)
    assert checkout.eo_pv("verify").code == 1
    assert _fetched(checkout) == {NAME: after}
    assert checkout.eo_pv("verify").code == 0


def test_a_version_that_changed_since_the_lock_is_refused_without_a_checksum(
    checkout: Checkout, web: Publishers
) -> None:
    web.plain.publish(HOST, PATH, BEFORE, etag='"1"')
    checkout.settings({"farms": _from()})
    checkout.eo_pv("resolve", "farms")
    web.plain.publish(HOST, PATH, AFTER, etag='"2"')
    run = checkout.eo_pv("fetch", "farms")
    assert (run.code, checkout.raw("farms")) == (1, {})
    assert 'the lock expects "1"' in run.output
    assert checkout.eo_pv("update").output == "farms: farms.geojson changed (2,000,000 bytes, another version)\n"
    assert _fetched(checkout) == {"farms.geojson": AFTER}


def _rest_of_another_version(asked: Asked, answer: Answer) -> Answer:
    """A server that does not know If-Range."""
    if "Range" not in asked.headers:
        return answer
    start = int(asked.headers["Range"].removeprefix("bytes=").rstrip("-"))
    headers = {"Content-Range": f"bytes {start}-{len(AFTER) - 1}/{len(AFTER)}", "ETag": '"2"'}
    return replace(answer, status=206, content=Whole(AFTER[start:]), etag='"2"', headers=headers, takes_ranges=False)


def test_halves_of_two_versions_are_never_joined(checkout: Checkout, web: Publishers) -> None:
    web.plain.publish(HOST, PATH, BEFORE, etag='"1"')
    checkout.settings({"farms": _from()})
    checkout.eo_pv("resolve", "farms")
    web.fault(HOST, PATH, Fault.cut(after=1_500_000))
    web.fault(HOST, PATH, Fault(_rest_of_another_version, times=None))
    checkout.eo_pv("fetch", "farms")
    assert checkout.raw("farms") in ({}, {"farms.geojson": BEFORE})


LARGE = farms(1, padding=6_000_000)


def _part_of_the_rest(asked: Asked, answer: Answer) -> Answer:
    """A server that sends less than was asked for, as it may."""
    if "Range" not in asked.headers:
        return answer
    start = int(asked.headers["Range"].removeprefix("bytes=").rstrip("-"))
    part = LARGE[start : start + 1_500_000]
    headers = {"Content-Range": f"bytes {start}-{start + len(part) - 1}/{len(LARGE)}"}
    return replace(answer, status=206, content=Whole(part), headers=headers, takes_ranges=False)


@pytest.mark.parametrize("is_size_stated", [True, False])
def test_a_server_may_send_a_part_of_the_rest(is_size_stated: bool, checkout: Checkout, web: Publishers) -> None:
    web.plain.publish(HOST, PATH, LARGE)
    if not is_size_stated:
        web.fault(HOST, PATH, Fault.no_length(method="HEAD"))
    checkout.settings({"farms": _from()})
    checkout.eo_pv("resolve", "farms")
    assert ("bytes" in checkout.lock("farms")["files"][0]) is is_size_stated
    web.fault(HOST, PATH, Fault.cut(after=1_000_000))
    web.fault(HOST, PATH, Fault(_part_of_the_rest, times=None))
    run = checkout.eo_pv("fetch", "farms")
    assert (run.code, checkout.raw("farms")) == (0, {"farms.geojson": LARGE}), run.output


@pytest.mark.parametrize(
    "page",
    [
        b"\n<!DOCTYPE html><html></html>",
        b"\xef\xbb\xbf<!DOCTYPE html><html></html>",
        b" " * 300 + b"<!DOCTYPE html><html></html>",
        b"<!-- maintenance -->\n<html></html>",
    ],
)
def test_a_page_in_any_disguise_is_no_data(page: bytes, checkout: Checkout, web: Publishers) -> None:
    def served(_: Asked, answer: Answer) -> Answer:
        return replace(answer, content=Joined(Whole(page[:1]), Whole(page[1:])), framing="chunked")

    web.plain.publish(HOST, PATH, page, content_type="application/octet-stream")
    web.fault(HOST, PATH, Fault(served, times=None))
    checkout.settings({"farms": _from()})
    checkout.eo_pv("resolve", "farms")
    run = checkout.eo_pv("fetch", "farms")
    assert (run.code, checkout.raw("farms")) == (1, {})
    assert "sent a web page" in run.output


def test_a_disk_that_takes_only_a_part_is_noticed(checkout: Checkout, web: Publishers) -> None:
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: BEFORE})
    checkout.eo_pv("resolve", "farms")

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(BEFORE) - 100, len(BEFORE) - 100))

    run = subprocess.run(
        [sys.executable, "-m", "loaders", "fetch", "farms"],
        cwd=checkout.root,
        env=checkout.environment() | WITHOUT_SERVER,  # a limit is inherited by processes that are started
        preexec_fn=small_files,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, checkout.raw("farms")) == (1, {})
    assert "whether the disk is full" in run.stderr


def test_a_lock_that_was_tampered_with_is_damaged(checkout: Checkout, web: Publishers) -> None:
    checkout.eo_pv("resolve", "farms")
    lock = checkout.lock("farms")
    lock["files"][0]["name"] = "../../../../../evil.geojson"
    checkout.paths.lock("farms").write_text(json.dumps(lock))
    run = checkout.eo_pv("fetch", "farms")
    assert (run.code, checkout.raw("farms")) == (1, {})
    assert run.output.startswith("Error: farms: the lock ")
    assert not list(checkout.root.parent.rglob("evil.geojson"))
    assert checkout.eo_pv("update").code == 0
    assert _fetched(checkout) == {NAME: farms(1, 2)}


def test_what_came_before_cannot_name_a_file_of_the_user(checkout: Checkout) -> None:
    precious = checkout.root.parent / "precious.txt"
    precious.write_text("mine")
    _fetched(checkout)
    seen = json.loads(checkout.paths.receipt("farms").read_text())
    seen["published"][NAME]["sha256"] = str(precious)
    checkout.paths.receipt("farms").write_text(json.dumps(seen))
    run = checkout.eo_pv("plan", "farms")
    assert (run.code, "is damaged" in run.output) == (1, True)
    assert precious.read_text() == "mine"
    assert checkout.eo_pv("update").code == 0
    assert _fetched(checkout) == {NAME: farms(1, 2)}


def test_a_cache_that_was_scribbled_over_is_a_cache_that_knows_nothing(checkout: Checkout, web: Publishers) -> None:
    _fetched(checkout)
    for note in (checkout.cache / "known").iterdir():
        note.write_bytes(b"\xff\xfe")
    checkout.paths.raw("farms").joinpath(NAME).unlink()
    checkout.paths.receipt("farms").unlink()
    assert _fetched(checkout) == {NAME: farms(1, 2)}


def test_a_lock_of_another_source_is_not_fetched(checkout: Checkout, web: Publishers) -> None:
    _fetched(checkout)
    web.plain.publish(HOST, PATH, BEFORE)
    checkout.settings({"farms": _from()})
    for command in ("fetch", "verify"):
        run = checkout.eo_pv(command, "farms")
        assert (run.code, "of another source than params.yaml states" in run.output) == (1, True)


def test_ctrl_c_does_not_wait_for_servers(checkout: Checkout, web: Publishers) -> None:
    names = [f"silent{number}" for number in range(4)]
    for name in names:
        web.plain.publish(f"{name}.example.org", PATH, BEFORE)
        web.fault(f"{name}.example.org", PATH, Fault.stall(after=1000, seconds=60, times=None))
    datasets = {name: {"source": {"url": f"https://{name}.example.org{PATH}"}} for name in names}
    checkout.settings(datasets, download={"timeout_s": 60.0})
    process = checkout.start("prefetch")
    deadline = time.monotonic() + 30
    while len([each for each in web.requests if each.method == "GET"]) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    assert time.monotonic() - start < 20  # far below the time-out


def test_two_fetches_of_one_dataset_do_not_disturb_each_other(checkout: Checkout, web: Publishers) -> None:
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: BEFORE})
    checkout.eo_pv("resolve", "farms")
    processes = [checkout.start("fetch", "farms") for _ in range(3)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    assert checkout.raw("farms") == {NAME: BEFORE}
    assert len(web.asked("zenodo.org", FILE, method="GET")) == 1


def test_a_host_is_spared_also_behind_redirects(checkout: Checkout, web: Publishers) -> None:
    """All files come from one host in the end; it sees them one after the other."""
    names = [f"front{number}" for number in range(4)]
    for name in names:
        web.plain.publish(HOST, f"/{name}.geojson", farms(1, padding=200_000))
        web.plain.publish(f"{name}.example.org", f"/{name}.geojson", b"")
        web.fault(f"{name}.example.org", "/", Fault.redirect_to(f"https://{HOST}/{name}.geojson", times=None))
    web.fault(HOST, "/", Fault.slow(400_000, times=None))
    datasets = {name: {"source": {"url": f"https://{name}.example.org/{name}.geojson"}} for name in names}
    checkout.settings(datasets, download={"connections_per_host": 1, "datasets_at_once": 4})
    assert checkout.eo_pv("update").code == 0
    web.forget()
    process = checkout.start("prefetch")
    most = 0
    while process.poll() is None:
        under_way = [each for each in web.asked(HOST, method="GET") if each.body_bytes_sent < 200_000]
        most = max(most, len(under_way))
        time.sleep(0.01)
    assert (process.returncode, most) == (0, 1)


def test_a_large_file_whose_server_knows_neither_head_nor_ranges(checkout: Checkout, web: Publishers) -> None:
    web.plain.publish(HOST, PATH, farms(1, padding=60_000_000))
    web.fault(HOST, PATH, Fault.status(405, method="HEAD", times=None))
    web.fault(HOST, PATH, Fault.ignore_range(times=None))
    checkout.settings({"farms": _from()})
    assert checkout.eo_pv("resolve", "farms").code == 0
    assert checkout.lock("farms")["files"][0]["bytes"] == 60_000_000
    assert sum(each.body_bytes_sent for each in web.requests) < 30_000_000


def test_an_empty_answer_is_no_file_of_a_format_that_cannot_be_empty(checkout: Checkout, web: Publishers) -> None:
    web.plain.publish(HOST, PATH, b"", etag="", last_modified="")
    checkout.settings({"farms": _from()})
    assert checkout.eo_pv("resolve", "farms").code == 0
    run = checkout.eo_pv("fetch", "farms")
    assert (run.code, "farms.geojson is not GeoJSON: it is empty" in run.output, checkout.raw("farms")) == (1, True, {})
    web.plain.publish(HOST, PATH, BEFORE, etag="", last_modified="")
    web.fault(HOST, PATH, Fault.no_length(times=None))
    run = checkout.eo_pv("fetch", "farms", "--force")
    assert (run.code, "the lock expects 0" in run.output) == (1, True)
    assert checkout.eo_pv("update", "farms").code == 0
    assert _fetched(checkout) == {"farms.geojson": BEFORE}


def test_a_file_that_nothing_identifies_is_downloaded_once(checkout: Checkout, web: Publishers) -> None:
    web.plain.publish(HOST, PATH, BEFORE)
    web.fault(HOST, PATH, Fault.no_validator(times=None))
    checkout.settings({"farms": _from()})
    assert checkout.eo_pv("prefetch").code == 0
    assert _fetched(checkout) == {"farms.geojson": BEFORE}
    assert len(web.asked(HOST, PATH, method="GET")) == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.redirect_to("ftp://files.example.org/x?sig=SECRET"), "from https to ftp"),
        (Fault.redirect_to("file:///etc/passwd?sig=SECRET"), "from https to file"),
        (Fault.redirect_to("https://[bad/x?sig=SECRET"), "to what is no address"),
        (Fault.redirect_to("https://nowhere.invalid/x?sig=SECRET", times=None), "no answer"),
        (Fault.status(404, times=None), "is gone"),
    ],
)
def test_a_redirect_gives_no_secret_away(fault: Fault, words: str, checkout: Checkout, web: Publishers) -> None:
    checkout.eo_pv("resolve", "farms")
    web.fault("zenodo.org", FILE, fault)
    run = checkout.eo_pv("fetch", "farms")
    assert (run.code, words in run.output, "SECRET" in run.output) == (1, True, False), run.output


def test_an_address_with_a_secret_is_refused(checkout: Checkout) -> None:
    checkout.settings({"farms": _from("/farms.geojson?X-Amz-Signature=0123")})
    run = checkout.eo_pv("resolve", "farms")
    assert (run.code, "holds a secret (x-amz-signature)" in run.output, "0123" in run.output) == (1, True, False)


def test_a_record_that_hides_its_files_says_so(checkout: Checkout, web: Publishers) -> None:
    web.zenodo.publish(RECORD, concept=CONCEPT, files={})
    run = checkout.eo_pv("resolve", "farms")
    assert (run.code, f"record {RECORD} of Zenodo shows no files (access: " in run.output) == (1, True)


def test_a_killed_publication_into_the_cache_is_finished_by_the_next_run(checkout: Checkout, web: Publishers) -> None:
    """Everything has come, and is not in its place yet."""
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: BEFORE})
    _fetched(checkout)
    (expected,) = (checkout.cache / "sha256").rglob("*/*")
    partial = next(path.with_suffix("") for path in (checkout.cache / "partial").glob("*.lock"))
    expected.rename(partial).chmod(0o644)
    checkout.paths.raw("farms").joinpath(NAME).unlink()
    web.forget()
    assert _fetched(checkout) == {NAME: BEFORE}
    assert web.requests == []
