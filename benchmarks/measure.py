"""Time and memory of a command, as its user would run it."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

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
    """

    seconds: float
    peak_mb: float
    tree_mb: float = 0.0

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s {self.peak_mb:6.0f} MB"


def measured(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> Figures:
    """Run a command and measure it.

    The kernel counts what this process holds when it starts the command as the command's: make large things elsewhere.

    Raises:
        SystemExit: the command failed.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=os.environ | (environment or {}), stdout=subprocess.DEVNULL)
    tree = _Tree(process.pid)
    tree.start()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    tree.ended.set()
    tree.join()
    if status:
        raise SystemExit(f"{' '.join(command)} failed with {os.waitstatus_to_exitcode(status)}")
    return Figures(seconds, usage.ru_maxrss * 1024 / MB, tree.most_mb)


class _Tree(threading.Thread):
    """Watches how much memory a process and its descendants hold together."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.ended = threading.Event()
        self.most_mb = 0.0

    def run(self) -> None:
        while not self.ended.wait(SAMPLE_S):
            self.most_mb = max(self.most_mb, _held_mb(self._pid))


def _held_mb(pid: int) -> float:
    """What a process and its descendants hold now [MB]; 0 once it has ended."""
    total = 0
    try:
        root = psutil.Process(pid)
        processes = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for process in processes:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / MB
