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
PAGES = (".html", ".htm", ".kml", ".xml")  # what may begin as a web page does
PAGE_STARTS = (b"<!doctype html", b"<html")
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
    wanted: DownloadRequest,
    cache: DownloadCache,
    web: HttpClient,
    advance: Callable[[int], None],
    *,
    force: bool = False,
) -> Path:
    """The verified bytes of a file, from the cache or from the publisher.

    Args:
        wanted: the file.
        cache: where verified bytes are kept.
        web: how to ask.
        advance: told how many bytes have come; negative when some have to come again.
        force: ask the publisher even if the cache has it.

    Raises:
        SourceError: it is too large, gone, refused, or no data file; or the connection failed too often.
        ChecksumMismatchError: the publisher sends something else than the lock says.
    """
    wanted.require_within_limit(wanted.file.bytes)
    place = cache.partial_path(wanted.record, wanted.file)
    with cache.exclusive(place):
        if not force and (path := cache.find(wanted.record, wanted.file, wanted.known_sha256)):
            return path  # perhaps another process has brought it in the meantime
        with PartialFile(place, wanted.file, advance) as partial:
            if force and not wanted.file.checksum:
                partial.restart()  # a part that came before may be the damaged one
            _require_space(wanted, partial, cache)
            digest = _bring(wanted, partial, web)
        return cache.keep(place, digest, wanted.record, wanted.file)


def _bring(wanted: DownloadRequest, partial: PartialFile, web: HttpClient) -> str:
    """Download and verify; what comes out wrong is brought once more from its beginning. The sha256."""
    for _ in range(2):
        if partial.bytes != wanted.file.bytes or not partial.bytes:
            web.with_retries(f"{wanted.key}: {wanted.file.name}", lambda: _attempt(wanted, partial, web))
        digest = partial.sync()
        _require_data(wanted, partial)
        if wanted.file.bytes not in (None, partial.bytes):
            size = partial.bytes
            partial.restart()
            raise _replaced(wanted, f"{size:,} bytes, the lock expects {wanted.file.bytes:,}")
        if wanted.file.checksum not in (None, partial.checksum):
            refusal = _replaced(wanted, f"{partial.checksum}, the lock expects {wanted.file.checksum}")
        elif wanted.known_sha256 not in (None, digest):
            refusal = changed_download_error(wanted.key, [wanted.file.name], str(wanted.known_sha256), digest)
        else:
            return digest
        partial.restart()
    raise refusal


def _attempt(wanted: DownloadRequest, partial: PartialFile, web: HttpClient) -> None:
    if wanted.file.bytes is not None and partial.bytes > wanted.file.bytes:
        partial.restart()
    request = {"Accept-Encoding": "identity"}
    if partial.bytes and (partial.validator or wanted.file.checksum):
        request["Range"] = f"bytes={partial.bytes}-"
        if partial.validator:
            request["If-Range"] = partial.validator
    url = address(wanted.record, wanted.file)
    with web.stream("GET", url, about=f"{wanted.key}: ", headers=request) as response:
        total = _accept(wanted, partial, response)
        brought = 0
        for piece in web.chunks(response):
            partial.append(piece)
            brought += len(piece)
            if partial.bytes > min(wanted.limit_bytes, total or wanted.limit_bytes):
                too_large = partial.bytes
                partial.restart()
                wanted.require_within_limit(too_large)
                raise _replaced(wanted, f"more than the {total:,} bytes that the lock expects")
    if total is not None and partial.bytes < total:
        reason = f"it sent {partial.bytes:,} of {total:,} bytes"
        raise InterruptedTransfer(reason, received_bytes=brought)


def _accept(wanted: DownloadRequest, partial: PartialFile, response: requests.Response) -> int | None:
    """Look at the headers before the body is read; how large the whole file is, if anybody says so [bytes]."""
    asked_for_a_part = "Range" in response.request.headers
    if response.status_code == 416 and asked_for_a_part:
        partial.restart()
        raise InterruptedTransfer("it does not have the rest of what it sent before")
    if response.status_code not in {OK, PARTIAL}:
        raise _refused(wanted, response)
    if response.status_code == PARTIAL and not (asked_for_a_part and _continues(response, partial)):
        partial.restart()
        raise InterruptedTransfer("it sent another part than was asked for, or of another version")
    if response.status_code != PARTIAL and partial.bytes:
        partial.restart()  # it cannot resume, or has another version now
    if not partial.bytes:
        _require_locked_version(wanted, response)
        partial.write_metadata(response)
    total = _total(response, partial.bytes)
    wanted.require_within_limit(total)
    if None not in (total, wanted.file.bytes) and total != wanted.file.bytes:
        partial.restart()
        if is_web_page(response):
            raise _page(wanted, redacted_url(str(response.url)))
        raise _replaced(wanted, f"{total:,} bytes, the lock expects {wanted.file.bytes:,}")
    is_framed = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
    if total is None and wanted.file.bytes is None and not (is_framed or wanted.file.checksum):
        raise SourceError(
            f"{wanted.key}: the publisher of {wanted.file.name} says neither how long it is nor a checksum, so that a "
            f"part of it could not be told from the whole. Download it yourself and say `source: {{path: …}}`."
        )
    return total if total is not None else wanted.file.bytes


