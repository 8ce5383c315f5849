"""One run at a time in a project: the second one is told at once which process is at work."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loaders.cli.dvc_run import another_run

LOCK = Path(".dvc", "tmp", "eo-pv.lock")


@contextmanager
def exclusive_run(root: Path) -> Iterator[None]:
    """Hold the lock of a project; the kernel frees it when this process ends.

    Raises:
        BuildError: another run holds it.
    """
    path = root / LOCK
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise another_run(file.read().strip() or None) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
