"""Requests irradiance cell by cell, and caches responses and refusals on disk, an entry for each cell.

Keys are nowhere in it. diskcache 5.6 has one SQLite file for all cells, which other users may read; where that is
damaged, no answer is left (`file is not a database`). Here, only the damaged one is asked for again: Google bills each.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import pyarrow as pa
import requests

from loaders.core.answer_cache import AnswerCache
from loaders.core.errors import SourceError
from loaders.core.json_text import MALFORMED_DOCUMENT_ERRORS
from loaders.core.redact import redact
from loaders.http.retry import last_status
from loaders.irradiance.api_keys import redact_body
from loaders.irradiance.contract import SCHEMA
from loaders.irradiance.prefetch import prefetched
from loaders.irradiance.provider import ProviderContext, ProviderResult
from loaders.irradiance.pv_model import CellCentre, UnreadableError
from loaders.settings.irradiance import ProviderName

LONGEST_REASON = 200
SEARCHED_CHARACTERS = 2000  # characters; the time of a search grows with their square
LOCAL_FAILURE_STATUS = 500
MOST_FAILURES = 5  # in a row; more are not due to locations


class Refused(Exception):  # noqa: N818 (it is no error)
    """A provider has no data for a location.

    Attributes:
        is_lasting: whether the refusal is permanent.
    """

    def __init__(self, reason: str, *, is_lasting: bool = True) -> None:
        super().__init__(redact(reason))
        self.is_lasting = is_lasting


@dataclass(frozen=True, slots=True)
class Service:
    """Requests and parser of one provider.

    Attributes:
        name: of the provider.
        request_key: everything that a response depends on except the location; part of the cache path.
        get: requests a location; raises Refused or SourceError.
        read: parses a response to rows; raises UnreadableError, Refused, or any error of a malformed response.
        concurrency: number of simultaneous requests.
        secrets: removed from cached responses; messages are redacted anyway.
    """

    name: ProviderName
    request_key: str
    get: Callable[[CellCentre], bytes]
    read: Callable[[CellCentre, bytes], pa.Table]
    concurrency: int = 1
    secrets: Sequence[str] = ()


def count_uncached(cells: pa.Table, service: Service, context: ProviderContext) -> int:
    """Number of cells without a readable cache entry."""
    cache = AnswerCache.of(context.cache_folder / service.name, service.request_key)
    return sum(_cached_result(cell, service, cache) is None for cell in _cell_centres(cells))


def results_by_cell(cells: pa.Table, service: Service, context: ProviderContext) -> Iterator[ProviderResult]:
    """The provider's result for each cell, in order.

    Raises:
        SourceError: it cannot be reached, or a response cannot be parsed; responses so far are cached.
    """
    cache = AnswerCache.of(context.cache_folder / service.name, service.request_key)
    centres, failures = _cell_centres(cells), 0
    with closing(prefetched(lambda cell: _result(cell, service, cache), centres, service.concurrency)) as answers:
        for cell, (rows, refusal) in zip(centres, context.watched(answers, service.name, len(centres)), strict=True):
            failures = failures + 1 if refusal and not refusal.is_lasting else 0
            if failures > MOST_FAILURES or failures == len(centres):
                raise SourceError(
                    f"{service.name}: {refusal}, for {failures:,} cells one after another. What it has said so far is "
                    "kept: run the same command again later."
                )
            yield ProviderResult(rows, {cell.h3_cell: str(refusal)} if refusal else {})


def _cell_centres(cells: pa.Table) -> list[CellCentre]:
    return [CellCentre(row["h3_cell"], row["lon"], row["lat"]) for row in cells.to_pylist()]


def _cached_result(cell: CellCentre, service: Service, cache: AnswerCache) -> tuple[pa.Table, Refused | None] | None:
    """The cached result; None if missing, damaged or of an earlier version."""
    if (reason := cache.refusal(cell.h3_cell)) is not None:
        return SCHEMA.empty_table(), Refused(reason)
    if (body := cache.answer(cell.h3_cell)) is None:
        return None
    try:
        return _rows(cell, body, service), None
    except Refused as refusal:
        return SCHEMA.empty_table(), refusal
    except UnreadableError:
        return None


def _rows(cell: CellCentre, body: bytes, service: Service) -> pa.Table:
    try:
        return service.read(cell, body)
    except MALFORMED_DOCUMENT_ERRORS as error:
        raise UnreadableError(f"it has another form than expected: {type(error).__name__}") from error


def _result(cell: CellCentre, service: Service, cache: AnswerCache) -> tuple[pa.Table, Refused | None]:
    if (cached := _cached_result(cell, service, cache)) is not None:
        return cached
    try:
        body = redact_body(service.get(cell), service.secrets)
        rows = _rows(cell, body, service)
        cache.store_answer(cell.h3_cell, body)
        return rows, None
    except Refused as refusal:
        if refusal.is_lasting:
            cache.store_refusal(cell.h3_cell, str(refusal))
        return SCHEMA.empty_table(), refusal
    except UnreadableError as error:
        reason = " ".join(str(error).split())[:LONGEST_REASON]
    raise SourceError(
        f"{service.name}: what it says of {cell.lat}° N, {cell.lon}° E (cell {cell.h3_cell}) cannot be used: "
        f"{reason}. Try again later; if it stays so, choose another irradiance.provider in params.yaml."
    )


def require_response(request: Callable[[], requests.Response]) -> requests.Response:
    """A response of any status.

    Raises:
        Refused: the server fails at every attempt.
        SourceError: there is no response; raised without its cause, which contains URLs with queries.
    """
    try:
        return request()
    except SourceError as error:
        is_failing = last_status(error) == LOCAL_FAILURE_STATUS
        message = str(error)
    if is_failing:  # for this place; perhaps not for others
        raise Refused("its server fails there (500)", is_lasting=False)
    raise SourceError(message)


def refusal_or_error(
    response: requests.Response, message: str, location_message: re.Pattern[str], service: str
) -> Refused | SourceError:
    """The meaning of a status other than 200: no data for this location, or a failure of the service.

    Args:
        response: with another status than 200.
        message: of the provider.
        location_message: pattern of messages about the location, which become the reason.
        service: name of the provider.
    """
    words = redact(" ".join(message.split()))  # before truncation, which could leave a part of a key
    if response.status_code in {400, 404, 422} and (match := location_message.search(words[:SEARCHED_CHARACTERS])):
        return Refused(match[0])
    words = words[:LONGEST_REASON].rstrip(". ")
    return SourceError(
        f"{service} answered {response.status_code} {response.reason}: {words or 'no words'}. What it has said so far "
        "is kept. Check irradiance in params.yaml, and the keys in the environment."
    )
