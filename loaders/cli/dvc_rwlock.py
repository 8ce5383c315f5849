"""Spares DVC three quarters of its path locks: a step locks the same paths again in each function that it calls.

Each lock rewrites `.dvc/tmp/rwlock` twice, which takes longer than the check whether the step has anything to do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def paths_locked_once() -> Iterator[None]:
    """Let a function of DVC use the path locks that its caller holds; other processes see the caller's."""
    from dvc import rwlock as module

    acquire = module.rwlock
    held: dict[str, set[str]] = {"read": set(), "write": set()}

    @contextmanager
    def acquire_missing(tmp_dir: str, fs: Any, cmd: str, read: list[str], write: list[str], hardlink: bool) -> Any:
        new_read = set(read) - held["read"] - held["write"]
        new_write = set(write) - held["write"]
        if not new_read and not new_write:
            yield
            return
        with acquire(tmp_dir, fs, cmd, read, write, hardlink):
            held["read"] |= new_read
            held["write"] |= new_write
            try:
                yield
            finally:
                held["read"] -= new_read
                held["write"] -= new_write

    module.rwlock = acquire_missing
    try:
        yield
    finally:
        module.rwlock = acquire
