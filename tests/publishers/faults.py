"""How publishers fail."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, Self, TypedDict, Unpack
from urllib.parse import unquote

from tests.publishers.answers import BEFORE_HEADERS, Answer, Asked, data_file, page, redirect
from tests.publishers.bodies import Generated, Joined, Part, Whole, as_content, flipped

Change = Callable[[Asked, Answer], Answer]


class When(TypedDict, total=False):
    """Which of the requests that it matches a fault strikes; the attributes are those of `Fault`."""

    times: int | None
    skip: int
    method: str | None


BODY: When = {"method": "GET"}  # a HEAD has no body that could fail, and must not use up the fault


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with an answer; several that strike the same request add up.

    Attributes:
        change: from the true answer to the one that is sent.
        times: how often it strikes; null for always.
        skip: how many matching requests it lets pass before.
        method: which it strikes; null for all. By default GET for faults of the body, else all.
    """

    change: Change
    times: int | None = 1
    skip: int = 0
    method: str | None = None

    @classmethod
    def status(cls, code: int, *, retry_after: float | str | datetime | None = None, **when: Unpack[When]) -> Self:
        """A page with a status; `retry_after` in seconds, as a date, or as any words."""
        answer = page(f"{code} {_phrase(code)}", code)
        if retry_after is not None:
            answer = replace(answer, headers={**answer.headers, "Retry-After": _as_header(retry_after)})
        return cls(lambda _, __: answer, **when)

    @classmethod
    def cut(cls, after: int, **when: Unpack[When]) -> Self:
        """All headers, then only so many bytes of the body, then the connection breaks."""
        return cls(_delivery(ends_after=after), **(BODY | when))

    @classmethod
    def stall(cls, after: int | None, seconds: float = 60, **when: Unpack[When]) -> Self:
        """Silence after so many bytes of the body, or before the headers if null; after `seconds` it breaks."""
        ends = BEFORE_HEADERS if after is None else after
        return cls(_delivery(ends_after=ends, stalls_s=seconds), **(BODY | when))

    @classmethod
    def slow(cls, bytes_per_second: float, **when: Unpack[When]) -> Self:
        """A body that trickles."""
        return cls(_delivery(bytes_per_s=bytes_per_second), **(BODY | when))

    @classmethod
    def drop(cls, **when: Unpack[When]) -> Self:
        """The connection breaks without an answer."""
        return cls(_delivery(ends_after=BEFORE_HEADERS), **when)

    @classmethod
    def corrupt(cls, at: int = 0, **when: Unpack[When]) -> Self:
        """One byte of the file is another, at an offset in the whole file, also where a part is asked for."""
        return cls(lambda _, answer: replace(answer, content=flipped(answer.content, at)), **(BODY | when))

    @classmethod
    def short(cls, by: int = 1, **when: Unpack[When]) -> Self:
        """The file and its stated length lack bytes at the end; its ETag is that of the true file."""
        return cls(
            lambda _, answer: replace(answer, content=Part(answer.content, 0, max(answer.content.size - by, 0))), **when
        )

    @classmethod
    def long(cls, by: int = 1, **when: Unpack[When]) -> Self:
        """As `short`, with more bytes than the true file."""
        return cls(lambda _, answer: replace(answer, content=Joined(answer.content, Whole(bytes(by)))), **when)

    @classmethod
    def html(cls, title: str = "Just a moment...", **when: Unpack[When]) -> Self:
        """A web page, with status 200."""
        return cls(lambda _, __: page(title), **when)

    @classmethod
    def garbage(cls, **when: Unpack[When]) -> Self:
        """JSON that ends too early, with status 200 and the length that it has."""
        answer = Answer(Whole(b'{"id": 5005868, "files": [{"key": "pre'), headers={"Content-Type": "application/json"})
        return cls(lambda _, __: answer, **when)

    @classmethod
    def says(cls, body: bytes, status: int = 200, **when: Unpack[When]) -> Self:
        """These bytes, as JSON."""
        answer = Answer(Whole(body), status, {"Content-Type": "application/json"})
        return cls(lambda _, __: answer, **when)

    @classmethod
    def edited(cls, edit: Callable[[Any], Any], **when: Unpack[When]) -> Self:
        """The JSON of the true answer, if it is JSON, changed; unless told otherwise for ever."""
        forever: When = {"times": None}

        def change(_: Asked, answer: Answer) -> Answer:
            if "json" not in answer.headers.get("Content-Type", ""):
                return answer
            stated = json.loads(b"".join(answer.content.pieces()))
            return replace(answer, content=Whole(json.dumps(edit(stated)).encode()))

        return cls(change, **(forever | when))

    @classmethod
    def redirect_loop(cls, **when: Unpack[When]) -> Self:
        """A redirect to itself, unless told otherwise for ever."""
        forever: When = {"times": None}
        return cls(lambda asked, _: redirect(asked.target), **(forever | when))

    @classmethod
    def redirect_to(cls, url: str, **when: Unpack[When]) -> Self:
        """A redirect elsewhere."""
        return cls(lambda _, __: redirect(url), **when)

    @classmethod
    def no_length(cls, **when: Unpack[When]) -> Self:
        """Chunked: no Content-Length, but an end that can be told."""
        return cls(lambda _, answer: replace(answer, framing="chunked"), **when)

    @classmethod
    def no_length_close(cls, **when: Unpack[When]) -> Self:
        """As HTTP/1.0: the body ends where the connection does."""
        return cls(lambda _, answer: replace(answer, framing="close"), **when)

    @classmethod
    def ignore_range(cls, **when: Unpack[When]) -> Self:
        """The whole file whatever was asked for."""
        return cls(lambda _, answer: replace(answer, takes_ranges=False), **when)

    @classmethod
    def no_validator(cls, **when: Unpack[When]) -> Self:
        """Neither ETag nor Last-Modified."""
        return cls(lambda _, answer: replace(answer, etag="", modified=""), **when)

    @classmethod
    def etag_changes(cls, content: bytes | Generated, **when: Unpack[When]) -> Self:
        """Another file with another ETag and date; unless told otherwise from the second request on."""
        later: When = {"times": None, "skip": 1}
        other = data_file(as_content(content), "")
        return cls(
            lambda _, answer: replace(answer, content=other.content, etag=other.etag, modified=other.modified),
            **(later | when),
        )


