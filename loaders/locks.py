"""The lock of a dataset: which files its source held when it was last asked, byte for byte.

A lock is small, sorted and kept in Git, so that its history is the publisher's change log. Only `eo-pv update`
replaces one whose source is still the same.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from loaders.errors import SourceError

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class LockedFile:
    """One published file: its name below `raw/<key>/`, its size [bytes] and its sha256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Lock:
    """What a source held.

    Attributes:
        dataset: the dataset's key.
        origin: `sample` for a bundled synthetic twin, else the kind of source.
        source: the source as the settings state it; another one there makes the lock stale.
        files: the wanted files, by name.
    """

    dataset: str
    origin: str
    source: dict[str, Any]
    files: tuple[LockedFile, ...]

    @property
    def is_synthetic(self) -> bool:
        """Whether the records are made up."""
        return self.origin == "sample"


def sha256(path: Path) -> str:
    """The sha256 of a file, read in pieces."""
    with path.open("rb") as stream:
        digest = hashlib.sha256()
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def locked_file(path: Path, name: str) -> LockedFile:
    """Describe a file that is on this disk."""
    return LockedFile(name=name, bytes=path.stat().st_size, sha256=sha256(path))


def write_lock(lock: Lock, path: Path) -> None:
    """Write a lock, sorted and stable."""
    write_json(asdict(lock), path)


def read_lock(path: Path) -> Lock:
    """Read a lock.

    Raises:
        SourceError: there is none, or it is damaged.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(LockedFile(**entry) for entry in document.pop("files"))
        if not files:
            raise ValueError("it names no files")
        return Lock(files=files, **document)
    except FileNotFoundError as error:
        raise SourceError(f"{path.stem}: {path.name} is missing. Run `eo-pv resolve {path.stem}`.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            f"{path.stem}: the lock {path} is damaged ({error}). Restore it from Git, "
            f"or ask the source again with `make update KEY={path.stem}`."
        ) from error


def write_json(document: object, path: Path) -> None:
    """Write sorted JSON, as `write_text` does."""
    write_text(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n", path)


def write_text(text: str, path: Path) -> None:
    """Write a file beside its place and rename it there.

    Nobody reads half of it, and what is linked to the file that was there (DVC's cache) stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
