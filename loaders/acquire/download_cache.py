"""Download cache: verified files, stored once for all checkouts in `machine.cache`, or in the user's cache folder.

    sha256/ab/abcdef…    a file, under its SHA-256; read-only
    known/<name>         the SHA-256 of a published file, by its checksum, or by record and file
    partial/<name>       a partial download, and `<name>.json`: the validator of its version

A cached file is hashed again before it is used. The whole folder may be deleted at any time.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from loaders.acquire.lock import LockedFile, Record, content_identity, matches
from loaders.core.files import sha256, write_text
from loaders.settings.machine import cache_folder


@dataclass(frozen=True, slots=True)
class DownloadCache:
    """The download cache below a folder, which is created with the first file."""

    root: Path

    def find(self, record: Record, file: LockedFile, known_sha256: str | None) -> Path | None:
        """The path of a published file, hashed again; null if it is not cached."""
        name = known_sha256 or self._known_digest(record, file)
        path = self._object_path(name) if name else None
        if path is None or not path.is_file():
            return None
        if sha256(path) != name:
            path.unlink()  # damaged by the disk, or written through a hard link
            return None
        return path if matches(file, path) else None

    def keep(self, partial_path: Path, digest: str, record: Record, file: LockedFile) -> Path:
        """Move a complete and verified file into the cache, atomically."""
        path = self._object_path(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial_path.replace(path)
        path.chmod(0o444)  # last, since a partial file must stay writable to be resumed
        _sync_folder(path.parent)
        if identity := _identity(record, file):
            write_text(digest + "\n", self.root / "known" / identity)
        self.validators_path(partial_path).unlink(missing_ok=True)
        return path

    def forget(self, record: Record, file: LockedFile) -> None:
        """Forget the digest of a published file, so that it is downloaded again next time."""
        if identity := _identity(record, file):
            (self.root / "known" / identity).unlink(missing_ok=True)

    def partial_path(self, record: Record, file: LockedFile) -> Path:
        """The path of a partial download."""
        path = self.root / "partial" / _name(record.repository, record.id, asdict(file))
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    @staticmethod
    def validators_path(partial_path: Path) -> Path:
        """The path of the validator of a partial download."""
        return partial_path.with_name(f"{partial_path.name}.json")

    @contextmanager
    def exclusive(self, partial_path: Path) -> Iterator[None]:
        """Lock a file, so that one process downloads it while others wait."""
        with FileLock(partial_path.with_name(f"{partial_path.name}.lock")):
            yield

    def free_bytes(self) -> int:
        """The free space on the disk of the cache [bytes]."""
        self.root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self.root).free

    def _object_path(self, digest: str) -> Path:
        return self.root / "sha256" / digest[:2] / digest

    def _known_digest(self, record: Record, file: LockedFile) -> str | None:
        identity = _identity(record, file)
        try:
            digest = (self.root / "known" / identity).read_text(encoding="utf-8").strip() if identity else ""
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        return digest if re.fullmatch(r"[0-9a-f]{64}", digest) else None


def user_cache() -> DownloadCache:
    """The cache that all checkouts of this user share."""
    return DownloadCache(cache_folder() or user_cache_path("eo-pv"))


def _identity(record: Record, file: LockedFile) -> str | None:
    """The name of a file's content, the same in every version of a record with that file; null if unknown."""
    if file.checksum:
        return _name(file.checksum, file.bytes)
    return _name(record.repository, record.id, asdict(file)) if content_identity(record, file) else None


def _name(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
