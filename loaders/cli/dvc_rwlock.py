"""DVC's path locks, which stand in `.dvc/tmp/rwlock`: without those of killed processes, and fewer of them.

A step locks the same paths again in each function that it calls. Each lock rewrites the file twice, which takes longer
than the check whether the step has anything to do.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

NO_LOCKS: dict[str, Any] = {"write": {}, "read": {}}


def remove_locks_of_killed_processes(folder: Path) -> None:
    """Remove the path locks of processes that were killed, and a file that was cut short when one was.

    DVC removes them only when the process id is free again: not while the process is a zombie, as in a
    container without init, nor after a restart of the machine, when another program has the id.

    Args:
        folder: DVC's folder for such files.
    """
    path = folder / "rwlock"
    if not path.exists() or _read_locks(path) == NO_LOCKS:
        return
    from dvc.lock import LockError, make_lock

    with suppress(LockError), make_lock(str(folder / "rwlock.lock"), tmp_dir=str(folder)):  # or another run is at work
        locks, written_s = _read_locks(path), path.stat().st_mtime
        if locks is None:
            path.unlink()
            return
        write = {name: info for name, info in locks["write"].items() if _is_running(info["pid"], written_s)}
        read = {
            name: [info for info in infos if _is_running(info["pid"], written_s)]
            for name, infos in locks["read"].items()
        }
        path.write_text(json.dumps({"write": write, "read": {name: infos for name, infos in read.items() if infos}}))


def _read_locks(path: Path) -> dict[str, Any] | None:
    """The locks; null if the file is not whole."""
    try:
        document = json.loads(path.read_text())
    except ValueError:
        return None
    return NO_LOCKS | document if isinstance(document, dict) else None


def _is_running(process_id: int, written_s: float) -> bool:
    """Whether the process that wrote the file at that time still runs; a later one has only the same id."""
    import psutil

    try:
        process = psutil.Process(process_id)
        return bool(process.status() != psutil.STATUS_ZOMBIE and process.create_time() <= written_s)
    except psutil.NoSuchProcess:
        return False


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
