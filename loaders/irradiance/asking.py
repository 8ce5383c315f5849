"""Ask a provider cell by cell: what it has said is kept, and what it refuses is a reason.

    <kept>/<provider>/<what it was asked for>/<cell>.gz         an answer, byte for byte
                                              <cell>.refused    why there is none

Keys are nowhere in it. The folder may be deleted at any time.
"""

import gzip
import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pyarrow as pa
import requests

from loaders.catalog_irradiance import Provider as Name
from loaders.errors import SourceError
from loaders.irradiance import SCHEMA, Asking, Found
from loaders.irradiance.yields import Place, UnreadableError

LONGEST_REASON = 200
WEB_LOGS = "urllib3.connectionpool"


class Refused(Exception):  # noqa: N818 (it is no error)
    """A provider has nothing for a place.

    Attributes:
        is_lasting: whether it would say the same tomorrow.
    """

    def __init__(self, reason: str, *, is_lasting: bool = True) -> None:
        super().__init__(reason)
        self.is_lasting = is_lasting


@dataclass(frozen=True, slots=True)
class Service:
    """How one provider is asked.

    Attributes:
        name: of the provider.
        asked_for: all that an answer depends on, but the place: another text, other answers.
        get: asks the network for a place; raises Refused, or SourceError.
        read: the rows of an answer; raises UnreadableError.
        at_once: requests at the same time.
    """

    name: Name
    asked_for: str
    get: Callable[[Place], bytes]
    read: Callable[[Place, bytes], pa.Table]
    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """The answers that are kept."""

    folder: Path

    def answer(self, cell: str) -> bytes | None:
        """What was said of a cell; null if nothing is kept, or if it is damaged."""
        try:
            return gzip.decompress((self.folder / f"{cell}.gz").read_bytes())
        except (FileNotFoundError, EOFError, OSError, ValueError):
            return None

    def refusal(self, cell: str) -> str | None:
        """Why there is none of a cell."""
        path = self.folder / f"{cell}.refused"
        return path.read_text(encoding="utf-8").strip() if path.exists() else None

    def has(self, cell: str) -> bool:
        """Whether nobody needs to be asked of a cell."""
        return self.refusal(cell) is not None or self.answer(cell) is not None

    def keep(self, name: str, body: bytes) -> None:
        """As one step; for nobody else's eyes."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = self.folder / f".{name}.partial"
        partial.write_bytes(body)
        partial.chmod(0o600)
        partial.replace(self.folder / name)


def kept_of(service: Service, asking: Asking) -> Kept:
    """Where the answers of a service are."""
    asked_for = hashlib.sha256(service.asked_for.encode()).hexdigest()[:12]
    return Kept(asking.kept / service.name / asked_for)


def found_by_cell(cells: pa.Table, service: Service, asking: Asking) -> Iterator[Found]:
    """What the provider has of each cell, in their order.

    Raises:
        SourceError: it cannot be asked, or what it says cannot be understood; what it has said so far is kept.
    """
    kept = kept_of(service, asking)
    places = [Place(row["h3_cell"], row["lon"], row["lat"]) for row in cells.to_pylist()]
    passing, known = [], 0
    pool = ThreadPoolExecutor(service.at_once)
    try:
        answers = pool.map(lambda place: _found(place, service, kept), places)
        for place, (rows, refused) in zip(places, asking.watched(answers, service.name, len(places)), strict=True):
            known += refused is None or refused.is_lasting
            passing += [refused] if refused and not refused.is_lasting else []
            yield Found(rows, {place.h3_cell: str(refused)} if refused else {})
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    if passing and not known:
        raise SourceError(f"{service.name}: {passing[0]}, for all {len(places):,} cells. Try again later.")


def _found(place: Place, service: Service, kept: Kept) -> tuple[pa.Table, Refused | None]:
    if (reason := kept.refusal(place.h3_cell)) is not None:
        return SCHEMA.empty_table(), Refused(reason)
    try:
        return _rows(place, service, kept), None
    except Refused as refused:
        if refused.is_lasting:
            kept.keep(f"{place.h3_cell}.refused", f"{refused}\n".encode())
        return SCHEMA.empty_table(), refused
    except UnreadableError as error:
        raise SourceError(
            f"{service.name}: what it says of {place.lat}° N, {place.lon}° E (cell {place.h3_cell}) cannot be used: "
            f"{error}. Try again later; if it stays so, choose another irradiance.provider in params.yaml."
        ) from error


def _rows(place: Place, service: Service, kept: Kept) -> pa.Table:
    """From what is kept; what is damaged, or of an earlier version, is asked for again."""
    if (body := kept.answer(place.h3_cell)) is not None:
        with suppress(UnreadableError):
            return service.read(place, body)
    body = service.get(place)
    rows = service.read(place, body)
    kept.keep(f"{place.h3_cell}.gz", gzip.compress(body, mtime=0))
    return rows


def refused_or_raised(
    response: requests.Response, said: str, of_the_place: re.Pattern[str], service: str
) -> Refused | SourceError:
    """What an answer other than 200 means: that this place has nothing, or that nobody can be asked.

    Args:
        response: with another status than 200.
        said: in the provider's own words, without secrets.
        of_the_place: what words about the place look like.
        service: name of the provider.
    """
    words = " ".join(said.split())[:LONGEST_REASON].rstrip(". ")
    if response.status_code in {400, 404, 422} and of_the_place.search(words):
        return Refused(re.sub(r"[-+]?\d+\.\d+", "…", words))
    return SourceError(
        f"{service} answered {response.status_code} {response.reason}: {words or 'no words'}. What it has said so far "
        f"is kept. Check irradiance in params.yaml, and the keys in the environment."
    )


def failing_there(error: SourceError) -> Refused | None:
    """A server that fails for one place, however often it is asked, may not fail for others."""
    cause = str(error.__cause__ or "")
    return Refused("its server fails there (500)", is_lasting=False) if cause.startswith("it answered 500") else None


def required(names: Sequence[str], environment: Mapping[str, str], where: str) -> list[str]:
    """The keys that a provider needs.

    Raises:
        SourceError: one is not in the environment.
    """
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise SourceError(f"{' and '.join(missing)} must be in the environment. {where}")
    return [environment[name] for name in names]


def without(secrets: Sequence[str], text: str) -> str:
    """A text that shows no secret, however it is quoted."""
    for secret in secrets:
        for form in (secret, quote(secret, safe=""), quote_plus(secret)):
            text = text.replace(form, "…")
    return text


@contextmanager
def silent_about(secrets: Sequence[str]) -> Iterator[None]:
    """While it lasts, the log of requests shows no secret: it repeats addresses, with their queries."""

    def cleaned(record: logging.LogRecord) -> bool:
        record.msg, record.args = without(secrets, record.getMessage()), ()
        return True

    logger = logging.getLogger(WEB_LOGS)
    logger.addFilter(cleaned)
    try:
        yield
    finally:
        logger.removeFilter(cleaned)
