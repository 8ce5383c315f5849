"""What has come of a file so far: it grows, is hashed as it grows, and survives a kill."""

import errno
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import requests

from loaders.cache import Cache
from loaders.locks import CHUNK_BYTES, LockedFile


class PartialFile:
    """A file that grows, hashed as it grows."""

    def __init__(self, path: Path, file: LockedFile, advance: Callable[[int], None]) -> None:
        self.path = path
        self._note = Cache.validators(path)
        self._file = file
        self._advance = advance
        self._algorithm = (file.checksum or "sha256:").partition(":")[0]
        self._reset()
        # unbuffered: what has come survives a kill
        self._stream = path.open("ab", buffering=0)
        self._hash_what_is_there()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def append(self, piece: bytes) -> None:
        """Add what came.

        Raises:
            OSError: the disk does not take all of it.
        """
        try:
            written = self._stream.write(piece)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from error  # a stream does not name its file
        if written != len(piece):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
        self._count(piece)

    def restart(self) -> None:
        """Forget all of it."""
        self._stream.truncate(0)
        self._note.unlink(missing_ok=True)
        self._advance(-self.bytes)
        self._reset()

    @property
    def validator(self) -> str | None:
        """By which the server can tell whether it still has the version that the first part is of."""
        try:
            validator: str | None = json.loads(self._note.read_text(encoding="utf-8"))["validator"]
        except (FileNotFoundError, ValueError, LookupError):
            return None
        return validator

    def note(self, response: requests.Response) -> None:
        """Remember the version; a weak ETag does not tell one byte from another."""
        tag = response.headers.get("ETag", "")
        validator = response.headers.get("Last-Modified") if tag.startswith("W/") or not tag else tag
        self._note.write_text(json.dumps({"validator": validator}), encoding="utf-8")

    def complete(self) -> str:
        """Make sure that it is on the disk; its sha256."""
        os.fsync(self._stream.fileno())
        return str(self._digests["sha256"].hexdigest())

    @property
    def checksum(self) -> str:
        """In the publisher's algorithm."""
        return f"{self._algorithm}:{self._digests[self._algorithm].hexdigest()}"

    def _reset(self) -> None:
        names = {"sha256", self._algorithm}
        self._digests: dict[str, Any] = {name: hashlib.new(name, usedforsecurity=False) for name in names}
        self.bytes = 0

    def _hash_what_is_there(self) -> None:
        with self.path.open("rb") as stream:
            while piece := stream.read(CHUNK_BYTES):
                self._count(piece)

    def _count(self, piece: bytes) -> None:
        for digest in self._digests.values():
            digest.update(piece)
        self.bytes += len(piece)
        self._advance(len(piece))