def _require_locked_version(wanted: DownloadRequest, response: requests.Response) -> None:
    """Of a file that nobody states a checksum of, and that never came before, the version must be the locked one."""
    locked, now = wanted.file.validator, {response.headers.get(name) for name in VALIDATORS} - {None}
    is_told_otherwise = wanted.file.checksum or wanted.known_sha256 or not locked or not now
    if not is_told_otherwise and locked not in now:
        raise _replaced(wanted, f"another version ({', '.join(sorted(map(str, now)))}), the lock expects {locked}")


def _total(response: requests.Response, offset: int) -> int | None:
    of_all = parse_byte_count(response.headers.get("Content-Range", "").rpartition("/")[2])
    if response.status_code == PARTIAL and of_all is not None:
        return of_all  # what comes may be less than was asked for
    length = parse_byte_count(response.headers.get("Content-Length"))
    return offset + length if length is not None and _is_plain(response) else None


def _is_plain(response: requests.Response) -> bool:
    """Whether the bytes on the way are those of the file; some servers compress although they are asked not to."""
    return response.headers.get("Content-Encoding", "identity") == "identity"


def _continues(response: requests.Response, partial: PartialFile) -> bool:
    """Whether an answer goes on where the partial file ends, with the same version of the file."""
    begins = response.headers.get("Content-Range", "").removeprefix("bytes ").startswith(f"{partial.bytes}-")
    now = validator_of(response)
    return begins and _is_plain(response) and (None in (now, partial.validator) or now == partial.validator)


def _require_data(wanted: DownloadRequest, partial: PartialFile) -> None:
    """Refuse a web page, and a pointer to data, where data were promised and nothing proves that they came."""
    start = partial.first_bytes().removeprefix(BYTE_ORDER_MARK).lstrip().lower()
    start = re.sub(rb"^(<!--.*?-->\s*)+", b"", start, flags=re.DOTALL)
    is_proven = wanted.file.checksum == partial.checksum
    is_page = start.startswith((*PAGE_STARTS, b"<") if partial.is_page else PAGE_STARTS)
    where = redacted_url(address(wanted.record, wanted.file))
    if is_page and not is_proven and not wanted.file.name.lower().endswith(PAGES):
        partial.restart()
        raise _page(wanted, where)
    if start.startswith(LFS_POINTER):
        partial.restart()
        raise SourceError(
            f"{wanted.key}: {wanted.file.name} is kept in Git LFS, and {where} only points to it. Give the address of "
            f"the file itself as datasets.{wanted.key}.source.url in params.yaml."
        )


def _page(wanted: DownloadRequest, where: str) -> SourceError:
    return SourceError(
        f"{wanted.key}: {where} sent a web page instead of {wanted.file.name}. The publisher may be "
        f"out of order, or refuse scripts: try again later, or download the file yourself and say "
        f"`source: {{path: …}}`."
    )


def _require_space(wanted: DownloadRequest, partial: PartialFile, cache: DownloadCache) -> None:
    missing = (wanted.file.bytes or 0) - partial.bytes
    if missing > (free := cache.free_bytes()):
        raise SourceError(
            f"{wanted.key}: {wanted.file.name} needs {missing / BYTES_PER_MB:,.0f} MB more, but {cache.root} has only "
            f"{free / BYTES_PER_MB:,.0f} MB left. Make room, or name another folder in EO_PV_CACHE."
        )


def _refused(wanted: DownloadRequest, response: requests.Response) -> SourceError:
    gone = response.status_code in {404, 410}
    advice = (
        f"The publisher may have moved it: ask again with `make update KEY={wanted.key}`."
        if gone
        else "It may refuse scripts: download it yourself and say `source: {path: …}` in params.yaml."
    )
    fate = "gone" if gone else "refused" if response.status_code >= 400 else "not sent"
    return SourceError(
        f"{wanted.key}: {wanted.file.name} is {fate}: {redacted_url(str(response.url))} answered "
        f"{describe_status(response)}. {advice}"
    )


def _replaced(wanted: DownloadRequest, difference: str) -> ChecksumMismatchError:
    return ChecksumMismatchError(
        f"{wanted.key}: {wanted.file.name} has {difference}. The publisher has replaced it, or something on the way "
        f"changes it; nothing of it is kept. See what changed with `make update KEY={wanted.key}`, then `make all`."
    )
