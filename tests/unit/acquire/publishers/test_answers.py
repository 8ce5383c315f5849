"""What publishers answer: only the file counts as the file, only a record as a record; the rest is one paragraph."""

import json
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from loaders.acquire.download_cache import DownloadCache
from loaders.acquire.downloader import Downloader
from loaders.acquire.lock import Lock
from loaders.acquire.publishers.api.session import size, text
from loaders.acquire.resolve import query_source
from loaders.core.errors import EoPvError, SourceError
from loaders.core.json_text import parse_json
from loaders.core.paths import ProjectPaths
from loaders.http.client import HttpClient
from loaders.http.status import is_transient, parse_byte_count
from loaders.settings.download import Download
from loaders.settings.params import Dataset, Settings
from tests.publishers import Fault, Generated, Publishers
from tests.publishers.answers import Answer, Asked
from tests.publishers.faults import When

HOST, PATH = "files.example.org", "/farms.geojson"
BODY = b'{"type": "FeatureCollection", "features": []}' + b" " * 5000
ATTEMPTS = 2
TRIED = 15  # of some thousand changes of a record: each value, and each place
RECORD = 5005868
ALWAYS: When = {"times": None}
SOURCES: dict[str, dict[str, Any]] = {
    "url": {"url": f"https://{HOST}{PATH}"},
    "zenodo": {"doi": f"10.5281/zenodo.{RECORD}"},
    "all of zenodo": {"doi": f"10.5281/zenodo.{RECORD}", "include": ["*"]},
    "figshare": {"doi": "10.6084/m9.figshare.3385780.v4"},
    "sciencebase": {"doi": "10.5066/P9IA3TUS"},
    "dataverse": {"doi": "10.7910/DVN/ABCDEF"},
}
RECORDS = {
    "zenodo": ("zenodo.org", f"/api/records/{RECORD}"),
    "figshare": ("api.figshare.com", "/v2/articles"),
    "sciencebase": ("www.sciencebase.gov", "/catalog/item"),
    "dataverse": ("dataverse.harvard.edu", "/api/datasets"),
    "datacite": ("api.datacite.org", "/dois"),
}
Fetch = Callable[..., bytes]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publishers]:
    with Publishers(tmp_path_factory.mktemp("web")) as web:
        yield web


@pytest.fixture
def web(world: Publishers, monkeypatch: pytest.MonkeyPatch) -> Publishers:
    """The publishers, healthy, with one file each; this process sees nothing else."""
    for name, value in world.environment().items():
        monkeypatch.setenv(name, value)
    world.heal()
    world.forget()
    files = {"farms.geojson": BODY}
    world.plain.publish(HOST, PATH, BODY)
    world.zenodo.publish(RECORD, concept=RECORD - 1, files=files)
    world.figshare.publish(3385780, version=4, files=files)
    world.sciencebase.publish("66707f69d34e89718fa3f82f", doi="10.5066/P9IA3TUS", files=files)
    world.dataverse.publish("10.7910/DVN/ABCDEF", files=files)
    return world


@pytest.fixture
def fetch(web: Publishers, paths: ProjectPaths, tmp_path: Path) -> Fetch:
    """The bytes of the file of a source, resolved and downloaded."""
    policy = Download(timeout_s=60, backoff_s=0.001, attempts=ATTEMPTS, longest_wait_s=1)  # no machine is too busy

    def bytes_of(source: str = "url", strike: Callable[[], None] = lambda: None) -> bytes:
        dataset = {"farms": {"key": "farms", "source": SOURCES[source]}}
        settings = Settings.model_validate({"origin": "doi", "download": policy.model_dump(), "datasets": dataset})
        downloads = Downloader(settings, DownloadCache(tmp_path / "cache"))
        (chosen,) = settings.select_datasets(None)
        lock: Lock = query_source(chosen, ProjectPaths(paths.root, "doi"), downloads.client)
        strike()
        (path,) = downloads.files(chosen, lock, paths).values()
        return path.read_bytes()

    return bytes_of


def refused(fetch: Fetch, *words: str, **options: Any) -> str:
    """The paragraph of an error."""
    with pytest.raises(SourceError) as failed:
        fetch(**options)
    message, traceback_text = str(failed.value), "".join(traceback.format_exception(failed.value))
    assert "kV8-uF3x" not in traceback_text
    assert message.startswith("farms: ")
    assert "\n" not in message
    assert [word for word in words if word not in message] == [], message
    return message


