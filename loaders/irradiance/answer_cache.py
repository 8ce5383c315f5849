"""Answers of providers on disk.

    <cache_folder>/<provider>/<hash of request_key>/<name>.gz         an answer, unchanged
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

from loaders.irradiance.provider import ProviderContext
from loaders.settings.irradiance import ProviderName


@dataclass(frozen=True, slots=True)
class AnswerCache:
    """Cached answers and refusals to requests that differ in their cell only."""

    folder: Path

    @classmethod
    def of(cls, provider: ProviderName, request_key: str, context: ProviderContext) -> Self:
        """The cache of the answers to a request.

        Args:
            provider: who answers.
            request_key: everything that an answer depends on except its cell; part of the path.
            context: with the folder of all caches.
        """
        digest = hashlib.sha256(request_key.encode()).hexdigest()[:12]
        return cls(context.cache_folder / provider / digest)

    def answer(self, cell: str) -> bytes | None:
        """The cached answer for a cell; None if missing or damaged."""
        try:
            return gzip.decompress((self.folder / f"{cell}.gz").read_bytes())
        except (EOFError, OSError, zlib.error):
            return None

    def refusal(self, cell: str) -> str | None:
        """The cached refusal for a cell; None if missing or damaged."""
        try:
            return (self.folder / f"{cell}.refused").read_text(encoding="utf-8").strip() or None
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def store_answer(self, cell: str, body: bytes) -> None:
        """Write an answer."""
        self._store(f"{cell}.gz", gzip.compress(body, mtime=0))

    def store_refusal(self, cell: str, reason: str) -> None:
        """Write the reason for no answer."""
        self._store(f"{cell}.refused", f"{reason}\n".encode())

    def _store(self, name: str, body: bytes) -> None:
        """Write a file atomically, readable by its owner only."""
        for folder in (self.folder.parent, self.folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile(dir=self.folder, prefix=f".{name}.", delete=False) as partial:
            try:
                partial.write(body)
                partial.close()
                Path(partial.name).replace(self.folder / name)
            finally:
                Path(partial.name).unlink(missing_ok=True)
