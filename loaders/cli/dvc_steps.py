"""Runs the steps of `dvc repro` on the fork server at once, without a shell and a Python of their own in between."""

import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from loaders.cli.fork_client import KILLED_MESSAGE, SERVER_VARIABLE, STANDARD_STREAMS, read_number, request

KILLED = re.compile(r"exited with -(?!2$)\d+$")  # not by Ctrl-C, which is the run's to report
COMMAND = re.compile(r'python -m loaders (?P<words>[a-z]+(?: [a-z]+)*)(?P<stage> "\$DVC_STAGE")?')
STAGE_VARIABLE = "DVC_STAGE"


@contextmanager
def steps_on_server() -> Iterator[None]:
    """Send commands of the form `python -m loaders …` to the fork server; all others, and without it, a shell runs.

    A step reports its own errors; of one that was killed, this process does.
    """
    from dvc.stage import run as module
    from dvc.stage.exceptions import StageCmdFailedError

    run_in_shell: Any = module._run

    def run(executable: str, cmd: str, **options: Any) -> None:
        arguments = arguments_of(cmd, options["env"])
        code = _exit_code(arguments, options["env"], options["cwd"]) if arguments else None
        try:
            if code is None:
                run_in_shell(executable, cmd, **options)
            elif code:
                raise StageCmdFailedError(cmd, code)
        except StageCmdFailedError as failed:
            if KILLED.search(str(failed)):
                print(KILLED_MESSAGE, file=sys.stderr)  # noqa: T201 (as a step itself does)
            raise

    module._run = run
    try:
        yield
    finally:
        module._run = run_in_shell


def arguments_of(cmd: str, environment: Mapping[str, str]) -> list[str]:
    """The arguments of a command of ours, with this Python; none of another command."""
    found = COMMAND.fullmatch(cmd)
    python = shutil.which("python", path=environment.get("PATH"))
    if found is None or python is None or Path(python).parent != Path(sys.executable).parent:
        return []
    return ["eo-pv", *found["words"].split(), *([environment[STAGE_VARIABLE]] if found["stage"] else [])]


def _exit_code(arguments: list[str], environment: Mapping[str, str], folder: str) -> int | None:
    """Run a command on the server; its exit code, as `subprocess` states it, or null if there is no server."""
    address = os.environ.get(SERVER_VARIABLE)
    if not address:
        return None
    with socket.socket(socket.AF_UNIX) as connection:
        if request(connection, address, arguments, STANDARD_STREAMS, dict(environment), folder) is None:
            return None
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as DVC: the terminal interrupts the step, too
        try:
            code = read_number(connection)
        finally:
            signal.signal(signal.SIGINT, handler)
    return -signal.SIGKILL if code is None else code
