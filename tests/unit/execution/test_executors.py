"""Worker processes end at once: by Ctrl-C, which a terminal sends to all of them, and when their program is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from loaders.db.connection import connect
from loaders.execution.executors import own_processes, process_count

GRAPH = """
import time
from pathlib import Path
from hamilton.htypes import Collect, Parallelizable

def number() -> Parallelizable[int]:
    yield from range(6)

def slept(number: int, folder: str) -> int:
    Path(folder, str(number)).touch()
    time.sleep(300)
    return number

def collected(slept: Collect[int]) -> list[int]:
    return list(slept)
"""
PROGRAM = """
import sys
import slow_graph
from hamilton import driver
from loaders.execution.executors import workers

if __name__ == "__main__":
    try:
        with workers("processes", None, lambda: None) as inner:
            builder = driver.Builder().with_modules(slow_graph).enable_dynamic_execution(allow_experimental_mode=True)
            builder.with_remote_executor(inner).build().execute(["collected"], inputs={"folder": sys.argv[1]})
    except KeyboardInterrupt:
        print("stopped")
"""


def test_ctrl_c_ends_workers_at_once_and_without_a_word_of_theirs(tmp_path: Path) -> None:
    (tmp_path / "slow_graph.py").write_text(GRAPH)
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "started").mkdir()
    command = [sys.executable, "program.py", str(tmp_path / "started")]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        while process.poll() is None and len(list((tmp_path / "started").iterdir())) < process_count():
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        try:
            output, _ = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert output == "stopped\n"
    assert process.returncode == 0


def test_workers_end_when_their_program_is_killed(tmp_path: Path) -> None:
    (tmp_path / "slow_graph.py").write_text(GRAPH)
    (tmp_path / "program.py").write_text(PROGRAM)
    with subprocess.Popen([sys.executable, tmp_path / "program.py", tmp_path]) as program:
        while len([path for path in tmp_path.iterdir() if path.name.isdigit()]) < process_count():
            time.sleep(0.05)
        workers = psutil.Process(program.pid).children(recursive=True)
        program.kill()
    assert len(workers) > process_count()  # with multiprocessing's resource tracker
    _, living = psutil.wait_procs(workers, timeout=5)
    assert [process for process in living if process.status() != psutil.STATUS_ZOMBIE] == []


def _progress_bar() -> bool:
    with connect(Path(":memory:")) as connection:
        (shown,) = connection.sql("SELECT current_setting('enable_progress_bar')").fetchall()[0]
    return bool(shown)


def test_duckdb_draws_no_progress_bar_in_a_worker() -> None:
    """It would, on what the program prints: it takes a worker for a session at a terminal."""
    with own_processes() as submit:
        assert submit(_progress_bar).result() is False