LATER = (
    202,
    204,
    205,
    408,
    425,
    429,
    500,
    502,
    503,
    504,
    507,
    520,
    521,
    522,
    523,
    524,
    525,
    526,
    527,
    529,
    530,
    598,
    599,
)
NEVER = (400, 401, 402, 403, 404, 405, 406, 409, 410, 418, 451, 501, 505, 506, 508, 510, 511)
NO_FILE = (201, 203, 207, 208, 226, 299)


def test_a_status_is_about_the_moment_or_about_the_request() -> None:
    assert [status for status in range(100, 1000) if is_transient(status)] == sorted({*LATER, 421, 423, *_nameless()})
    assert is_transient(403, {"Retry-After": "5"})
    assert not is_transient(403, {"Retry-After": "whenever"})
    assert not is_transient(301, {"Retry-After": "5"})


def _nameless() -> set[int]:
    """The statuses of servers that no standard names."""
    return set(range(500, 600)) - {501, 505, 506, 508, 510, 511}


@pytest.mark.parametrize("status", LATER)
def test_a_file_that_is_not_ready_once_is_asked_for_again(status: int, web: Publishers, fetch: Fetch) -> None:
    assert fetch(strike=lambda: web.fault(HOST, PATH, Fault.status(status))) == BODY
    assert len(web.asked(HOST, PATH, "GET")) == 2


@pytest.mark.parametrize("status", [202, 204, 529])
def test_a_file_that_is_never_ready_is_an_error_that_says_so(status: int, web: Publishers, fetch: Fetch) -> None:
    words = (f"it answered {status}", "after 2 attempts", "again later")
    refused(fetch, *words, strike=lambda: web.fault(HOST, PATH, Fault.status(status, times=None)))


@pytest.mark.parametrize("status", [*NO_FILE, *NEVER])
def test_no_other_status_is_a_file_and_none_is_asked_for_twice(status: int, web: Publishers, fetch: Fetch) -> None:
    fate = "is gone" if status in {404, 410} else "is refused" if status >= 400 else "is not sent"
    refused(
        fetch, f"farms.geojson {fate}", f"answered {status}", strike=lambda: web.fault(HOST, PATH, Fault.status(status))
    )
    assert len(web.asked(HOST, PATH, "GET")) == 1


@pytest.mark.parametrize("status", [*NO_FILE, 403, 404, 501])
def test_no_other_status_is_a_record(status: int, web: Publishers, fetch: Fetch) -> None:
    web.fault("zenodo.org", "/api", Fault.status(status, times=None))
    fate = "is not there" if status == 404 else "is refused" if status > 400 else "is not sent"
    refused(fetch, f"record 5005868 of Zenodo {fate}: ", f"answered {status}", source="zenodo")


def test_a_record_that_is_not_ready_once_is_asked_for_again(web: Publishers, fetch: Fetch) -> None:
    web.fault("zenodo.org", "/api", Fault.says(b'{"status": "accepted"}', 202))
    assert fetch("zenodo") == BODY


@pytest.mark.parametrize("status", [206, 416])
def test_a_part_that_was_not_asked_for_is_not_the_file(status: int, web: Publishers, fetch: Fetch) -> None:
    part = Fault.says(BODY[:100], status, method="GET", times=None)
    refused(fetch, f"{status}" if status == 416 else "another part", strike=lambda: web.fault(HOST, PATH, part))


@pytest.mark.parametrize("length", ["5, 6", "²", "-5", "9" * 400, "five", "5046", "10"])
def test_a_length_that_is_wrong_is_one_paragraph_or_the_file(length: str, web: Publishers, fetch: Fetch) -> None:
    def lie(_: Asked, answer: Answer) -> Answer:
        headers = {**answer.headers, "Content-Length": length}
        return replace(answer, headers=headers, framing="close", takes_ranges=False)

    try:
        message = fetch(strike=lambda: web.fault(HOST, PATH, Fault(lie, times=None))).decode()
    except EoPvError as error:
        message = str(error)
    words = (BODY.decode(), "no answer (", "bytes, the lock expects", "the connection broke")
    assert [word for word in words if word in message] != [], message


@pytest.mark.parametrize("status", [202, 204, 400, 401, 403, 404, 405, 406, 500, 501, 503])
def test_a_server_that_does_not_know_head_is_asked_with_get(status: int, web: Publishers, fetch: Fetch) -> None:
    web.fault(HOST, PATH, Fault.status(status, method="HEAD", times=None))
    assert fetch() == BODY


