"""Whatever a publisher does ends in the verified file or in an error: never in a wrong or partial file that passes."""

from dataclasses import dataclass

import pytest

from tests.acquisition.conftest import CONCEPT, NAME, RECORD, Checkout, farms
from tests.publishers import Fault, Publishers

API = f"/api/records/{RECORD}"
FILE = f"{API}/files/"
SIZE = 3_000_000
BODY = farms(1, 2, padding=SIZE)


@dataclass(frozen=True, slots=True)
class Case:
    """A fault, where it strikes, and what comes of it: the file, or an error with these words."""

    fault: Fault
    words: tuple[str, ...] = ()
    host: str = "zenodo.org"
    path: str = FILE
    downloads: int | None = None


CASES = {
    "500 twice": Case(Fault.status(500, times=2), downloads=3),
    "503 for ever": Case(Fault.status(503, times=None), ("answered 503", "after 3 attempts", "again later")),
    "529 once": Case(Fault.status(529), downloads=2),
    "202 for ever": Case(Fault.status(202, times=None), ("answered 202", "after 3 attempts")),
    "429 with Retry-After": Case(Fault.status(429, retry_after=1), downloads=2),
    "429 for an hour": Case(Fault.status(429, retry_after=3600), ("429", "3,600 s", "download.longest_wait_s")),
    "403": Case(Fault.status(403, times=None), ("is refused", "403", "path:")),
    "file gone": Case(Fault.status(404, times=None), ("is gone", "make update KEY=farms")),
    "cut once": Case(Fault.cut(after=2_000_000), downloads=2),
    "cut always": Case(Fault.cut(after=1000, times=None), ("connection broke", "What has come so far is kept")),
    "cut at every megabyte": Case(Fault.cut(after=1_100_000, times=None), downloads=3),
    "stall once": Case(Fault.stall(after=1_000_000, seconds=20), downloads=2),
    "stall always": Case(Fault.stall(after=1000, seconds=20, times=None), ("after 3 attempts",)),
    "a trickle": Case(Fault.slow(bytes_per_second=500, times=None), ("connection broke", "after 3 attempts")),
    "no answer once": Case(Fault.drop(), downloads=2),
    "no answer ever": Case(Fault.drop(times=None), ("no answer", "after 3 attempts")),
    "a corrupt byte once": Case(Fault.corrupt(at=1000), downloads=2),
    "a corrupt byte always": Case(Fault.corrupt(at=1000, times=None), ("has md5:", "the lock expects md5:")),
    "too short": Case(Fault.short(by=10, times=None), ("2,999,990 bytes, the lock expects 3,000,000",)),
    "too long": Case(Fault.long(by=10, times=None), ("3,000,010 bytes, the lock expects 3,000,000",)),
    "a web page": Case(Fault.html(title="Down for maintenance"), ("sent a web page",)),
    "redirected in circles": Case(Fault.redirect_loop(), ("redirects in circles",)),
    "redirected to http": Case(Fault.redirect_to("http://files.example.org/x"), ("from https to http",)),
    "redirected to port 99999": Case(Fault.redirect_to("https://zenodo.org:99999/x"), ("to what is no address",)),
    "redirected elsewhere": Case(Fault.redirect_to("https://files.example.org/mirror")),
    "no length": Case(Fault.no_length()),
    "no length, closed": Case(Fault.no_length_close()),
    "record gone": Case(Fault.status(404, times=None), ("is not there", "404"), path=API),
    "record refused": Case(Fault.status(403, times=None), ("is refused", "403"), path=API),
    "record busy once": Case(Fault.status(503), path=API),
    "record is a page": Case(Fault.html(title="Oops"), ("instead of JSON", "Oops"), path=API),
    "record is garbage": Case(Fault.garbage(), ("instead of JSON",), path=API),
    "record is 100,000 brackets": Case(Fault.says(b"[" * 100_000, times=None), ("instead of JSON",), path=API),
    "doi.org busy once": Case(Fault.status(503), host="doi.org", path="/"),
    "doi.org does not know it": Case(
        Fault.status(404, times=None), ("doi.org does not know",), host="doi.org", path="/"
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_ends_in_the_file_or_in_an_error(name: str, checkout: Checkout, web: Publishers) -> None:
    case = CASES[name]
    web.zenodo.publish(RECORD, concept=CONCEPT, files={NAME: BODY})
    web.plain.publish("files.example.org", "/mirror", BODY)
    web.fault(case.host, case.path, case.fault)
    resolved = checkout.eo_pv("resolve", "farms")
    run = checkout.eo_pv("fetch", "farms") if resolved.code == 0 else resolved
    if case.words:
        assert [word for word in ("Error: farms: ", *case.words) if word not in run.output] == []
        assert "Traceback" not in run.output
        assert (run.code, checkout.raw("farms")) == (1, {})
    else:
        assert (run.code, checkout.raw("farms")) == (0, {NAME: BODY}), run.output
    if case.downloads is not None:
        assert len(web.asked("zenodo.org", FILE, method="GET")) == case.downloads
