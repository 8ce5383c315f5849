"""A run in the background with all processes that it starts, wherever they move to."""

import os
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress

import psutil

from tests.pipeline.conftest import Project
from tests.step_server import WITHOUT_SERVER

MARK = "EO_PV_CHAOS_RUN"  # in the environment of every process of a run
PAUSE_S = 0.05
LONGEST_RUN_S = 240
GONE_WITHIN_S = 5
ROLES = (  # by what a command line holds
    ("loaders.warehouse.dbt_process", "dbt"),
    ("multiprocessing.spawn", "worker"),
    ("multiprocessing.resource_tracker", "tracker"),
    ("loaders.cli.fork_server", "step"),
    ("-m loaders", "run"),
)
SHELLS = "shell"  # make and sh, which run on whatever happens to us


class BackgroundRun:
    """A command that runs while others look at it; its output goes to a file, which no process can block."""

    def __init__(self, project: Project, *command: str, **environment: str) -> None:
        """Start it in a session of its own."""
        self._mark = uuid.uuid4().hex
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the run)
        self._start = time.monotonic()
        self._process = subprocess.Popen(
            command,
            cwd=project.root,
            env=project.environment() | WITHOUT_SERVER | environment | {MARK: self._mark},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def seconds(self) -> float:
        """How long ago it was started [s]."""
        return time.monotonic() - self._start

    @property
    def has_ended(self) -> bool:
        """Whether its first process has ended."""
        return self._process.poll() is not None

    def processes(self, *roles: str) -> list[psutil.Process]:
        """Its processes of these roles that live; without a role, all."""
        return [process for process in self._living() if not roles or role(process) in roles]

    def _living(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.environ().get(MARK) == self._mark and process.status() != psutil.STATUS_ZOMBIE:
                    yield process

    def wait_until(self, seconds: float) -> None:
        """Wait until it has run for so long, or has ended."""
        while not self.has_ended and self.seconds < seconds:
            time.sleep(PAUSE_S)

    def wait_for(self, *roles: str) -> None:
        """Wait until it has a process of these roles, or has ended."""
        while not self.has_ended and not self.processes(*roles):
            time.sleep(PAUSE_S)

    def kill_all(self) -> None:
        """Kill every process, whatever they start meanwhile."""
        while living := self.processes():
            kill(living)

    def wait(self) -> tuple[int | None, str]:
        """Wait until it has ended; its exit code, or null if that takes too long, and its output."""
        try:
            code: int | None = self._process.wait(LONGEST_RUN_S)
        except subprocess.TimeoutExpired:
            code = None
        return code, os.pread(self._output.fileno(), 1 << 24, 0).decode(errors="replace")

    def left_over(self) -> list[str]:
        """The roles of the processes that live on, 5 s after the run has ended; they are killed then."""
        end = time.monotonic() + GONE_WITHIN_S
        while (living := self.processes()) and time.monotonic() < end:
            time.sleep(PAUSE_S)
        roles = sorted(role(process) for process in living)
        self.kill_all()
        return roles


def role(process: psutil.Process) -> str:
    """What a process of a run does."""
    try:
        command = " ".join(process.cmdline())
    except psutil.Error:
        return SHELLS
    return next((name for text, name in ROLES if text in command), SHELLS)


def kill(processes: list[psutil.Process]) -> None:
    """`kill -9`."""
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(signal.SIGKILL)
