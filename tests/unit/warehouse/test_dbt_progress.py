import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from loaders.core.progress import Activity
from loaders.warehouse.dbt_progress import error_messages, process_on_request

ROOT = Path(__file__).resolve().parents[3]
WAITS = "import pathlib, sys; line = sys.stdin.readline(); pathlib.Path('worked').touch() if line else sys.exit(4)"


def test_the_progress_of_dbt_is_reported_and_its_errors_are_text() -> None:
    start = {"data": {"index": 12, "total": 43}, "info": {"name": "LogStartLine", "level": "info", "msg": "START"}}
    error = {"data": {}, "info": {"name": "X", "level": "error", "msg": "Compilation Error\n  no such macro"}}
    with Activity("building") as activity:
        messages = list(error_messages([json.dumps(start), json.dumps(error), "Traceback of Python\n", "7\n"]))
        assert activity.detail == "dbt 12 of 43"
    assert messages == ["Compilation Error\n  no such macro", "Traceback of Python", "7"]


def test_a_process_waits_until_it_is_asked_to_work(tmp_path: Path) -> None:
    with process_on_request([sys.executable, "-c", WAITS], tmp_path, os.environ) as run:
        assert not (tmp_path / "worked").exists()
        assert run({}) == (0, "")
    assert (tmp_path / "worked").exists()


def test_a_process_that_has_ended_is_not_asked_to_prepare(tmp_path: Path) -> None:
    with process_on_request([sys.executable, "-c", "pass"], tmp_path, os.environ) as process:
        assert process.process.wait() == 0
        process.prepare(["parse"])
        assert process({}) == (0, "")
    process.prepare(["parse"])


def test_a_process_that_is_never_asked_to_work_ends(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="disk full"), process_on_request([sys.executable, "-c", WAITS], tmp_path, {}):
        raise OSError("disk full")
    assert not (tmp_path / "worked").exists()


def test_a_process_that_ends_before_it_is_asked_to_work_gives_its_reason(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.stdin.close(); print('dbt is not installed'); sys.exit(1)"]
    with process_on_request(command, tmp_path, os.environ) as run:
        assert run({}) == (1, "dbt is not installed")


def test_the_process_of_dbt_ends_when_the_build_is_killed(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: empty\nprofile: empty\n")
    end, entrance = os.pipe()
    command = [sys.executable, "-m", "loaders.warehouse.dbt_process", "debug", "--profiles-dir", str(tmp_path)]
    slow = tmp_path / "profiles.yml"
    os.mkfifo(slow)  # dbt waits until somebody writes to it
    with subprocess.Popen(command, stdin=end, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}) as process:
        os.close(end)
        os.write(entrance, b"{}\n")
        with slow.open("w"):  # dbt reads
            os.close(entrance)
            assert process.wait(10) == 1
