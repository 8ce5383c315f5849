"""Ask a provider cell by cell: what it has said is kept, and what it refuses is a reason.

    <kept>/<provider>/<what it was asked for>/<cell>.gz         an answer, as it came
                                              <cell>.refused    why there is none

Keys are nowhere in it. The folder may be deleted at any time.
"""

import gzip
import hashlib
import re
import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

import pyarrow as pa
import requests

from loaders.core.errors import SourceError
from loaders.core.json_text import WRONG_FORM
from loaders.core.redact import redact
from loaders.http.retry import last_status
from loaders.irradiance.api_keys import redact_body
from loaders.irradiance.contract import SCHEMA
from loaders.irradiance.provider import ProviderContext, ProviderResult
from loaders.irradiance.pv_model import CellCentre, UnreadableError
from loaders.settings.irradiance import Provider as Name

Answer = TypeVar("Answer")

LONGEST_REASON = 200
LONGEST_SEARCHED = 2000  # letters; the time of a search grows with their square
FAILS_THERE = 500
MOST_FAILURES = 5  # one after another; more are no fault of the places


class Refused(Exception):  # noqa: N818 (it is no error)
    """A provider has nothing for a place.

    Attributes:
        is_lasting: whether it would say the same tomorrow.
    """

    def __init__(self, reason: str, *, is_lasting: bool = True) -> None:
        super().__init__(redact(reason))
        self.is_lasting = is_lasting


