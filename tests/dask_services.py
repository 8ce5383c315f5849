"""A Dask cluster of separate processes of this machine, started by a test and gone with it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from tests.services import free_port

MEMORY_LIMIT = "1GB"
WAIT_S = 600


@dataclass(slots=True)
class DaskProcesses:
    """Processes of `dask scheduler` and `dask worker`.

    Attributes:
        folder: of what they write; the workers have no other one in common.
        address: of the scheduler.
        scheduler: its process.
        workers: the process of each worker, without a nanny.
    """

    folder: Path
    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_worker(self) -> None:
        """Start one more worker, in an empty folder."""
        folder = self.folder / f"worker{len(self.workers)}"
        folder.mkdir()
        options = ["--nthreads", "1", "--no-nanny", "--memory-limit", MEMORY_LIMIT, "--local-directory", str(folder)]
        self.workers.append(_dask("worker", self.address, *options, "--no-dashboard", folder=folder))

    def stop(self) -> None:
        """Kill all processes."""
        for process in (*self.workers, self.scheduler):
            process.kill()
        for process in (*self.workers, self.scheduler):
            process.wait()


@contextmanager
def dask_processes(folder: Path, workers: int) -> Iterator[DaskProcesses]:
    """A scheduler and so many workers.

    Args:
        folder: to write to.
        workers: how many.
    """
    folder.mkdir(exist_ok=True)
    port = free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    processes = DaskProcesses(folder, f"tcp://127.0.0.1:{port}", _dask("scheduler", *options, folder=folder))
    try:
        for _ in range(workers):
            processes.start_worker()
        yield processes
    finally:
        processes.stop()


def _dask(*command: str, folder: Path) -> subprocess.Popen[bytes]:
    with (folder / f"{command[0]}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *command],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
            stdout=log,
            stderr=log,
        )


@contextmanager
def once(has_happened: Callable[[], bool], act: Callable[[], None]) -> Iterator[Event]:
    """Do something in a thread as soon as a condition holds; the event says that it was done."""
    acted, ended = Event(), Event()

    def watch() -> None:
        deadline = time.monotonic() + WAIT_S
        while not ended.is_set() and time.monotonic() < deadline:
            if has_happened():
                act()
                acted.set()
                return
            time.sleep(0.02)

    thread = Thread(target=watch)
    thread.start()
    try:
        yield acted
    finally:
        ended.set()
        thread.join()
