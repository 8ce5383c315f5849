"""A file at an address of its own."""

from contextlib import suppress
from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import requests

from loaders.acquire.lock import LockedFile, Record
from loaders.acquire.publishers.api.session import Listing, PublisherSession, size
from loaders.core.errors import NoNetworkError, SourceError
from loaders.core.redact import redacted_url
from loaders.http.retry import last_status
from loaders.http.status import OK, VALIDATORS

UNCOMPRESSED = {"Accept-Encoding": "identity"}


def query(name: str, session: PublisherSession) -> Listing:
    """The file at an address."""
    response = fetch_headers(name, session)
    session.require_found(response, redacted_url(name))
    if response.headers.get("Content-Type", "").startswith("text/html"):
        raise session.unclear_answer(f"{redacted_url(name)} is a web page, not a data file")
    return Listing(Record(repository="url", id=name, url=name), (locked_file(response, _name(name, response), name),))


def address(record: Record, file: LockedFile) -> str:
    """The address itself."""
    return file.remote


def fetch_headers(url: str, session: PublisherSession) -> requests.Response:
    """The headers of a file.

    Many servers know HEAD badly, or not at all (400, 403, 404, 405, 500, 501, no answer, no length, a page): only GET
    is reliable. Validators that differ between the two are dropped.
    """
    try:
        response = session.head(url, headers=UNCOMPRESSED)
    except NoNetworkError:
        raise
    except SourceError as error:
        has_answered = last_status(error) is not None
        with suppress(SourceError):
            return session.get_headers(url, headers=UNCOMPRESSED, with_retries=has_answered)
        raise
    is_usable = response.status_code == OK and not _is_page_or_empty(response)
    if is_usable and not session.verify_head:
        return response
    get_response = session.get_headers(url, headers=UNCOMPRESSED)
    for name in VALIDATORS if is_usable else ():
        if get_response.headers.get(name) != response.headers.get(name):
            get_response.headers.pop(name, None)
    return get_response


def _is_page_or_empty(response: requests.Response) -> bool:
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return is_page or response.headers.get("Content-Length", "").strip() == "0"


def locked_file(response: requests.Response, name: str, remote: str) -> LockedFile:
    """A file for a lock, as its headers describe it."""
    length = response.headers.get("Content-Length")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        length = None  # the size of the compressed response
    validator = response.headers.get("ETag") or response.headers.get("Last-Modified")
    return LockedFile(name=name, bytes=size(length), checksum=None, remote=remote, validator=validator)


def _name(url: str, response: requests.Response) -> str:
    """The last part of the address if it has an ending, else the name in the headers."""
    file_name = PurePosixPath(unquote(urlsplit(url).path)).name
    if PurePosixPath(file_name).suffix:
        return file_name
    header = Message()
    header["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    return header.get_filename() or file_name
