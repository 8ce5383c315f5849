"""One bad download is never for ever: what happens to bytes that no publisher's checksum proves."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from loaders.acquire.download_cache import DownloadCache
from loaders.acquire.downloader import Downloader
from loaders.acquire.fetch import confirm, differences, fetch, proofs
from loaders.acquire.lock import Lock
from loaders.acquire.receipt import read_receipt
from loaders.acquire.resolve import resolve, update
from loaders.core.errors import ChecksumMismatchError, ReadError
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Settings
from tests.acquisition.conftest import IMPATIENT, Checkout, farms, zipped
from tests.publishers import Fault, Publishers
from tests.publishers.answers import Answer, Asked
from tests.publishers.bodies import Whole

COMMIT = "fbd4e0bc243ce1fa09bf851cd8d26d37835bf95b"
HOST, PATH = "files.example.org", "/farms.geojson"
RAW, API = "raw.githubusercontent.com", "api.github.com"
GOOD = farms(1, padding=1000)
CHANGED = GOOD.replace(b"10.1", b"11.1", 1)
BY_URL = {"url": f"https://{HOST}{PATH}"}
BY_GITHUB = {"github": f"o/r@{COMMIT}:farms.geojson"}
WRONG_ONCE = Fault(lambda _, answer: replace(answer, content=Whole(CHANGED)), method="GET")  # a digit


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


class Bench:
    """A dataset `farms` in this process, in a world where the publishers are the stand-in."""

    def __init__(self, folder: Path, source: dict[str, Any]) -> None:
        document = {"key": "farms", "source": source}
        self.catalog = Settings.model_validate(
            {"datasets": {"farms": document}, "download": {**IMPATIENT, "attempts": 1}}
        )
        self.dataset = self.catalog.dataset("farms")
        self.paths = ProjectPaths(folder / "project", "doi")
        self.downloads = Downloader(self.catalog, DownloadCache(folder / "cache"))
        self.forced = Downloader(self.catalog, DownloadCache(folder / "cache"), force=True)

    def lock(self) -> Lock:
        return resolve(self.dataset, self.paths, self.downloads.client)

    def fetch(self, *, force: bool = False) -> dict[str, bytes]:
        folder = fetch(self.dataset, self.lock(), self.paths, self.forced if force else self.downloads)
        return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def update(self) -> dict[str, bytes]:
        lock = update(self.dataset, self.paths, self.downloads.client)
        confirm(self.dataset, lock, self.paths, self.downloads)
        return self.fetch()

    def proofs(self) -> list[str]:
        receipt = read_receipt(self.paths.receipt("farms"))
        assert list(differences(self.lock(), receipt, self.paths)) == []
        return list(proofs(self.lock(), receipt))


@pytest.fixture
def bench(tmp_path: Path, web: Publishers, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], Bench]:
    for name, value in web.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    web.plain.publish(HOST, PATH, GOOD)
    web.github.publish("o/r", commit=COMMIT, files={"farms.geojson": GOOD})
    return lambda source: Bench(tmp_path, source)


Way = Callable[[Bench], dict[str, bytes]]
WAYS: dict[str, Way] = {"fetch --force": lambda bench: bench.fetch(force=True), "update": Bench.update}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("source", ["url", "github without its interface", "url without ETag and date"])
def test_one_wrong_byte_goes_when_two_fresh_downloads_agree(
    way: str, source: str, bench: Callable[..., Bench], web: Publishers, caplog: pytest.LogCaptureFixture
) -> None:
    if source.endswith("date"):
        web.fault(HOST, PATH, Fault.no_validator(times=None))
    web.fault(API, "/", Fault.status(403, times=None))
    web.fault(HOST, PATH, WRONG_ONCE)
    web.fault(RAW, "/", WRONG_ONCE)
    farm = bench(BY_GITHUB if source.startswith("github") else BY_URL)
    assert farm.fetch() == {"farms.geojson": CHANGED}
    assert farm.proofs() == [f"farms.geojson: nobody states a checksum: as first seen on {_today()}"]
    caplog.clear()
    assert WAYS[way](farm) == {"farms.geojson": GOOD}
    assert "farms: farms.geojson came differently before (sha256 " in caplog.text
    assert "Two fresh downloads agree: the new bytes are accepted." in caplog.text
    assert farm.fetch() == {"farms.geojson": GOOD}


@pytest.mark.parametrize("way", WAYS)
def test_two_fresh_downloads_that_differ_are_refused_and_the_former_file_stays(
    way: str, bench: Callable[..., Bench], web: Publishers
) -> None:
    farm = bench(BY_URL)
    assert farm.fetch() == {"farms.geojson": GOOD}
    receipt = farm.paths.receipt("farms").read_bytes()
    web.fault(HOST, PATH, WRONG_ONCE)
    web.fault(HOST, PATH, Fault.corrupt(at=len(GOOD) - 1, skip=1))
    with pytest.raises(
        ChecksumMismatchError, match=r"two fresh downloads of farms\.geojson differ: sha256 .* --force`"
    ):
        WAYS[way](farm)
    assert farm.paths.receipt("farms").read_bytes() == receipt
    assert farm.fetch() == {"farms.geojson": GOOD}


def test_an_update_that_finds_the_same_bytes_changes_nothing_and_keeps_the_first_day(
    bench: Callable[..., Bench], web: Publishers, caplog: pytest.LogCaptureFixture
) -> None:
    farm = bench(BY_URL)
    farm.fetch()
    path = farm.paths.receipt("farms")
    old = json.loads(path.read_text())
    old["published"]["farms.geojson"]["first_seen"] = "2026-01-31"
    path.write_text(json.dumps(old))
    web.forget()
    assert farm.update() == {"farms.geojson": GOOD}
    assert len(web.asked(HOST, PATH, method="GET")) == 1
    assert farm.proofs() == ["farms.geojson: nobody states a checksum: as first seen on 2026-01-31"]
    assert caplog.text == ""


def test_a_receipt_without_a_day_is_still_a_receipt(bench: Callable[..., Bench]) -> None:
    farm = bench(BY_URL)
    farm.fetch()
    path = farm.paths.receipt("farms")
    old = json.loads(path.read_text())
    del old["published"]["farms.geojson"]["first_seen"]
    path.write_text(json.dumps(old))
    assert farm.fetch(force=True) == {"farms.geojson": GOOD}
    assert farm.proofs() == ["farms.geojson: nobody states a checksum: as first seen (on a day that was not noted)"]


def test_an_archive_with_one_wrong_byte_is_neither_kept_nor_found_again(
    bench: Callable[..., Bench], web: Publishers
) -> None:
    web.plain.publish(HOST, "/farms.zip", zipped(a__geojson=GOOD))
    web.fault(HOST, "/farms.zip", Fault.corrupt(at=60))
    farm = bench({"url": f"https://{HOST}/farms.zip"})
    with pytest.raises(ReadError):
        farm.fetch()
    assert not farm.paths.receipt("farms").exists()
    assert farm.fetch()["a.geojson"] == GOOD
    assert farm.proofs() == [f"farms.zip: nobody states a checksum: as first seen on {_today()}"]


def test_a_folder_at_github_that_was_unpacked_wrongly_once_is_accepted_anew(
    bench: Callable[..., Bench], web: Publishers
) -> None:
    farm = bench({"github": f"o/r@{COMMIT}:data/"})
    web.github.publish("o/r", commit=COMMIT, files={"data/farms.geojson": CHANGED})
    assert CHANGED in farm.fetch().values()
    web.github.publish("o/r", commit=COMMIT, files={"data/farms.geojson": GOOD})
    shutil.rmtree(farm.paths.raw("farms"))
    shutil.rmtree(farm.downloads.cache.root)
    with pytest.raises(ChecksumMismatchError, match="`eo-pv fetch farms --force`"):
        farm.fetch()
    assert GOOD in farm.fetch(force=True).values()


JSON_ERROR = b'{"error": {"code": 503, "message": "queued"}}'
PROBLEM = b'{"type": "about:blank", "title": "Not Found", "status": 404}'
XML_ERROR = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"
PAGE = b"<!DOCTYPE html><html><title>Maintenance</title></html>"
NOT_DATA = [
    *(("farms.geojson", body) for body in (b'{"status": "queued"', JSON_ERROR, PROBLEM, b"[]", b"null", XML_ERROR)),
    *(("farms.csv", body) for body in (JSON_ERROR, b"[]", XML_ERROR)),
    *(("farms.kml", body) for body in (b"queued", PAGE, XML_ERROR)),
    *((f"farms.{suffix}", b"queued: come again later") for suffix in ("gpkg", "shp", "fgb", "json", "geojsonl")),
    *((f"farms.{suffix}", JSON_ERROR) for suffix in ("xlsx", "ods", "kmz", "gml")),
    ("farms.parquet", b"PAR1, cut short"),
    *((f"farms.{suffix}", b"") for suffix in ("geojson", "csv", "gpkg", "parquet")),
]


@pytest.mark.parametrize(("name", "body"), NOT_DATA)
def test_no_receipt_is_written_for_a_file_that_is_not_what_its_name_says(
    name: str, body: bytes, bench: Callable[..., Bench], web: Publishers
) -> None:
    web.plain.publish(HOST, f"/{name}", body)
    farm = bench({"url": f"https://{HOST}/{name}"})
    farm.lock()
    for _ in range(2):
        web.forget()
        with pytest.raises(ReadError, match=rf"^farms: {name} is not .*`eo-pv fetch farms`"):
            farm.fetch()
        assert len(web.asked(HOST, f"/{name}", method="GET")) == 1  # asked anew each time
    assert not farm.paths.receipt("farms").exists()


SMALL = {
    "point.geojson": b'{"type": "Point", "coordinates": [10, 50]}',
    "lines.geojson": b'{"type": "Feature"}\n{"type": "Feature"}\n',
    "esri.json": b'{"geometryType": "esriGeometryPoint", "features": []}',
    "topology.json": b'{"type": "Topology", "objects": {}, "arcs": []}',
    "number.csv": b"1\n",
    "farms.txt": JSON_ERROR,
}


@pytest.mark.parametrize("name", SMALL)
def test_a_small_file_that_may_be_data_is_left_to_its_reader(
    name: str, bench: Callable[..., Bench], web: Publishers
) -> None:
    web.plain.publish(HOST, f"/{name}", SMALL[name])
    assert bench({"url": f"https://{HOST}/{name}"}).fetch() == {name: SMALL[name]}


@pytest.mark.parametrize(
    "source", [BY_GITHUB, {"github": "o/r@v1:farms.geojson"}, {"github": "o/r@v1:release:farms.geojson"}]
)
def test_a_wrong_byte_from_github_never_passes(
    source: dict[str, str], bench: Callable[..., Bench], web: Publishers
) -> None:
    web.github.publish(
        "o/r", commit=COMMIT, tags=["v1"], files={"farms.geojson": GOOD}, releases={"v1": {"farms.geojson": GOOD}}
    )
    for host in (RAW, "release-assets.githubusercontent.com"):
        web.fault(host, "/", Fault.corrupt(at=500, times=2))
    farm = bench(source)
    with pytest.raises(
        ChecksumMismatchError, match=r"has (gitblob|sha256):[0-9a-f]+, the lock expects (gitblob|sha256)"
    ):
        farm.fetch()
    assert farm.fetch() == {"farms.geojson": GOOD}
    assert farm.proofs() == ["1 file(s) as locked"]


NUMBERS = count()
LIES: dict[str, Fault] = {  # of a server that is otherwise well
    "HEAD has another length": Fault.short(by=9, method="HEAD", times=None),
    "HEAD has another ETag": Fault(lambda _, answer: replace(answer, etag='"head"'), method="HEAD", times=None),
    "each answer has another ETag": Fault(lambda _, answer: replace(answer, etag=f'"{next(NUMBERS)}"'), times=None),
}


@pytest.mark.parametrize("lie", LIES)
def test_headers_that_lie_are_found_out_by_the_update_that_the_error_names(
    lie: str, bench: Callable[..., Bench], web: Publishers
) -> None:
    web.fault(HOST, PATH, LIES[lie])
    farm = bench(BY_URL)
    with pytest.raises(ChecksumMismatchError, match=r"the lock expects .*`make update KEY=farms`, then `make all`"):
        farm.fetch()
    assert farm.update() == {"farms.geojson": GOOD}
    assert farm.fetch(force=True) == {"farms.geojson": GOOD}


def _cut_short(_: Asked, answer: Answer) -> Answer:
    document = {"tree": [], "truncated": True}
    return replace(answer, content=Whole(json.dumps(document).encode()))


def test_a_tree_that_is_cut_short_is_asked_for_the_file_alone(bench: Callable[..., Bench], web: Publishers) -> None:
    web.fault(API, "/repos/o/r/git/trees", Fault(_cut_short, times=None))
    farm = bench(BY_GITHUB)
    assert farm.lock().files[0].checksum is not None
    assert [each.path for each in web.asked(API)][1:] == [f"/repos/o/r/contents/farms.geojson?ref={COMMIT}"]


def test_github_that_answers_no_more_questions_takes_no_checksum_away(
    bench: Callable[..., Bench], web: Publishers, caplog: pytest.LogCaptureFixture
) -> None:
    farm = bench(BY_GITHUB)
    (previous,) = farm.lock().files
    web.fault(API, "/", Fault.status(429, retry_after=3600, times=None))
    (after,) = update(farm.dataset, farm.paths, farm.downloads.client).files
    assert (after, after.checksum is None) == (previous, False)
    assert "GITHUB_TOKEN" in caplog.text


def test_github_that_states_a_checksum_later_convicts_the_wrong_byte_of_the_first_download(
    bench: Callable[..., Bench], web: Publishers
) -> None:
    web.fault(API, "/", Fault.status(403))
    web.fault(RAW, "/", WRONG_ONCE)
    farm = bench(BY_GITHUB)
    assert farm.fetch() == {"farms.geojson": CHANGED}
    assert farm.update() == {"farms.geojson": GOOD}
    assert farm.proofs() == ["1 file(s) as locked"]


def test_the_token_goes_to_githubs_interface_and_nowhere_else(
    bench: Callable[..., Bench], web: Publishers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_SECRET")
    web.fault(API, "/", Fault.redirect_to(f"https://{HOST}{PATH}"))
    farm = bench(BY_GITHUB)
    farm.fetch()
    traceback_text = {each.host for each in web.requests if "SECRET" in str(dict(each.headers))}
    assert (traceback_text, HOST in web.hosts()) == ({API}, True)
    assert "SECRET" not in caplog.text + farm.paths.lock("farms").read_text()


def test_a_token_that_is_none_is_not_sent_and_not_repeated(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "GITHUB_TOKEN", "SECRET\nX-Evil: 1")
    assert bench(BY_GITHUB).lock().files[0].checksum is not None


def test_the_commands_say_what_proves_a_file_and_what_they_accept(checkout: Checkout, web: Publishers) -> None:
    web.plain.publish(HOST, PATH, GOOD)
    checkout.settings({"farms": {"source": BY_URL, "columns": {"source_id": "id"}}})
    web.fault(HOST, PATH, WRONG_ONCE)
    for step in ("resolve", "fetch"):
        assert checkout.eo_pv(step, "farms").code == 0
    message = checkout.eo_pv("verify").output
    assert message == f"farms: farms.geojson: nobody states a checksum: as first seen on {_today()}\n"
    run = checkout.eo_pv("update", "farms")
    assert (run.code, checkout.raw("farms")) == (0, {"farms.geojson": GOOD}), run.output
    assert "farms: nothing changed\n" in run.output
    assert "Two fresh downloads agree: the new bytes are accepted. Run `make all`." in run.output