@dataclass(frozen=True, slots=True)
class Service:
    """How one provider is asked.

    Attributes:
        name: of the provider.
        asked_for: all that an answer depends on, but the place: another text, other answers.
        get: asks the network for a place; raises Refused, or SourceError.
        read: the rows of an answer; raises UnreadableError, Refused, or what code raises for a wrong form.
        at_once: requests at the same time.
        secrets: that no answer may show that is kept; messages show none anyway.
    """

    name: Name
    asked_for: str
    get: Callable[[CellCentre], bytes]
    read: Callable[[CellCentre, bytes], pa.Table]
    at_once: int = 1
    secrets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """The answers that are kept."""

    folder: Path

    def answer(self, cell: str) -> bytes | None:
        """What was said of a cell; null if nothing is kept, or if it is damaged."""
        try:
            return gzip.decompress((self.folder / f"{cell}.gz").read_bytes())
        except (EOFError, OSError, zlib.error):
            return None

    def refusal(self, cell: str) -> str | None:
        """Why there is none of a cell; null if nobody has said so, or if that is damaged."""
        try:
            return (self.folder / f"{cell}.refused").read_text(encoding="utf-8").strip() or None
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def keep(self, name: str, body: bytes) -> None:
        """As one step, whoever else writes it; for nobody else's eyes."""
        for folder in (self.folder.parent, self.folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile(dir=self.folder, prefix=f".{name}.", delete=False) as partial:
            try:
                partial.write(body)
                partial.close()
                Path(partial.name).replace(self.folder / name)
            finally:
                Path(partial.name).unlink(missing_ok=True)


def kept_of(service: Service, context: ProviderContext) -> Kept:
    """Where the answers of a service are."""
    asked_for = hashlib.sha256(service.asked_for.encode()).hexdigest()[:12]
    return Kept(context.cache_folder / service.name / asked_for)


def unasked(cells: pa.Table, service: Service, context: ProviderContext) -> int:
    """How many cells there is nothing of that is kept and can be read."""
    kept = kept_of(service, context)
    return sum(_known(place, service, kept) is None for place in _places(cells))


def found_by_cell(cells: pa.Table, service: Service, context: ProviderContext) -> Iterator[ProviderResult]:
    """What the provider has of each cell, in their order.

    Raises:
        SourceError: it cannot be asked, or what it says cannot be understood; what it has said so far is kept.
    """
    kept = kept_of(service, context)
    places, failures = _places(cells), 0
    with closing(_ahead(lambda place: _found(place, service, kept), places, service.at_once)) as answers:
        for place, (rows, refused) in zip(places, context.watched(answers, service.name, len(places)), strict=True):
            failures = failures + 1 if refused and not refused.is_lasting else 0
            if failures > MOST_FAILURES or failures == len(places):
                raise SourceError(
                    f"{service.name}: {refused}, for {failures:,} cells one after another. What it has said so far is "
                    f"kept: run the same command again later."
                )
            yield ProviderResult(rows, {place.h3_cell: str(refused)} if refused else {})


def _places(cells: pa.Table) -> list[CellCentre]:
    return [CellCentre(row["h3_cell"], row["lon"], row["lat"]) for row in cells.to_pylist()]


def _ahead(
    answer: Callable[[CellCentre], Answer], places: Sequence[CellCentre], at_once: int
) -> Generator[Answer, None, None]:
    """The answers in order, asked for by threads, which do not run ahead of who takes them."""
    if at_once == 1:
        yield from map(answer, places)
        return
    coming: deque[Future[Answer]] = deque()
    pool, others = ThreadPoolExecutor(at_once), iter(places)
    try:
        coming.extend(pool.submit(answer, place) for place in islice(others, 2 * at_once))
        while coming:
            yield coming.popleft().result()
            coming.extend(pool.submit(answer, place) for place in islice(others, 1))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _known(place: CellCentre, service: Service, kept: Kept) -> tuple[pa.Table, Refused | None] | None:
    """What is kept; null if nothing is, or if it is damaged or of an earlier version."""
    if (reason := kept.refusal(place.h3_cell)) is not None:
        return SCHEMA.empty_table(), Refused(reason)
    if (body := kept.answer(place.h3_cell)) is None:
        return None
    try:
        return _rows(place, body, service), None
    except Refused as refused:
        return SCHEMA.empty_table(), refused
    except UnreadableError:
        return None


def _rows(place: CellCentre, body: bytes, service: Service) -> pa.Table:
    try:
        return service.read(place, body)
    except WRONG_FORM as error:
        raise UnreadableError(f"it has another form than expected: {type(error).__name__}") from error


def _found(place: CellCentre, service: Service, kept: Kept) -> tuple[pa.Table, Refused | None]:
    if (known := _known(place, service, kept)) is not None:
        return known
    try:
        body = redact_body(service.get(place), service.secrets)
        rows = _rows(place, body, service)
        kept.keep(f"{place.h3_cell}.gz", gzip.compress(body, mtime=0))
        return rows, None
    except Refused as refused:
        if refused.is_lasting:
            kept.keep(f"{place.h3_cell}.refused", f"{refused}\n".encode())
        return SCHEMA.empty_table(), refused
    except UnreadableError as error:
        why = " ".join(str(error).split())[:LONGEST_REASON]
    raise SourceError(
        f"{service.name}: what it says of {place.lat}° N, {place.lon}° E (cell {place.h3_cell}) cannot be used: "
        f"{why}. Try again later; if it stays so, choose another irradiance.provider in params.yaml."
    )


def answered(attempts: Callable[[], requests.Response]) -> requests.Response:
    """An answer, whatever its status.

    Raises:
        Refused: the server fails, however often it is asked.
        SourceError: there is none. It does not carry what it comes from, which holds addresses with their queries.
    """
    try:
        return attempts()
    except SourceError as error:
        is_failing = last_status(error) == FAILS_THERE
        said = str(error)
    if is_failing:  # for this place; perhaps not for others
        raise Refused("its server fails there (500)", is_lasting=False)
    raise SourceError(said)


def refused_or_raised(
    response: requests.Response, said: str, of_the_place: re.Pattern[str], service: str
) -> Refused | SourceError:
    """What an answer other than 200 means: that this place has nothing, or that nobody can be asked.

    Args:
        response: with another status than 200.
        said: in the provider's own words.
        of_the_place: the words that are certainly about the place; they become the reason.
        service: name of the provider.
    """
    words = redact(" ".join(said.split()))  # before it is cut, which could leave a part of a key
    if response.status_code in {400, 404, 422} and (found := of_the_place.search(words[:LONGEST_SEARCHED])):
        return Refused(found[0])
    words = words[:LONGEST_REASON].rstrip(". ")
    return SourceError(
        f"{service} answered {response.status_code} {response.reason}: {words or 'no words'}. What it has said so far "
        f"is kept. Check irradiance in params.yaml, and the keys in the environment."
    )
