"""Download one file that a lock names: resumed, verified, and never over its limit."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from loaders.acquire.download_cache import DownloadCache
from loaders.acquire.lock import LockedFile, Record
from loaders.acquire.partial_file import PartialFile, is_web_page, validator_of
from loaders.acquire.publishers import address
from loaders.acquire.receipt import changed_download_error
from loaders.core.errors import ChecksumMismatchError, SourceError
from loaders.core.redact import redacted_url
from loaders.http.client import HttpClient
from loaders.http.retry import InterruptedTransfer
from loaders.http.status import OK, PARTIAL, describe_status, parse_byte_count

BYTES_PER_MB = 1e6
MARKUP_SUFFIXES = (".html", ".htm", ".kml", ".xml")  # what may begin as a web page does
PAGE_PREFIXES = (b"<!doctype html", b"<html")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
VALIDATORS = ("ETag", "Last-Modified")
LFS_POINTER = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """A file to bring.

    Attributes:
        key: the dataset, for messages.
        record: the record that holds it.
        file: as the lock describes it.
        limit_mb: how large it may be [MB].
        known_sha256: what it was when it came before, if it did.
    """

    key: str
    record: Record
    file: LockedFile
    limit_mb: float
    known_sha256: str | None = None

    @property
    def limit_bytes(self) -> float:
        """How large it may be [bytes]."""
        return self.limit_mb * BYTES_PER_MB

    def require_within_limit(self, size: int | None) -> None:
        """Refuse a size that is over the limit.

        Raises:
            SourceError: it is; both remedies are named.
        """
        if size is not None and size > self.limit_bytes:
            raise SourceError(
                f"{self.key}: {self.file.name} has {size / BYTES_PER_MB:,.1f} MB, more than the limit of "
                f"{self.limit_mb:g} MB. Raise datasets.{self.key}.max_mb in params.yaml, or leave the file out with "
                f"datasets.{self.key}.source.include or exclude."
            )


def download(
    request: DownloadRequest,
    cache: DownloadCache,
    web: HttpClient,
    advance: Callable[[int], None],
    *,
    force: bool = False,
) -> Path:
    """The verified bytes of a file, from the cache or from the publisher.

    Args:
        request: the file.
        cache: where verified bytes are kept.
        web: how to ask.
        advance: told how many bytes have come; negative when some have to come again.
        force: ask the publisher even if the cache has it.

    Raises:
        SourceError: it is too large, gone, refused, or no data file; or the connection failed too often.
        ChecksumMismatchError: the publisher sends something else than the lock says.
    """
    request.require_within_limit(request.file.bytes)
    partial_path = cache.partial_path(request.record, request.file)
    with cache.exclusive(partial_path):
        if not force and (path := cache.find(request.record, request.file, request.known_sha256)):
            return path  # perhaps another process has brought it in the meantime
        with PartialFile(partial_path, request.file, advance) as partial:
            if force and not request.file.checksum:
                partial.restart()  # a part that came before may be the damaged one
            _require_space(request, partial, cache)
            digest = _download_verified(request, partial, web)
        return cache.keep(partial_path, digest, request.record, request.file)


def _download_verified(request: DownloadRequest, partial: PartialFile, web: HttpClient) -> str:
    """Download and verify; what comes out wrong is brought once more from its beginning. The sha256."""
    for _ in range(2):
        if partial.bytes != request.file.bytes or not partial.bytes:
            web.with_retries(f"{request.key}: {request.file.name}", lambda: _attempt(request, partial, web))
        digest = partial.sync()
        _require_data_file(request, partial)
        if request.file.bytes not in (None, partial.bytes):
            size = partial.bytes
            partial.restart()
            raise _changed_file_error(request, f"{size:,} bytes, the lock expects {request.file.bytes:,}")
        if request.file.checksum not in (None, partial.checksum):
            error = _changed_file_error(request, f"{partial.checksum}, the lock expects {request.file.checksum}")
        elif request.known_sha256 not in (None, digest):
            error = changed_download_error(request.key, [request.file.name], str(request.known_sha256), digest)
        else:
            return digest
        partial.restart()
    raise error


def _attempt(request: DownloadRequest, partial: PartialFile, web: HttpClient) -> None:
    if request.file.bytes is not None and partial.bytes > request.file.bytes:
        partial.restart()
    range_headers = {"Accept-Encoding": "identity"}
    if partial.bytes and (partial.validator or request.file.checksum):
        range_headers["Range"] = f"bytes={partial.bytes}-"
        if partial.validator:
            range_headers["If-Range"] = partial.validator
    url = address(request.record, request.file)
    with web.stream("GET", url, prefix=f"{request.key}: ", headers=range_headers) as response:
        total = _check_response(request, partial, response)
        received_bytes = 0
        for chunk in web.chunks(response):
            partial.append(chunk)
            received_bytes += len(chunk)
            if partial.bytes > min(request.limit_bytes, total or request.limit_bytes):
                received_total = partial.bytes
                partial.restart()
                request.require_within_limit(received_total)
                raise _changed_file_error(request, f"more than the {total:,} bytes that the lock expects")
    if total is not None and partial.bytes < total:
        reason = f"it sent {partial.bytes:,} of {total:,} bytes"
        raise InterruptedTransfer(reason, received_bytes=received_bytes)


def _check_response(request: DownloadRequest, partial: PartialFile, response: requests.Response) -> int | None:
    """Look at the headers before the body is read; how large the whole file is, if anybody says so [bytes]."""
    is_range_request = "Range" in response.request.headers
    if response.status_code == 416 and is_range_request:
        partial.restart()
        raise InterruptedTransfer("it does not have the rest of what it sent before")
    if response.status_code not in {OK, PARTIAL}:
        raise _refused_error(request, response)
    if response.status_code == PARTIAL and not (is_range_request and _is_continuation(response, partial)):
        partial.restart()
        raise InterruptedTransfer("it sent another part than was asked for, or of another version")
    if response.status_code != PARTIAL and partial.bytes:
        partial.restart()  # it cannot resume, or has another version now
    if not partial.bytes:
        _require_locked_version(request, response)
        partial.write_metadata(response)
    total = _total_bytes(response, partial.bytes)
    request.require_within_limit(total)
    if None not in (total, request.file.bytes) and total != request.file.bytes:
        partial.restart()
        if is_web_page(response):
            raise _web_page_error(request, redacted_url(str(response.url)))
        raise _changed_file_error(request, f"{total:,} bytes, the lock expects {request.file.bytes:,}")
    is_framed = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
    if total is None and request.file.bytes is None and not (is_framed or request.file.checksum):
        raise SourceError(
            f"{request.key}: the publisher of {request.file.name} says neither how long it is nor a checksum, so that "
            f"a part of it could not be told from the whole. Download it yourself and say `source: {{path: …}}`."
        )
    return total if total is not None else request.file.bytes


def _require_locked_version(request: DownloadRequest, response: requests.Response) -> None:
    """Of a file that nobody states a checksum of, and that never came before, the version must be the locked one."""
    locked_validator, validators = request.file.validator, {response.headers.get(name) for name in VALIDATORS} - {None}
    is_identified = request.file.checksum or request.known_sha256 or not locked_validator or not validators
    if not is_identified and locked_validator not in validators:
        raise _changed_file_error(
            request, f"another version ({', '.join(sorted(map(str, validators)))}), the lock expects {locked_validator}"
        )


def _total_bytes(response: requests.Response, offset: int) -> int | None:
    full_size = parse_byte_count(response.headers.get("Content-Range", "").rpartition("/")[2])
    if response.status_code == PARTIAL and full_size is not None:
        return full_size  # what comes may be less than was asked for
    length = parse_byte_count(response.headers.get("Content-Length"))
    return offset + length if length is not None and _is_plain(response) else None


def _is_plain(response: requests.Response) -> bool:
    """Whether the bytes on the way are those of the file; some servers compress although they are asked not to."""
    return response.headers.get("Content-Encoding", "identity") == "identity"


def _is_continuation(response: requests.Response, partial: PartialFile) -> bool:
    """Whether an answer goes on where the partial file ends, with the same version of the file."""
    is_adjacent = response.headers.get("Content-Range", "").removeprefix("bytes ").startswith(f"{partial.bytes}-")
    validator = validator_of(response)
    return (
        is_adjacent
        and _is_plain(response)
        and (None in (validator, partial.validator) or validator == partial.validator)
    )


def _require_data_file(request: DownloadRequest, partial: PartialFile) -> None:
    """Refuse a web page, and a pointer to data, where data were promised and nothing proves that they came."""
    prefix = partial.first_bytes().removeprefix(BYTE_ORDER_MARK).lstrip().lower()
    prefix = re.sub(rb"^(<!--.*?-->\s*)+", b"", prefix, flags=re.DOTALL)
    is_proven = request.file.checksum == partial.checksum
    is_page = prefix.startswith((*PAGE_PREFIXES, b"<") if partial.is_page else PAGE_PREFIXES)
    location = redacted_url(address(request.record, request.file))
    if is_page and not is_proven and not request.file.name.lower().endswith(MARKUP_SUFFIXES):
        partial.restart()
        raise _web_page_error(request, location)
    if prefix.startswith(LFS_POINTER):
        partial.restart()
        raise SourceError(
            f"{request.key}: {request.file.name} is kept in Git LFS, and {location} only points to it. Give the "
            f"address of the file itself as datasets.{request.key}.source.url in params.yaml."
        )


def _web_page_error(request: DownloadRequest, location: str) -> SourceError:
    return SourceError(
        f"{request.key}: {location} sent a web page instead of {request.file.name}. The publisher may be "
        f"out of order, or refuse scripts: try again later, or download the file yourself and say "
        f"`source: {{path: …}}`."
    )


def _require_space(request: DownloadRequest, partial: PartialFile, cache: DownloadCache) -> None:
    missing = (request.file.bytes or 0) - partial.bytes
    if missing > (free := cache.free_bytes()):
        raise SourceError(
            f"{request.key}: {request.file.name} needs {missing / BYTES_PER_MB:,.0f} MB more, but {cache.root} has "
            f"only {free / BYTES_PER_MB:,.0f} MB left. Make room, or name another folder in EO_PV_CACHE."
        )


def _refused_error(request: DownloadRequest, response: requests.Response) -> SourceError:
    is_gone = response.status_code in {404, 410}
    advice = (
        f"The publisher may have moved it: ask again with `make update KEY={request.key}`."
        if is_gone
        else "It may refuse scripts: download it yourself and say `source: {path: …}` in params.yaml."
    )
    outcome = "gone" if is_gone else "refused" if response.status_code >= 400 else "not sent"
    return SourceError(
        f"{request.key}: {request.file.name} is {outcome}: {redacted_url(str(response.url))} answered "
        f"{describe_status(response)}. {advice}"
    )


def _changed_file_error(request: DownloadRequest, difference: str) -> ChecksumMismatchError:
    return ChecksumMismatchError(
        f"{request.key}: {request.file.name} has {difference}. The publisher has replaced it, or something on the way "
        f"changes it; nothing of it is kept. See what changed with `make update KEY={request.key}`, then `make all`."
    )
