"""What is sent: bytes that were given, or that are made while they are sent."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Protocol

BLOCK_BYTES = 1 << 20


class Content(Protocol):
    """The bytes of a file, which need not be in memory."""

    @property
    def size(self) -> int:
        """How many there are."""

    def pieces(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Those from `start` to before `stop`, in blocks."""

    def __hash__(self) -> int:
        """Contents are values."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Bytes in memory."""

    data: bytes = b""

    @property
    def size(self) -> int:
        return len(self.data)

    def pieces(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        yield self.data[start:stop]


@dataclass(frozen=True, slots=True)
class Generated:
    """A big file of pseudo-random bytes: the same for the same size and seed, and never wholly in memory."""

    size: int
    seed: int = 0

    def pieces(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        end = self.size if stop is None else min(stop, self.size)
        while start < end:
            number, offset = divmod(start, BLOCK_BYTES)
            block = hashlib.shake_128(f"{self.seed}:{number}".encode()).digest(BLOCK_BYTES)
            piece = block[offset : offset + end - start]
            yield piece
            start += len(piece)

    def md5(self) -> str:
        """Of all its bytes, in hexadecimal digits."""
        return digest(self, "md5")

    def sha256(self) -> str:
        """Of all its bytes, in hexadecimal digits."""
        return digest(self, "sha256")


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of another content, from `start` to before `stop`."""

    of: Content
    start: int
    stop: int

    @property
    def size(self) -> int:
        return self.stop - self.start

    def pieces(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        end = self.size if stop is None else min(stop, self.size)
        return self.of.pieces(self.start + start, self.start + end)


@dataclass(frozen=True, slots=True)
class Joined:
    """One content after another."""

    first: Content
    second: Content

    @property
    def size(self) -> int:
        return self.first.size + self.second.size

    def pieces(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        middle, end = self.first.size, self.size if stop is None else stop
        return chain(
            self.first.pieces(min(start, middle), min(end, middle)),
            self.second.pieces(max(start - middle, 0), max(end - middle, 0)),
        )


def flipped(content: Content, at: int) -> Content:
    """The same but for all bits of one byte; a negative offset counts from the end."""
    if not content.size:
        return content
    at %= content.size
    wrong = bytes(byte ^ 0xFF for byte in b"".join(content.pieces(at, at + 1)))
    return Joined(Joined(Part(content, 0, at), Whole(wrong)), Part(content, at + 1, content.size))


def as_content(body: bytes | Generated) -> Content:
    """A body as callers give it."""
    return Whole(body) if isinstance(body, bytes) else body


def as_contents(files: Mapping[str, bytes | Generated]) -> dict[str, Content]:
    """The files of a record as callers give them, by name."""
    return {name: as_content(body) for name, body in files.items()}


@lru_cache(maxsize=256)
def digest(content: Content, algorithm: str) -> str:
    """A checksum in hexadecimal digits, computed once."""
    found = hashlib.new(algorithm, usedforsecurity=False)
    for piece in content.pieces():
        found.update(piece)
    return found.hexdigest()
