"""Runs a command line in this process, as far as its program can be: each process takes seconds to start."""

import gc
import io
import os
import shlex
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from typer.testing import CliRunner

from loaders.__main__ import app


@dataclass(frozen=True, slots=True)
class Run:
    """A finished command."""

    code: int
    output: str


def run(command: str, *, is_process: bool = False) -> Run:
    """Run a command in the working folder."""
    program, *arguments = shlex.split(command)
    if is_process:
        return _run_process(command)
    if program == "dbt":
        return _run_dbt(arguments)
    if program == "eo-pv":
        result = CliRunner().invoke(app, arguments)
        return Run(result.exit_code, result.output)
    flag, code = arguments
    assert (program, flag) == ("python", "-c")
    with redirect_stdout(io.StringIO()) as output:
        exec(code, {"__name__": "__main__"})  # noqa: S102 (the commands are our own)
    return Run(0, output.getvalue())


def _run_process(command: str) -> Run:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euc", command],
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Run(done.returncode, done.stdout)


def _run_dbt(arguments: list[str]) -> Run:
    """As a process of its own would, dbt closes the warehouse at its end."""
    events: list[str] = []
    try:
        done = dbtRunner(callbacks=[lambda event: events.append(_message(event))]).invoke(["--quiet", *arguments])
    finally:
        if DuckDBConnectionManager._ENV is not None:
            DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        gc.collect()  # an error's traceback holds cursors
    return Run(0 if done.success else 1, "\n".join(events))


def _message(event: Any) -> str:
    """The text of one of dbt's events."""
    return str(event.info.msg)
