"""What was asked for."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from tests.publishers.answers import Asked


@dataclass(frozen=True, slots=True)
class Request:
    """One request and what became of it.

    Attributes:
        path: with the query, quoted as it was sent.
        headers: by name, whatever its case.
        status: 0 if it was not answered, or not yet.
        body_bytes_sent: so far.
    """

    host: str
    method: str
    path: str
    headers: Mapping[str, str]
    status: int
    body_bytes_sent: int


@dataclass(slots=True)
class Entry:
    """A request while it is answered."""

    asked: Asked
    status: int = 0
    sent: int = 0

    def seen(self) -> Request:
        asked = self.asked
        return Request(asked.host, asked.method, asked.target, asked.headers, self.status, self.sent)


class Log:
    """All requests in the order in which they came; threads may share it."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._guard = threading.Lock()

    def begin(self, asked: Asked) -> Entry:
        """Note a request before it is answered: a client that has its answer finds it in the log."""
        entry = Entry(asked)
        with self._guard:
            self._entries.append(entry)
        return entry

    def clear(self) -> None:
        with self._guard:
            self._entries.clear()

    def requests(self) -> list[Request]:
        with self._guard:
            return [entry.seen() for entry in self._entries]
