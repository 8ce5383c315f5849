"""Download of one locked file: resumed, verified, and within its size limit."""

import re
from collections.abc import Callable
from pathlib import Path

from loaders.acquire.download_cache import DownloadCache
from loaders.acquire.download_request import BYTES_PER_MB, DownloadRequest, changed_file_error, web_page_error
from loaders.acquire.partial_file import PartialFile
from loaders.acquire.publishers import address
from loaders.acquire.receipt import changed_download_error
from loaders.acquire.response_checks import checked_size_bytes
from loaders.core.errors import SourceError
from loaders.core.redact import redacted_url
from loaders.http.client import HttpClient
from loaders.http.retry import InterruptedTransfer

MARKUP_SUFFIXES = (".html", ".htm", ".kml", ".xml")  # files that may begin like a web page
PAGE_PREFIXES = (b"<!doctype html", b"<html")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def download(
    request: DownloadRequest,
    cache: DownloadCache,
    client: HttpClient,
    advance: Callable[[int], None],
    *,
    force: bool = False,
) -> Path:
    """The verified bytes of a file, from the cache or from the publisher.

    Args:
        request: the file.
        cache: where verified bytes are kept.
        client: sends the requests.
        advance: receives the number of new bytes; negative after a restart.
        force: download even if the file is cached.

    Raises:
        SourceError: the file is too large, gone, refused, or no data file; or the connection failed too often.
        ChecksumMismatchError: the file differs from the locked one.
    """
    request.require_within_limit(request.file.bytes)
    partial_path = cache.partial_path(request.record, request.file)
    with cache.exclusive(partial_path):
        if not force and (path := cache.find(request.record, request.file, request.known_sha256)):
            return path  # another process may have downloaded it in the meantime
        with PartialFile(partial_path, request.file, advance) as partial:
            if force and not request.file.checksum:
                partial.restart()  # the earlier part may be the damaged one
            _require_space(request, partial, cache)
            digest = _download_verified(request, partial, client)
        return cache.keep(partial_path, digest, request.record, request.file)


def _download_verified(request: DownloadRequest, partial: PartialFile, client: HttpClient) -> str:
    """Download and verify, a second time from the start after a mismatch; returns the SHA-256."""
    for _ in range(2):
        if partial.bytes != request.file.bytes or not partial.bytes:
            client.with_retries(f"{request.key}: {request.file.name}", lambda: _attempt(request, partial, client))
        digest = partial.sync()
        _require_data_file(request, partial)
        if request.file.bytes not in (None, partial.bytes):
            size = partial.bytes
            partial.restart()
            raise changed_file_error(request, f"{size:,} bytes, the lock expects {request.file.bytes:,}")
        if request.file.checksum not in (None, partial.checksum):
            error = changed_file_error(request, f"{partial.checksum}, the lock expects {request.file.checksum}")
        elif request.known_sha256 not in (None, digest):
            error = changed_download_error(request.key, [request.file.name], str(request.known_sha256), digest)
        else:
            return digest
        partial.restart()
    raise error


def _attempt(request: DownloadRequest, partial: PartialFile, client: HttpClient) -> None:
    if request.file.bytes is not None and partial.bytes > request.file.bytes:
        partial.restart()
    range_headers = {"Accept-Encoding": "identity"}
    if partial.bytes and (partial.validator or request.file.checksum):
        range_headers["Range"] = f"bytes={partial.bytes}-"
        if partial.validator:
            range_headers["If-Range"] = partial.validator
    url = address(request.record, request.file)
    with client.stream("GET", url, prefix=f"{request.key}: ", headers=range_headers) as response:
        total = checked_size_bytes(request, partial, response)
        received_bytes = 0
        for chunk in client.chunks(response):
            partial.append(chunk)
            received_bytes += len(chunk)
            if partial.bytes > min(request.limit_bytes, total or request.limit_bytes):
                received_total = partial.bytes
                partial.restart()
                request.require_within_limit(received_total)
                raise changed_file_error(request, f"more than the {total:,} bytes that the lock expects")
    if total is not None and partial.bytes < total:
        reason = f"it sent {partial.bytes:,} of {total:,} bytes"
        raise InterruptedTransfer(reason, received_bytes=received_bytes)


def _require_data_file(request: DownloadRequest, partial: PartialFile) -> None:
    """Refuse a web page, and a pointer of Git LFS, in the place of data, unless the checksum matches."""
    prefix = partial.first_bytes().removeprefix(BYTE_ORDER_MARK).lstrip().lower()
    prefix = re.sub(rb"^(<!--.*?-->\s*)+", b"", prefix, flags=re.DOTALL)
    is_proven = request.file.checksum == partial.checksum
    is_page = prefix.startswith((*PAGE_PREFIXES, b"<") if partial.is_page else PAGE_PREFIXES)
    location = redacted_url(address(request.record, request.file))
    if is_page and not is_proven and not request.file.name.lower().endswith(MARKUP_SUFFIXES):
        partial.restart()
        raise web_page_error(request, location)
    if prefix.startswith(LFS_POINTER):
        partial.restart()
        raise SourceError(
            f"{request.key}: {request.file.name} is kept in Git LFS, and {location} only points to it. Give the "
            f"address of the file itself as datasets.{request.key}.source.url in params.yaml."
        )


def _require_space(request: DownloadRequest, partial: PartialFile, cache: DownloadCache) -> None:
    missing = (request.file.bytes or 0) - partial.bytes
    if missing > (free := cache.free_bytes()):
        raise SourceError(
            f"{request.key}: {request.file.name} needs {missing / BYTES_PER_MB:,.0f} MB more, but {cache.root} has "
            f"only {free / BYTES_PER_MB:,.0f} MB left. Make room, or name another folder: `machine: "
            "{cache: …}` in params.yaml."
        )
