"""A question as a site sees it, and the answer as the site means it; how it is sent may be changed by faults."""

import json
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, unquote

from tests.publishers.bodies import Content, Part, Whole, digest

BEFORE_HEADERS = -1
FIRST_MODIFIED = datetime(2021, 1, 1, tzinfo=UTC)
Framing = Literal["length", "chunked", "close"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.

    Attributes:
        target: path and query as they were sent, quoted.
    """

    method: str
    host: str
    target: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        """Without the query, not quoted."""
        return unquote(self.target.partition("?")[0])

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.target.partition("?")[2]))


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far and how fast an answer is sent; after that comes silence if `stalls_s`, and then the connection breaks.

    Attributes:
        ends_after: bytes of the body, or BEFORE_HEADERS; null for all, and no break.
        stalls_s: how long the silence lasts, unless the client goes away [s].
        bytes_per_s: null for as fast as possible.
    """

    ends_after: int | None = None
    stalls_s: float = 0
    bytes_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a site answers.

    Attributes:
        headers: those that are not said by other attributes.
        etag: with its quotes; empty for none.
        modified: as `Last-Modified` has it; empty for none.
        takes_ranges: whether a part may be asked for.
    """

    content: Content = Whole()  # noqa: RUF009 (it is frozen)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str = ""
    modified: str = ""
    takes_ranges: bool = False
    framing: Framing = "length"
    delivery: Delivery = Delivery()

    def all_headers(self) -> dict[str, str]:
        """As they are sent."""
        framing = {
            "length": {"Content-Length": str(self.content.size)},
            "chunked": {"Transfer-Encoding": "chunked"},
            "close": {"Connection": "close"},
        }
        stated = {
            "ETag": self.etag,
            "Last-Modified": self.modified,
            "Accept-Ranges": "bytes" if self.takes_ranges else "",
        }
        return {**self.headers, **framing[self.framing], **{name: value for name, value in stated.items() if value}}


def data_file(content: Content, name: str, *, is_attachment: bool = False, content_type: str = "") -> Answer:
    """A file, with all that a client needs to resume it."""
    kind = content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {"Content-Type": kind}
    if is_attachment:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    md5 = digest(content, "md5")
    # another content has another date, as it would if somebody replaced it
    modified = format_datetime(FIRST_MODIFIED + timedelta(seconds=int(md5[:6], 16)), usegmt=True)
    return Answer(content, headers=headers, etag=f'"{md5}"', modified=modified, takes_ranges=True)


def document(stated: Mapping[str, Any] | Sequence[Any], status: int = 200) -> Answer:
    """JSON."""
    return Answer(Whole(json.dumps(stated).encode()), status, {"Content-Type": "application/json"})


def page(title: str, status: int = 200) -> Answer:
    """A web page for people."""
    text = f"<!DOCTYPE html>\n<html><head><title>{escape(title)}</title></head><body>{escape(title)}</body></html>\n"
    return Answer(Whole(text.encode()), status, {"Content-Type": "text/html; charset=utf-8"})


def redirect(url: str, status: int = 302) -> Answer:
    """Elsewhere."""
    return replace(page("Redirecting", status), headers={"Content-Type": "text/html", "Location": url})


def ranged(asked: Asked, answer: Answer) -> Answer:
    """The part that was asked for, if it is the same version; else the whole."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", asked.headers.get("Range", ""))
    if not found or not any(found.groups()) or (asked.method, answer.status) != ("GET", 200):
        return answer
    if not answer.takes_ranges or not _is_current(asked.headers.get("If-Range"), answer):
        return answer
    size, first, last = answer.content.size, found[1], found[2]
    start = int(first) if first else max(size - int(last), 0)
    stop = min(int(last) + 1, size) if first and last else size
    if start >= stop:
        return replace(answer, content=Whole(), status=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {**answer.headers, "Content-Range": f"bytes {start}-{stop - 1}/{size}"}
    return replace(answer, content=Part(answer.content, start, stop), status=206, headers=headers)


def _is_current(validator: str | None, answer: Answer) -> bool:
    strong = answer.etag if not answer.etag.startswith("W/") else ""
    return validator is None or validator in {found for found in (strong, answer.modified) if found}
