"""Every other repository that datahugger knows: Dataverse, OSF, Dryad, DSpace, Mendeley and more.

datahugger finds the repository and its list of files. It asks through our session: its own requests have no time-outs,
do not try again, and do not say who asks.
"""

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

import requests

from loaders.errors import SourceError
from loaders.locks import LockedFile, Record
from loaders.publishers import datacite
from loaders.publishers.asking import Asking, Listing, checksum, size

# what datahugger raises for an answer that it does not understand
UNCLEAR = (
    *(AttributeError, LookupError, NotImplementedError, RecursionError, TypeError, ValueError),
    requests.RequestException,
)

_current: contextvars.ContextVar[Asking] = contextvars.ContextVar("asking")


class _OurRequests:
    """What datahugger's modules know as `requests`."""

    @staticmethod
    def get(url: str, **options: Any) -> requests.Response:
        return _current.get().get(url, **_without_timeout(options))

    @staticmethod
    def head(url: str, **options: Any) -> requests.Response:
        return _current.get().head(url, **_without_timeout(options))

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)


def ask(name: str, asking: Asking) -> Listing:
    """What a DOI holds."""
    landing = landing_page(name, asking)
    stated = datacite.record(name, asking)
    record = Record(**stated | {"repository": "others", "id": landing, "doi": name, "url": landing})
    return Listing(record, files(name, asking, by_link=True))


def address(record: Record, file: LockedFile) -> str:
    """The link that the repository gave."""
    return file.remote


def landing_page(doi: str, asking: Asking) -> str:
    """Where a DOI leads to.

    Raises:
        SourceError: it leads nowhere.
    """
    with _through(asking, doi):
        handle = _datahugger().handles.DOI.parse(doi)
        return str(handle.resolve())


def files(place: str, asking: Asking, *, by_link: bool) -> tuple[LockedFile, ...]:
    """The files at a DOI, or on a landing page, as datahugger lists them.

    Args:
        place: the DOI, or the address of the page.
        asking: the conversation.
        by_link: whether `remote` is the link to the file; else its name.
    """
    with _through(asking, place):
        listed = _datahugger().info(place).files
        found = [
            LockedFile(
                name=file["name"],
                bytes=size(file["size"]),
                checksum=checksum(*_digest(file)),
                remote=file["link"] if by_link else file["name"],
            )
            for file in listed
            if file["name"] and file["link"]
        ]
    if len(found) != len(listed):
        raise asking.unclear(f"{place} lists {len(listed)} files, {len(listed) - len(found)} of them without a name")
    return tuple(found)


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
def _through(asking: Asking, place: str) -> Iterator[None]:
    token = _current.set(asking)
    try:
        yield
    except _datahugger().exceptions.DOIError as error:
        raise SourceError(
            f"{asking.key}: doi.org does not know {place}. Correct datasets.{asking.key}.source.doi in params.yaml."
        ) from error
    except _datahugger().exceptions.RepositoryNotSupportedError as error:
        raise SourceError(
            f"{asking.key}: {place} leads to a repository whose files cannot be listed. Give the address of the file "
            f"itself as datasets.{asking.key}.source.url in params.yaml, or download it and say `path:`."
        ) from error
    except UNCLEAR as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise asking.unclear(f"the list of files of {place} cannot be read ({reason})") from error
    finally:
        _current.reset(token)


def _digest(file: dict[str, Any]) -> tuple[object, object]:
    """Algorithm and value; some repositories write both into the value."""
    stated = str(file["hash"] or "")
    algorithm, colon, value = stated.partition(":")
    return (algorithm, value) if colon else (file["hash_type"], stated)


def _without_timeout(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name != "timeout"}
