"""Keeps `dvc.lock` parsed while DVC runs, which parses all of it before it notes each step, for half a second."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def lock_kept_in_memory() -> Iterator[None]:
    """Write `dvc.lock` after each step as DVC does, and read it again only if another program has changed it."""
    from dvc import dvcfile

    original = dvcfile.modify_yaml
    kept: dict[str, tuple[tuple[int, int], Any]] = {}

    def modify(path: str, fs: Any = None) -> AbstractContextManager[Any]:
        return _modified(path, fs, kept) if Path(path).exists() else original(path, fs)

    dvcfile.modify_yaml = modify
    try:
        yield
    finally:
        dvcfile.modify_yaml = original
        for path in kept:  # as DVC formats it, down to its line breaks
            with original(path):
                pass


@contextmanager
def _modified(path: str, fs: Any, kept: dict[str, tuple[tuple[int, int], Any]]) -> Iterator[Any]:
    from dvc.utils.serialize import dump_yaml, parse_yaml_for_update

    state, data = kept.pop(path, (None, None))
    if state != _state(path):
        data = parse_yaml_for_update(Path(path).read_text(encoding="utf-8"), path)
    yield data
    dump_yaml(path, data, fs=fs)
    kept[path] = _state(path), data


def _state(path: str) -> tuple[int, int]:
    status = Path(path).stat()
    return status.st_mtime_ns, status.st_size
