"""Time and memory of a command, as its user would run it."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figures:
    """Wall clock [s] and the most memory [MB] of a command."""

    seconds: float
    peak_mb: float

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s {self.peak_mb:6.0f} MB"


def measured(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> Figures:
    """Run a command and measure it."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=os.environ | (environment or {}), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed with {os.waitstatus_to_exitcode(status)}")
    return Figures(time.perf_counter() - start, usage.ru_maxrss / 1000)
