"""What all sites have in common."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Protocol
from zlib import crc32

from tests.publishers.answers import Answer, Asked
from tests.publishers.bodies import Generated

Files = Mapping[str, bytes | Generated]
Pages = Mapping[str, Callable[..., Answer]]


class Site(Protocol):
    """A publisher, which may have several hosts."""

    @property
    def hosts(self) -> Collection[str]:
        """All that it answers for."""

    def answer(self, asked: Asked) -> Answer:
        """What it says; also to what it does not know."""


def routed(asked: Asked, pages: Pages, otherwise: Callable[[Asked], Answer]) -> Answer:
    """The answer of the first page whose pattern is host and path; the named groups are its arguments."""
    for pattern, page in pages.items():
        if found := re.fullmatch(pattern, asked.host + asked.path, re.IGNORECASE):
            return page(asked, **found.groupdict())
    return otherwise(asked)


def number_of(*words: object) -> int:
    """A number that looks like an identifier, the same for the same words: what replaces a file takes its place."""
    return 10_000_000 + crc32("/".join(map(str, words)).encode()) % 90_000_000
