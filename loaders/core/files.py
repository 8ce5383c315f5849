"""File utilities: hashing in chunks, and atomic writes, so that a reader never sees half a file."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from loaders.core.escape import encodable, json_text

CHUNK_BYTES = 1 << 20


GIT_BLOB = "gitblob"  # Git's hash of a file's content: the SHA-1 of its size and its bytes


def sha256(path: Path) -> str:
    """The SHA-256 of a file, read in chunks."""
    return digest(path, "sha256")


def digest(path: Path, algorithm: str) -> str:
    """A digest of a file, read in chunks.

    Raises:
        ValueError: there is no such algorithm.
    """
    hasher = hashlib.new("sha1" if algorithm == GIT_BLOB else algorithm, usedforsecurity=False)
    with path.open("rb") as stream:
        if algorithm == GIT_BLOB:
            hasher.update(b"blob %d\0" % path.stat().st_size)
        while chunk := stream.read(CHUNK_BYTES):
            hasher.update(chunk)
    return hasher.hexdigest()


def write_json(document: object, path: Path) -> None:
    """Write sorted JSON, as `write_text` does."""
    write_text(json_text(document), path)


def write_text(text: str, path: Path) -> None:
    """Write a file under a temporary name, then rename it.

    Readers never see half a file, and links to the previous file (DVC's cache) keep its content.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(encodable(text), encoding="utf-8")
    partial.replace(path)


@contextmanager
def replaced_file(path: Path) -> Iterator[Path]:
    """A temporary path with the same ending, renamed to the real one at the end of the context, unless that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.stem}.partial{path.suffix}")
    partial.unlink(missing_ok=True)  # of a run that was killed
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def without_empty_values(document: dict[str, Any]) -> dict[str, Any]:
    """A document without its empty values: null, "" and ()."""
    return {name: value for name, value in document.items() if value not in (None, "", ())}
