"""Time and memory of a command, as its user would run it."""

import os
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psutil

SAMPLE_S = 0.1
MB = 1e6


@dataclass(frozen=True, slots=True)
class Figures:
    """What a command took.

    Attributes:
        seconds: wall clock [s].
        peak_mb: the most memory of the largest process, of it and those that it started and waited for [MB].
        tree_mb: the most memory of all of them together, ten times a second [MB]; shared pages count in each.
        cpu_s: time of processors, of the user and of the system [s].
    """

    seconds: float
    peak_mb: float
    tree_mb: float = 0.0
    cpu_s: float = 0.0

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s {self.peak_mb:6.0f} MB"


class Sample(NamedTuple):
    """A look at a process and its descendants.

    Attributes:
        at: seconds since 1970.
        largest_mb: memory of the largest process [MB].
        tree_mb: of all together [MB].
        cpu_s: time of processors so far, of ended processes as last seen [s].
    """

    at: float
    largest_mb: float
    tree_mb: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Run:
    """A command that has ended: its figures, when it ran (seconds since 1970), and what was seen on the way."""

    figures: Figures
    started: float
    ended: float
    samples: list[Sample]


def measured(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> Figures:
    """Run a command and measure it.

    The kernel counts what this process holds when it starts the command as the command's: make large things elsewhere.

    Raises:
        SystemExit: the command failed.
    """
    return watched(command, folder, environment).figures


def watched(
    command: list[str],
    folder: Path,
    environment: dict[str, str] | None = None,
    look: Callable[[], None] | None = None,
) -> Run:
    """The same, with all samples.

    Args:
        command: as `measured` runs it.
        folder: in which it runs.
        environment: in addition to that of this process.
        look: called with each sample.

    Raises:
        SystemExit: the command failed.
    """
    started, start = time.time(), time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=os.environ | (environment or {}), stdout=subprocess.DEVNULL)
    tree = _Tree(process.pid, look or (lambda: None))
    tree.start()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    tree.ended.set()
    tree.join()
    if status:
        raise SystemExit(f"{' '.join(command)} failed with {os.waitstatus_to_exitcode(status)}")
    most_mb = max((sample.tree_mb for sample in tree.samples), default=0.0)
    figures = Figures(seconds, usage.ru_maxrss * 1024 / MB, most_mb, usage.ru_utime + usage.ru_stime)
    return Run(figures, started, started + seconds, tree.samples)


class _Tree(threading.Thread):
    """Watches how much memory and time a process and its descendants take."""

    def __init__(self, pid: int, look: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._look = look
        self._cpu_s: dict[int, float] = {}
        self.ended = threading.Event()
        self.samples: list[Sample] = []

    def run(self) -> None:
        while not self.ended.wait(SAMPLE_S):
            self._look()
            held_mb = self._held_mb()
            self.samples.append(Sample(time.time(), max(held_mb, default=0.0), sum(held_mb), sum(self._cpu_s.values())))

    def _held_mb(self) -> list[float]:
        """What each process holds now [MB]; none once all have ended."""
        held_mb = []
        try:
            root = psutil.Process(self._pid)
            processes = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []
        for process in processes:
            try:
                times = process.cpu_times()
                held_mb.append(process.memory_info().rss / MB)
            except psutil.NoSuchProcess:
                continue
            self._cpu_s[process.pid] = times.user + times.system
        return held_mb
