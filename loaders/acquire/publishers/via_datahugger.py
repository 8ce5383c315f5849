"""Every other repository that datahugger supports: Dryad, DSpace, Mendeley and more.

datahugger finds the repository and its list of files through our session: its own requests have no timeouts, no retries
and no User-Agent of ours.
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

# raised by datahugger for responses in an unknown form
UNREADABLE_ERRORS = (
    *(AttributeError, LookupError, NotImplementedError, RecursionError, TypeError, ValueError),
    requests.RequestException,
)

# fields with the link to the next page
NEXT_PAGE = (("_links", "next", "href"), ("_links", "next"), ("links", "next", "href"), ("links", "next"), ("next",))

_active_session: contextvars.ContextVar[PublisherSession] = contextvars.ContextVar("session")
_read_responses: contextvars.ContextVar[list[requests.Response]] = contextvars.ContextVar("read")


class _SessionRequests:
    """Replaces `requests` in datahugger's modules: our session during a query, the library itself otherwise."""

    @staticmethod
    def get(url: str, **options: Any) -> requests.Response:
        if _active_session.get(None) is None:
            return requests.get(url, **options)  # noqa: S113 (the caller's own choice)
        response = _active_session.get().get(url, **_without_timeout(options))
        _read_responses.get().append(response)
        return response

    @staticmethod
    def head(url: str, **options: Any) -> requests.Response:
        if _active_session.get(None) is None:
            return requests.head(url, **options)  # noqa: S113 (the caller's own choice)
        return _active_session.get().head(url, **_without_timeout(options))

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)


def query(page: str, doi: str, session: PublisherSession) -> Listing:
    """The files of a DOI, by its landing page."""
    fields = datacite.record(doi, session)
    record = Record(**fields | {"repository": "others", "id": page, "doi": doi, "url": page})
    return Listing(record, _files(doi, session))


def address(record: Record, file: LockedFile) -> str:
    """The repository's link to a file."""
    return file.remote


def service(page: str) -> str:
    """The name that datahugger has for the repository of a page; empty for an unsupported one."""
    try:
        return str(_datahugger().resolvers._resolve_service(page).__name__)
    except (_datahugger().exceptions.RepositoryNotSupportedError, ValueError):
        return ""


def landing_page(doi: str, session: PublisherSession) -> str:
    """The landing page of a DOI.

    Raises:
        SourceError: it leads nowhere.
    """
    with _datahugger_session(session, doi):
        handle = _datahugger().handles.DOI.parse(doi)
        return str(handle.resolve())


def _files(doi: str, session: PublisherSession) -> tuple[LockedFile, ...]:
    """The files at a DOI, as datahugger lists them."""
    with _datahugger_session(session, doi) as responses:
        listed_files = _datahugger().info(doi).files
        _require_single_page(doi, responses, session)
        locked_files = [
            LockedFile(
                name=file["name"].strip('"'),
                bytes=size(file["size"]),
                checksum=checksum(*_digest(file)),
                remote=file["link"],
            )
            for file in listed_files
            if isinstance(file["name"], str) and file["name"].strip() and isinstance(file["link"], str)
        ]
    if len(locked_files) != len(listed_files):
        raise session.unclear_answer(
            f"{doi} lists {len(listed_files)} files, {len(listed_files) - len(locked_files)} of them without a name"
        )
    return tuple(locked_files)


def _require_single_page(doi: str, responses: list[requests.Response], session: PublisherSession) -> None:
    """Refuse a paged list, of which datahugger reads the first page only."""
    read_urls = {str(response.url) for response in responses}
    for response in responses:
        if (next_url := _next_page(response)) and urljoin(str(response.url), next_url) not in read_urls:
            raise SourceError(
                f"{session.key}: {redacted_url(str(response.url))} lists the files of {doi} in several pages, of which "
                "only the first can be read. Give the address of the file itself as "
                f"datasets.{session.key}.source.url in params.yaml, or download it and say `path:`."
            )


def _next_page(response: requests.Response) -> str | None:
    """The address of the next page, in the headers or the JSON of a response."""
    if link := response.links.get("next", {}).get("url"):
        return str(link)
    try:
        document = parse_json(response.content)
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
    """datahugger, with our requests; imported late, since its import takes a second."""
    import datahugger.base  # noqa: PLC0415
    import datahugger.services  # noqa: PLC0415
    import datahugger.utils  # noqa: PLC0415

    for module in (datahugger.base, datahugger.handles, datahugger.services, datahugger.utils):
        module.requests = _SessionRequests()
    package: ModuleType = datahugger
    return package


@contextmanager
def _datahugger_session(session: PublisherSession, doi: str) -> Iterator[list[requests.Response]]:
    """Route datahugger's requests through our session; yields the responses that it reads."""
    responses: list[requests.Response] = []
    context_tokens = _active_session.set(session), _read_responses.set(responses)
    try:
        yield responses
    except _datahugger().exceptions.DOIError as error:
        raise SourceError(
            f"{session.key}: doi.org does not know {doi}. Correct datasets.{session.key}.source.doi in params.yaml."
        ) from error
    except _datahugger().exceptions.RepositoryNotSupportedError as error:
        raise SourceError(
            f"{session.key}: {doi} leads to a repository whose files cannot be listed. Give the address of the file "
            f"itself as datasets.{session.key}.source.url in params.yaml, or download it and say `path:`."
        ) from error
    except UNREADABLE_ERRORS as error:
        raise session.unclear_answer(f"the list of files of {doi} has another form than expected") from error
    finally:
        _active_session.reset(context_tokens[0])
        _read_responses.reset(context_tokens[1])


def _digest(file: dict[str, Any]) -> tuple[object, object]:
    """Algorithm and value of a checksum; some repositories write both into the value."""
    text = str(file["hash"] or "")
    algorithm, colon, value = text.partition(":")
    return (algorithm, value) if colon else (file["hash_type"], text)


def _without_timeout(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name != "timeout"}
