"""A file with an address of its own."""

from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import requests

from loaders.errors import SourceError
from loaders.http_status import OK
from loaders.locks import LockedFile, Record
from loaders.patience import last_status
from loaders.publishers.asking import Asking, Listing, size
from loaders.redact import shown

UNCOMPRESSED = {"Accept-Encoding": "identity"}


def ask(name: str, asking: Asking) -> Listing:
    """The file at an address."""
    response = headers(name, asking)
    asking.found(response, shown(name))
    if response.headers.get("Content-Type", "").startswith("text/html"):
        raise asking.unclear(f"{shown(name)} is a web page, not a data file")
    return Listing(Record(repository="url", id=name, url=name), (described(response, _name(name, response), name),))


def address(record: Record, file: LockedFile) -> str:
    """The address itself."""
    return file.remote


def headers(url: str, asking: Asking) -> requests.Response:
    """What a server says of a file before it sends it."""
    try:
        response = asking.head(url, headers=UNCOMPRESSED)
    except SourceError as error:
        if last_status(error) is None:
            raise
        return asking.peek(url, headers=UNCOMPRESSED)
    # many servers know HEAD badly, or not at all (400, 403, 404, 405, 500, 501): only GET says what there is
    return response if response.status_code == OK else asking.peek(url, headers=UNCOMPRESSED)


def described(response: requests.Response, name: str, remote: str) -> LockedFile:
    """A file as the headers describe it."""
    length = response.headers.get("Content-Length")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        length = None  # of the compressed answer, not of the file
    validator = response.headers.get("ETag") or response.headers.get("Last-Modified")
    return LockedFile(name=name, bytes=size(length), checksum=None, remote=remote, validator=validator)


def _name(url: str, response: requests.Response) -> str:
    """The last part of the address if it looks like a file, else what the server calls it."""
    last = PurePosixPath(unquote(urlsplit(url).path)).name
    if PurePosixPath(last).suffix:
        return last
    header = Message()
    header["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    return header.get_filename() or last
