"""Every other repository that datahugger knows: Dryad, DSpace, Mendeley and more.

datahugger finds the repository and its list of files. It asks through our session: its own requests have no time-outs,
do not try again, and do not say who asks.
"""

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any
from urllib.parse import urljoin

import requests

from loaders.acquire.lock import LockedFile, Record
from loaders.acquire.publishers import datacite
from loaders.acquire.publishers.api.session import Listing, PublisherSession, checksum, size
from loaders.core.errors import SourceError
from loaders.core.json_text import parse_json
from loaders.core.redact import redacted_url

# what datahugger raises for an answer that it does not understand
UNCLEAR = (
    *(AttributeError, LookupError, NotImplementedError, RecursionError, TypeError, ValueError),
    requests.RequestException,
)

# where a list says that it goes on
NEXT_PAGE = (("_links", "next", "href"), ("_links", "next"), ("links", "next", "href"), ("links", "next"), ("next",))

_current: contextvars.ContextVar[PublisherSession] = contextvars.ContextVar("asking")
_read: contextvars.ContextVar[list[requests.Response]] = contextvars.ContextVar("read")


class _OurRequests:
    """What datahugger's modules know as `requests`: our session while we ask, the library itself for all others."""

    @staticmethod
    def get(url: str, **options: Any) -> requests.Response:
        if _current.get(None) is None:
            return requests.get(url, **options)  # noqa: S113 (the caller's own choice)
        response = _current.get().get(url, **_without_timeout(options))
        _read.get().append(response)
        return response

    @staticmethod
    def head(url: str, **options: Any) -> requests.Response:
        if _current.get(None) is None:
            return requests.head(url, **options)  # noqa: S113 (the caller's own choice)
        return _current.get().head(url, **_without_timeout(options))

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)


def query(page: str, doi: str, session: PublisherSession) -> Listing:
    """What a DOI holds, by the page that it leads to."""
    stated = datacite.record(doi, session)
    record = Record(**stated | {"repository": "others", "id": page, "doi": doi, "url": page})
    return Listing(record, _files(doi, session))


def address(record: Record, file: LockedFile) -> str:
    """The link that the repository gave."""
    return file.remote


def service(page: str) -> str:
    """What datahugger calls the kind of repository that a page belongs to; empty if it knows none."""
    try:
        return str(_datahugger().resolvers._resolve_service(page).__name__)
    except (_datahugger().exceptions.RepositoryNotSupportedError, ValueError):
        return ""


def landing_page(doi: str, session: PublisherSession) -> str:
    """Where a DOI leads to.

    Raises:
        SourceError: it leads nowhere.
    """
    with _through(session, doi):
        handle = _datahugger().handles.DOI.parse(doi)
        return str(handle.resolve())


def _files(doi: str, session: PublisherSession) -> tuple[LockedFile, ...]:
    """The files at a DOI, as datahugger lists them."""
    with _through(session, doi) as answers:
        listed = _datahugger().info(doi).files
        _require_whole(doi, answers, session)
        found = [
            LockedFile(
                name=file["name"].strip('"'),
                bytes=size(file["size"]),
                checksum=checksum(*_digest(file)),
                remote=file["link"],
            )
            for file in listed
            if isinstance(file["name"], str) and file["name"].strip() and isinstance(file["link"], str)
        ]
    if len(found) != len(listed):
        raise session.unclear_answer(
            f"{doi} lists {len(listed)} files, {len(listed) - len(found)} of them without a name"
        )
    return tuple(found)


def _require_whole(doi: str, answers: list[requests.Response], session: PublisherSession) -> None:
    """Refuse a list of which datahugger has read the first page only."""
    known = {str(answer.url) for answer in answers}
    for answer in answers:
        if (following := _next_page(answer)) and urljoin(str(answer.url), following) not in known:
            raise SourceError(
                f"{session.key}: {redacted_url(str(answer.url))} lists the files of {doi} in several pages, of which "
                "only the first can be read. Give the address of the file itself as "
                f"datasets.{session.key}.source.url in params.yaml, or download it and say `path:`."
            )


def _next_page(answer: requests.Response) -> str | None:
    """The address of the next page that an answer names, in its headers or its JSON."""
    if stated := answer.links.get("next", {}).get("url"):
        return str(stated)
    try:
        document = parse_json(answer.content)
    except ValueError:
        return None
    for path in NEXT_PAGE:
        value: Any = document
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if value and isinstance(value, str):
            return str(value)
    return None


@cache
def _datahugger() -> ModuleType:
    """datahugger, with our requests; its import takes a second, which only those who ask should wait for."""
    import datahugger.base  # noqa: PLC0415
    import datahugger.services  # noqa: PLC0415
    import datahugger.utils  # noqa: PLC0415

    for module in (datahugger.base, datahugger.handles, datahugger.services, datahugger.utils):
        module.requests = _OurRequests()
    package: ModuleType = datahugger
    return package


@contextmanager
def _through(session: PublisherSession, place: str) -> Iterator[list[requests.Response]]:
    """Let datahugger ask through our session; what it has read."""
    answers: list[requests.Response] = []
    tokens = _current.set(session), _read.set(answers)
    try:
        yield answers
    except _datahugger().exceptions.DOIError as error:
        raise SourceError(
            f"{session.key}: doi.org does not know {place}. Correct datasets.{session.key}.source.doi in params.yaml."
        ) from error
    except _datahugger().exceptions.RepositoryNotSupportedError as error:
        raise SourceError(
            f"{session.key}: {place} leads to a repository whose files cannot be listed. Give the address of the file "
            f"itself as datasets.{session.key}.source.url in params.yaml, or download it and say `path:`."
        ) from error
    except UNCLEAR as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise session.unclear_answer(f"the list of files of {place} cannot be read ({reason})") from error
    finally:
        _current.reset(tokens[0])
        _read.reset(tokens[1])


def _digest(file: dict[str, Any]) -> tuple[object, object]:
    """Algorithm and value; some repositories write both into the value."""
    stated = str(file["hash"] or "")
    algorithm, colon, value = stated.partition(":")
    return (algorithm, value) if colon else (file["hash_type"], stated)


def _without_timeout(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name != "timeout"}
