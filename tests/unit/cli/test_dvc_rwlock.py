"""Path locks of DVC that killed processes leave behind."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from loaders.cli.dvc_rwlock import remove_locks_of_killed_processes

DAY_S = 86_400


def write_locks(folder: Path, process_id: int) -> Path:
    """The locks of a process: one path written, one read."""
    info = {"pid": process_id, "cmd": "python -m loaders all"}
    path = folder / "rwlock"
    path.write_text(json.dumps({"write": {"/p/data/x": info}, "read": {"/p/data/y": [info]}}))
    return path


@pytest.fixture
def zombie() -> Iterator[int]:
    """A process that was killed and is a zombie."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process.kill()
    while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    yield process.pid
    process.communicate()


def test_locks_of_a_process_that_nobody_has_collected_are_removed(tmp_path: Path, zombie: int) -> None:
    path = write_locks(tmp_path, zombie)
    remove_locks_of_killed_processes(tmp_path)
    assert json.loads(path.read_text()) == {"write": {}, "read": {}}


def test_locks_of_another_program_with_the_same_id_are_removed(tmp_path: Path) -> None:
    path = write_locks(tmp_path, os.getpid())
    before_start = psutil.Process().create_time() - DAY_S
    os.utime(path, (before_start, before_start))
    remove_locks_of_killed_processes(tmp_path)
    assert json.loads(path.read_text()) == {"write": {}, "read": {}}


def test_locks_of_a_process_at_work_stay(tmp_path: Path) -> None:
    path = write_locks(tmp_path, os.getpid())
    before = json.loads(path.read_text())
    remove_locks_of_killed_processes(tmp_path)
    assert json.loads(path.read_text()) == before


@pytest.mark.parametrize("text", ["", '{"write": {"/p/da'])
def test_a_file_of_locks_that_was_cut_short_is_removed(tmp_path: Path, text: str) -> None:
    (tmp_path / "rwlock").write_text(text)
    remove_locks_of_killed_processes(tmp_path)
    assert not (tmp_path / "rwlock").exists()
