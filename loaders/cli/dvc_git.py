"""Spares DVC most of its reading of Git's index: it reads all of it for each output of each step that ran."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SEPARATOR = b"/"


@contextmanager
def git_index_kept_in_memory() -> Iterator[None]:
    """Read the index of Git again only after another program has written it."""
    from scmrepo.git.backend.dulwich import DulwichBackend

    backend_class: Any = DulwichBackend
    is_tracked = backend_class.is_tracked
    kept: dict[tuple[str, int, int], set[bytes]] = {}

    def is_in_kept_index(backend: Any, path: str) -> bool:
        index = Path(backend.repo.index_path())
        if not index.exists():
            return bool(is_tracked(backend, path))
        status = index.stat()
        state = (str(index), status.st_mtime_ns, status.st_size)
        if state not in kept:
            kept[state] = with_folders(backend.repo.open_index())
        return os.fsencode(os.path.relpath(path, backend.root_dir)) in kept[state]

    backend_class.is_tracked = is_in_kept_index
    try:
        yield
    finally:
        backend_class.is_tracked = is_tracked


def with_folders(files: Iterator[bytes]) -> set[bytes]:
    """Paths of files, and of the folders that hold them."""
    paths: set[bytes] = set()
    for file in files:
        path = file
        while path and path not in paths:
            paths.add(path)
            path = path.rpartition(SEPARATOR)[0]
    return paths
