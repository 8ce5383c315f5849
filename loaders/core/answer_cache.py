"""Answers on disk that took long to get: of providers of irradiance by cell, and what a library computes.

    <folder>/<hash of request_key>/<name>.gz         an answer, unchanged
                                   <name>.refused    the reason for none

The folder may be deleted at any time.
"""

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Self


@dataclass(frozen=True, slots=True)
class AnswerCache:
    """Cached answers and refusals to requests that differ in a name only, such as that of a cell."""

    folder: Path

    @classmethod
    def of(cls, folder: Path, request_key: str) -> Self:
        """The cache of the answers to a request.

        Args:
            folder: of all answers of one provider or library.
            request_key: everything that an answer depends on except its name; part of the path.
        """
        return cls(folder / hashlib.sha256(request_key.encode()).hexdigest()[:12])

    def answer(self, name: str) -> bytes | None:
        """The cached answer; None if missing or damaged."""
        try:
            return gzip.decompress((self.folder / f"{name}.gz").read_bytes())
        except (EOFError, OSError, zlib.error):
            return None

    def refusal(self, name: str) -> str | None:
        """The cached refusal; None if missing or damaged."""
        try:
            return (self.folder / f"{name}.refused").read_text(encoding="utf-8").strip() or None
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def store_answer(self, name: str, body: bytes) -> None:
        """Write an answer."""
        self._store(f"{name}.gz", gzip.compress(body, mtime=0))

    def store_refusal(self, name: str, reason: str) -> None:
        """Write the reason for no answer."""
        self._store(f"{name}.refused", f"{reason}\n".encode())

    def _store(self, file_name: str, body: bytes) -> None:
        """Write a file atomically, readable by its owner only."""
        for folder in (self.folder.parent, self.folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile(dir=self.folder, prefix=f".{file_name}.", delete=False) as partial:
            try:
                partial.write(body)
                partial.close()
                Path(partial.name).replace(self.folder / file_name)
            finally:
                Path(partial.name).unlink(missing_ok=True)
