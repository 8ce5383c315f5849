"""Steps that fork from a server behave as if they had been started on their own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dvc.stage import run as stage_run
from dvc.stage.exceptions import StageCmdFailedError
from filelock import FileLock

from loaders.cli.dvc_steps import steps_on_server
from loaders.cli.fork_client import SERVER_VARIABLE
from loaders.cli.fork_server import PRELOADED, SINGLE_THREADED, fork_server

THREADS = """
import os, sys
from importlib import import_module
for name in sys.argv[1:]:
    import_module(name)
print(*(open(f"/proc/self/task/{task}/comm").read().strip() for task in os.listdir("/proc/self/task")))
print("duckdb" in sys.modules)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with fork_server():
        yield os.environ[SERVER_VARIABLE]


def run(*arguments: str, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "loaders", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_what_is_imported_before_the_fork_starts_no_thread_but_that_of_an_allocator() -> None:
    """jemalloc restarts its own thread after a fork; DuckDB does not."""
    command = [sys.executable, "-c", THREADS, *PRELOADED]
    done = subprocess.run(command, env=os.environ | SINGLE_THREADED, capture_output=True, text=True, check=True)
    threads, has_duckdb = done.stdout.splitlines()
    assert sorted(threads.split())[:1] == ["jemalloc_bg_thd"], done.stderr
    assert (len(threads.split()), has_duckdb) == (2, "False")


def test_a_forked_step_has_the_output_and_the_exit_code_of_its_own(server: str, project: Path) -> None:
    with run("load", "nroth", folder=project) as process:
        output, errors = process.communicate()
    assert (process.returncode, output) == (1, "")
    assert errors.startswith("Error: params.yaml: there is no dataset 'nroth'.")
    with run("resolve", "north", folder=project) as process:
        output, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    assert output.startswith("a_north_2020: 1 file(s)")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_what_stops_a_client_stops_its_step(sent: signal.Signals, code: int, server: str, project: Path) -> None:
    with run("resolve", "north", folder=project) as process:
        assert process.wait() == 0
    folder = project / "data" / "sample" / ".work"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "fetch-a_north_2020.lock"), run("fetch", "north", folder=project) as process:
        _await_step()
        process.send_signal(sent)
        process.communicate(timeout=30)  # the step held the other end of these pipes
        assert process.returncode == code


@pytest.mark.parametrize("is_stage", [False, True])
def test_a_step_that_was_killed_has_a_sentence(
    is_stage: bool, server: str, project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DVC_STAGE": "fetch@a_north_2020",
    }
    with run("resolve", "north", folder=project) as process:
        assert process.wait() == 0
    killer = threading.Thread(target=lambda: os.kill(_await_step(), signal.SIGKILL), daemon=True)
    with FileLock(project / "data" / "sample" / ".work" / "fetch-a_north_2020.lock"), steps_on_server():
        killer.start()
        if is_stage:
            with pytest.raises(StageCmdFailedError, match="exited with -9"):
                stage_run._run("/bin/sh", 'python -m loaders fetch "$DVC_STAGE"', cwd=str(project), env=environment)
            errors = capfd.readouterr().err
        else:
            with run("fetch", "north", folder=project) as process:
                errors = process.communicate(timeout=30)[1]
            assert process.returncode == 1
        killer.join()
    assert errors == "Error: The process of a step was killed. Run the same command again.\n"


def _await_step() -> int:
    """Wait until the server's child has a child: the process of the step; returns the child of the server."""
    *_, server = (
        each
        for each in _children(os.getpid())
        if b"loaders.cli.fork_server" in Path(f"/proc/{each}/cmdline").read_bytes()
    )
    while True:
        for child in _children(server):
            if _children(child):
                return child
        time.sleep(0.01)


def _children(process: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except FileNotFoundError:  # it has ended
        return []


def test_without_an_answer_a_step_runs_on_its_own(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SERVER_VARIABLE, str(project / "gone"))
    with run("resolve", "north", folder=project) as process:
        assert process.communicate()[0].startswith("a_north_2020: 1 file(s)")
    assert process.returncode == 0


def test_a_run_that_was_forked_uses_the_same_server(server: str) -> None:
    with fork_server():
        assert os.environ[SERVER_VARIABLE] == server
    assert os.environ[SERVER_VARIABLE] == server
