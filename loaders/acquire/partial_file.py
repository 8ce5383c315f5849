"""A partial download: appended to, hashed on the way, and kept when the process is killed."""

import errno
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import requests

from loaders.acquire.download_cache import DownloadCache
from loaders.acquire.lock import LockedFile
from loaders.core import files
from loaders.core.files import CHUNK_BYTES, GIT_BLOB

START_BYTES = 4096


class PartialFile:
    """A file that is hashed as it grows."""

    def __init__(self, path: Path, file: LockedFile, advance: Callable[[int], None]) -> None:
        self.path = path
        self._metadata_path = DownloadCache.validators_path(path)
        self._advance = advance
        self._algorithm = (file.checksum or "sha256:").partition(":")[0]
        self._reset()
        # unbuffered, so that received bytes survive a kill
        self._stream = path.open("ab", buffering=0)
        self._hash_existing()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def append(self, chunk: bytes) -> None:
        """Append a chunk.

        Raises:
            OSError: the disk is full or fails.
        """
        try:
            written_bytes = self._stream.write(chunk)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from error  # a stream does not name its file
        if written_bytes != len(chunk):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
        self._update(chunk)

    def restart(self) -> None:
        """Truncate the file."""
        self._stream.truncate(0)
        self._metadata_path.unlink(missing_ok=True)
        self._advance(-self.bytes)
        self._reset()

    @property
    def validator(self) -> str | None:
        """The validator of the version that the first part belongs to."""
        stated_validator = self._metadata().get("validator")
        return str(stated_validator) if stated_validator else None

    @property
    def is_page(self) -> bool:
        """Whether the server called it a web page, as careless servers also call data."""
        return bool(self._metadata().get("is_page"))

    def write_metadata(self, response: requests.Response) -> None:
        """Store the validator and type that the server states."""
        metadata = {"validator": validator_of(response), "is_page": is_web_page(response)}
        self._metadata_path.write_text(json.dumps(metadata), encoding="utf-8")

    def first_bytes(self) -> bytes:
        """Its first bytes."""
        with self.path.open("rb") as stream:
            return stream.read(START_BYTES)

    def sync(self) -> str:
        """Flush it to the disk; returns its SHA-256."""
        os.fsync(self._stream.fileno())
        return str(self._digests["sha256"].hexdigest())

    @property
    def checksum(self) -> str:
        """Its checksum in the publisher's algorithm."""
        if self._algorithm == GIT_BLOB:  # its hash begins with the size, which is known at the end only
            return f"{GIT_BLOB}:{files.digest(self.path, GIT_BLOB)}"
        return f"{self._algorithm}:{self._digests[self._algorithm].hexdigest()}"

    def _metadata(self) -> dict[str, Any]:
        try:
            metadata = json.loads(self._metadata_path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return metadata if isinstance(metadata, dict) else {}

    def _reset(self) -> None:
        names = {"sha256", self._algorithm} - {GIT_BLOB}
        self._digests: dict[str, Any] = {name: hashlib.new(name, usedforsecurity=False) for name in names}
        self.bytes = 0

    def _hash_existing(self) -> None:
        with self.path.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                self._update(chunk)

    def _update(self, chunk: bytes) -> None:
        for digest in self._digests.values():
            digest.update(chunk)
        self.bytes += len(chunk)
        self._advance(len(chunk))


def validator_of(response: requests.Response) -> str | None:
    """The header that identifies this version of a file; a weak ETag does not identify bytes."""
    tag = response.headers.get("ETag", "")
    return response.headers.get("Last-Modified") if tag.startswith("W/") or not tag else tag


def is_web_page(response: requests.Response) -> bool:
    """Whether the Content-Type is a web page."""
    return response.headers.get("Content-Type", "").startswith("text/html")