@pytest.mark.parametrize(
    "head",
    [Fault.html(method="HEAD", times=None), Fault.drop(method="HEAD", times=None), Fault.short(10**6, method="HEAD")],
    ids=["a page", "no answer", "no length"],
)
def test_a_server_whose_head_says_nothing_of_the_file_is_asked_with_get(
    head: Fault, web: Publishers, fetch: Fetch
) -> None:
    web.fault(HOST, PATH, head)
    assert fetch() == BODY


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("https://files.example.org:99999/x", "no address"),
        ("https://files.example.org:-1/x", "no address"),
        (f"https://{'a' * 300}/x", "no address"),
        (f"https://{'ä' * 100}.example.org/x", "no address"),
        ("https://a..example.org/x", "no address"),
        ("https://[zz]/x", "no address"),
        ("https://[::1/x", "no address"),
        ("https://%00/x", "no address"),
        ("https:///x", ""),
        ("//", ""),
        ("https://me:kV8-uF3x@files.example.org:99999/x?sig=kV8-uF3x", "no address"),
        ("gopher://files.example.org/x", "from https to gopher"),
        ("https://me:kV8-uF3x@nobody.example.org/x?X-Amz-Signature=kV8-uF3x", "no answer"),
    ],
)
@pytest.mark.parametrize("phase", ["record", "file"])
def test_a_redirect_to_an_impossible_address_is_one_paragraph(
    target: str, words: str, phase: str, web: Publishers, fetch: Fetch
) -> None:
    def strike() -> None:
        web.fault(HOST, PATH, Fault.redirect_to(target.encode().decode("latin-1"), times=None))

    if phase == "record":
        strike()
    message = refused(fetch, words, strike=strike)
    assert "kV8-uF3x" not in message
    assert len(message) < 800


def test_a_redirect_with_an_endless_body_is_followed_without_reading_it(web: Publishers, fetch: Fetch) -> None:
    web.plain.publish("mirror.example.org", "/x", BODY)

    def endless(_: Asked, answer: Answer) -> Answer:
        headers = {"Location": "https://mirror.example.org/x"}
        return replace(answer, status=302, headers=headers, content=Generated(10**12), takes_ranges=False)

    assert fetch(strike=lambda: web.fault(HOST, PATH, Fault(endless, times=None))) == BODY
    (asked_once,) = web.asked(HOST, PATH, "GET")
    assert asked_once.body_bytes_sent < 50_000_000


JSONS = {
    "100,000 brackets": b"[" * 100_000,
    "100,000 objects": b'{"a":' * 100_000,
    "100,000 closed brackets": b"[" * 100_000 + b"]" * 100_000,
    "a number of 10,000 digits": b'{"id": ' + b"9" * 10_000 + b"}",
    "a list": b"[]",
    "null": b"null",
    "a text": b'"farms"',
    "nothing": b"",
    "no JSON": b"\xff\xfe\x00{",
    "a page": b"<!DOCTYPE html><title>Just a moment...</title>",
    "an empty object": b"{}",
    "not a number": b'{"id": NaN, "files": NaN, "metadata": -Infinity, "title": NaN}',
}


JSON_OF_OTHERS = {"100,000 brackets", "a number of 10,000 digits", "null", "an empty object"}


@pytest.mark.parametrize(
    ("publisher", "form"),
    [(each, form) for each in RECORDS for form in JSONS if each in {"zenodo", "dataverse"} or form in JSON_OF_OTHERS],
)
def test_an_answer_of_another_form_is_one_paragraph(publisher: str, form: str, web: Publishers, fetch: Fetch) -> None:
    host, path = RECORDS[publisher]
    web.fault(host, path, Fault.says(JSONS[form], times=None))
    refused(fetch, source="dataverse" if publisher == "datacite" else publisher)
    read = [each.body_bytes_sent for each in web.asked(host, path, "GET")]
    assert read == [len(JSONS[form])] * len(read) != [], "what is refused is the whole answer, and not a silence"


ODD: tuple[Any, ...] = (
    None,
    [],
    {},
    7,
    -1,
    1.5,
    True,
    float("nan"),
    "",
    "x",
    "\ud800",
    [None],
    {"a": None},
    [[[]]],
    10**30,
)