def _phrase(code: int) -> str:
    """As its standard has it; of codes that have none, nothing."""
    return HTTPStatus(code).phrase if code in set(HTTPStatus) else ""


def _as_header(moment: float | str | datetime) -> str:
    return format_datetime(moment, usegmt=True) if isinstance(moment, datetime) else str(moment)


def _delivery(**changes: float) -> Change:
    return lambda _, answer: replace(answer, delivery=replace(answer.delivery, **changes))  # type: ignore[arg-type]


@dataclass(slots=True)
class _Armed:
    """A fault at a place, and how many requests it has seen."""

    host: str
    prefix: str
    fault: Fault
    seen: int = 0

    def strikes(self, asked: Asked) -> bool:
        is_path = asked.target.startswith(self.prefix) or unquote(asked.target).startswith(self.prefix)
        if asked.host != self.host or not is_path or self.fault.method not in {None, asked.method}:
            return False
        self.seen += 1
        last = float("inf") if self.fault.times is None else self.fault.skip + self.fault.times
        return self.fault.skip < self.seen <= last


@dataclass(slots=True)
class Faults:
    """All faults that wait for their requests."""

    _armed: list[_Armed] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def add(self, host: str, prefix: str, fault: Fault) -> None:
        with self._guard:
            self._armed.append(_Armed(host.lower(), prefix, fault))

    def clear(self) -> None:
        with self._guard:
            self._armed.clear()

    def strike(self, asked: Asked, answer: Answer) -> Answer:
        """The answer after all faults that strike it."""
        with self._guard:
            striking = [armed.fault for armed in self._armed if armed.strikes(asked)]
        for fault in striking:
            answer = fault.change(asked, answer)
        return answer
