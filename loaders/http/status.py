"""HTTP status codes: success, worth a retry, or final.

Source: RFC 9110 §15; https://developers.cloudflare.com/support/troubleshooting/http-status-codes/ for 52x and 530.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import requests

OK, PARTIAL = 200, 206
VALIDATORS = ("ETag", "Last-Modified")  # headers that identify a version of a file

# these 5xx concern the request, which stays the same; all others concern the state of the server, including codes
# without a standard: 520 to 527 and 530 (origin unreachable), 529 (overloaded), 598, 599 (timeout)
PERMANENT_SERVER_ERRORS = {
    501: "the method is not supported",
    505: "the version of HTTP is not supported",
    506: "its own negotiation is misconfigured",
    508: "it redirects inside itself without an end",
    510: "it wants an extension of HTTP",
    511: "the network wants a login first",
}
# these other codes concern the moment, not the request
TRANSIENT_STATUSES = {
    202: "what was asked for is being made ready",
    204: "nothing comes with it",
    205: "nothing comes with it",
    408: "it waited too long for the request",
    421: "the request reached another server than was meant",
    423: "the file is locked",
    425: "too early",
    429: "too many requests",
}


def is_transient(status: int, headers: Mapping[str, str] | None = None) -> bool:
    """Whether the same request may succeed later, as Retry-After promises for any error."""
    if 500 <= status < 600:
        return status not in PERMANENT_SERVER_ERRORS
    return status in TRANSIENT_STATUSES or (400 <= status < 500 and retry_after_s(headers or {}) is not None)


def describe_status(response: "requests.Response") -> str:
    """A status for messages: 511 Network Authentication Required (the network wants a login first)."""
    status = f"{response.status_code} {response.reason or ''}".rstrip()
    explanation = PERMANENT_SERVER_ERRORS.get(response.status_code)
    return f"{status} ({explanation})" if explanation else status


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """The value of Retry-After [s], given as a number of seconds or a date; null without one."""
    value = headers.get("Retry-After", "").strip()
    try:
        if re.fullmatch(r"[0-9]+", value):
            return float(value)
        return max((parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds(), 0.0)
    except (OverflowError, TypeError, ValueError):
        return None


def parse_byte_count(text: str | None) -> int | None:
    """A number of bytes in a header; null for an invalid or impossibly large one."""
    return int(text) if text and re.fullmatch(r"[0-9]{1,18}", text.strip()) else None