@pytest.mark.parametrize("publisher", RECORDS)
def test_a_value_of_another_type_is_one_paragraph_or_the_file(
    publisher: str, web: Publishers, paths: ProjectPaths, fetch: Fetch
) -> None:
    """Every value of the record in turn, the files' names, sizes and checksums among them."""
    host, path = RECORDS[publisher]
    source = "dataverse" if publisher == "datacite" else publisher
    expected: list[tuple[tuple[Any, ...], Any]] = []

    def note(stated: Any) -> Any:
        expected.extend((place, value) for place in _places(stated) for value in ODD)
        return stated

    web.fault(host, path, Fault.edited(note))
    assert fetch(source) == BODY
    for place, value in expected[:: max(len(expected) // TRIED, 1)]:
        web.heal()
        web.fault(host, path, Fault.edited(partial(_changed, path=place, value=value)))
        try:
            came = fetch(source)
        except EoPvError as error:
            message = str(error)
        else:
            message = "farms: " if came == BODY else "another file"
        assert message.startswith("farms: "), (place, value)


def _places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value below."""
    if path:
        yield path
    parts = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for name, value in parts:
        yield from _places(value, (*path, name))


def _changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(document))
    below = copy
    with suppress(LookupError, TypeError):  # it is another document at the same address
        for name in path[:-1]:
            below = below[name]
        below[path[-1]] = value
    return copy


@pytest.mark.parametrize("name", [None, 7, 1.5, ["farms.geojson"], {"a": 1}, True])
@pytest.mark.parametrize("publisher", ["zenodo", "figshare", "sciencebase"])
def test_a_file_without_a_name_in_words_is_one_paragraph(
    publisher: str, name: Any, web: Publishers, fetch: Fetch
) -> None:
    keys = {"zenodo": "key", "figshare": "name", "sciencebase": "name"}

    def edit(stated: Any) -> Any:
        for file in stated if isinstance(stated, list) else stated.get("files", stated.get("entries", [])):
            file[keys[publisher]] = name
        return stated

    web.fault(*RECORDS[publisher], Fault.edited(edit))
    refused(fetch, source=publisher)


@pytest.mark.parametrize(
    "others",
    [
        *(["./farms.geojson"], ["farms.geojson/"], ["FARMS.geojson"], ["farms.geojson/b.csv"], ["x.zip", "x.ZIP"]),
        *(["x.zip", "x.zip.unpacked/a.shp"], ["x.zip", "X.zip.unpacked"], ["y" * 300]),
    ],
)
def test_names_that_cannot_all_be_files_of_one_folder_are_one_paragraph(
    others: list[str], web: Publishers, fetch: Fetch
) -> None:
    web.zenodo.publish(RECORD, concept=RECORD - 1, files=dict.fromkeys(["farms.geojson", *others], BODY))
    message = refused(fetch, source="all of zenodo")
    assert ("would be the folder of another" in message) != ("longer than a disk allows" in message)
    assert len(message) < 600


@pytest.mark.parametrize("stated", ["./north//farms.geojson", "north\\farms.geojson", "north/./farms.geojson"])
def test_a_name_is_locked_as_the_path_that_it_has_on_a_disk(
    stated: str, web: Publishers, fetch: Fetch, paths: ProjectPaths
) -> None:
    web.zenodo.publish(RECORD, concept=RECORD - 1, files={stated: BODY})
    assert fetch("zenodo") == BODY
    dataset = Dataset.model_validate({"key": "farms", "source": SOURCES["zenodo"]})
    lock = query_source(dataset, replace(paths, origin="doi"), HttpClient(Download()))
    assert [file.name for file in lock.files] == ["north/farms.geojson"]


def test_an_address_that_a_publisher_signs_is_not_locked(web: Publishers, fetch: Fetch) -> None:
    def edit(stated: Any) -> Any:
        stated["data"]["files"][0]["dataFile"]["id"] = "7?X-Amz-Signature=kV8-uF3x"
        return stated

    web.fault(*RECORDS["dataverse"], Fault.edited(edit))
    message = refused(fetch, "expected an identifier as `id` of `dataFile`", source="dataverse")
    assert "kV8-uF3x" not in message


@pytest.mark.parametrize(
    ("stated", "number"),
    [
        ("12", 12), (12, 12), (12.0, 12), (0, 0), (None, None), (-1, None), (1.5, None), (True, None), ("1_000", None),
        (float("nan"), None), (float("inf"), None), ("²", None), ("12 MB", None), ("9" * 5000, None), ([1], None),
    ],
)  # fmt: skip
def test_a_size_is_a_number_of_bytes_or_unknown(stated: object, number: int | None) -> None:
    assert size(stated) == number


def test_numbers_and_words_of_strangers_break_nothing() -> None:
    assert [parse_byte_count(stated) for stated in ("5", " 5 ", "²", "-5", "5, 5", "", None, "9" * 400)] == [
        *(5, 5, None, None, None, None, None, None)
    ]
    assert (text("a \ud800\n b"), text(["a"]), text(None), text(7)) == ("a ? b", None, None, "7")
    for body in (b"[" * 10_000, b"9" * 10_000, b"\xff", b""):
        with pytest.raises(ValueError, match=r"."):
            parse_json(body)
