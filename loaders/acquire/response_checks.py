"""Checks of the headers of a download, before its body is read: status, range, size and version."""

import requests

from loaders.acquire.download_request import DownloadRequest, changed_file_error, refused_error, web_page_error
from loaders.acquire.partial_file import PartialFile, is_web_page, validator_of
from loaders.core.errors import SourceError
from loaders.core.redact import redacted_url
from loaders.http.retry import InterruptedTransfer
from loaders.http.status import OK, PARTIAL, VALIDATORS, parse_byte_count


def checked_size_bytes(request: DownloadRequest, partial: PartialFile, response: requests.Response) -> int | None:
    """Check the headers before the body is read; returns the size of the whole file, if stated [bytes]."""
    is_range_request = "Range" in response.request.headers
    if response.status_code == 416 and is_range_request:
        partial.restart()
        raise InterruptedTransfer("it does not have the rest of what it sent before")
    if response.status_code not in {OK, PARTIAL}:
        raise refused_error(request, response)
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
            raise web_page_error(request, redacted_url(str(response.url)))
        raise changed_file_error(request, f"{total:,} bytes, the lock expects {request.file.bytes:,}")
    is_framed = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
    if total is None and request.file.bytes is None and not (is_framed or request.file.checksum):
        raise SourceError(
            f"{request.key}: the publisher of {request.file.name} says neither how long it is nor a checksum, so that "
            f"a part of it could not be told from the whole. Download it yourself and say `source: {{path: …}}`."
        )
    return total if total is not None else request.file.bytes


def _require_locked_version(request: DownloadRequest, response: requests.Response) -> None:
    """Require the locked version of a file without a stated checksum or an earlier download."""
    locked_validator, validators = request.file.validator, {response.headers.get(name) for name in VALIDATORS} - {None}
    is_identified = request.file.checksum or request.known_sha256 or not locked_validator or not validators
    if not is_identified and locked_validator not in validators:
        raise changed_file_error(
            request, f"another version ({', '.join(sorted(map(str, validators)))}), the lock expects {locked_validator}"
        )


def _total_bytes(response: requests.Response, offset: int) -> int | None:
    full_size = parse_byte_count(response.headers.get("Content-Range", "").rpartition("/")[2])
    if response.status_code == PARTIAL and full_size is not None:
        return full_size  # the body may be shorter than the requested range
    length = parse_byte_count(response.headers.get("Content-Length"))
    return offset + length if length is not None and _is_plain(response) else None


def _is_plain(response: requests.Response) -> bool:
    """Whether the body is not compressed; some servers compress despite the request."""
    return response.headers.get("Content-Encoding", "identity") == "identity"


def _is_continuation(response: requests.Response, partial: PartialFile) -> bool:
    """Whether a response continues the partial file, with the same version."""
    is_adjacent = response.headers.get("Content-Range", "").removeprefix("bytes ").startswith(f"{partial.bytes}-")
    validator = validator_of(response)
    return (
        is_adjacent
        and _is_plain(response)
        and (None in (validator, partial.validator) or validator == partial.validator)
    )
