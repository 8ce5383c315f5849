"""Steps that fork from a server behave as if they had been started on their own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

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
    done = subprocess.run(
        [sys.executable, "-c", THREADS, *PRELOADED], env=os.environ | SINGLE_THREADED, capture_output=True, text=True
    )
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


def test_a_signal_reaches_the_forked_step_and_a_killed_client_takes_it_along(server: str, tmp_path: Path) -> None:
    """The command waits for a lock that the test holds, as long as nobody stops it."""
    os.mkfifo(tmp_path / "params.yaml")
    for sent, code in ((signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)):
        with run("check", folder=tmp_path) as process, (tmp_path / "params.yaml").open("w"):  # it has opened the file
            process.send_signal(sent)
            assert process.wait() == code
        with pytest.raises(OSError, match="No such device"):  # nobody reads the pipe any more
            while True:
                os.close(os.open(tmp_path / "params.yaml", os.O_WRONLY | os.O_NONBLOCK))


def test_without_an_answer_a_step_runs_on_its_own(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SERVER_VARIABLE, str(project / "gone"))
    with run("resolve", "north", folder=project) as process:
        assert process.communicate()[0].startswith("a_north_2020: 1 file(s)")
    assert process.returncode == 0
