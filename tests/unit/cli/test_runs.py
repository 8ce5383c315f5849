"""What surrounds DVC in `eo-pv all`: the lock of a run, `dvc.lock` in memory, and which messages are shown."""

import logging
import os
import shutil
from pathlib import Path

import pytest
from dvc import dvcfile

from loaders.cli.dvc_lock import lock_kept_in_memory
from loaders.cli.dvc_run import DvcMessageFilter
from loaders.cli.exclusive_run import exclusive_run
from loaders.cli.partial_run import failed_datasets, without
from loaders.core.errors import BuildError
from loaders.settings.project import read_project

ROOT = Path(__file__).resolve().parents[3]


def test_a_second_run_is_told_at_once_which_process_is_at_work(tmp_path: Path) -> None:
    with (
        exclusive_run(tmp_path),
        pytest.raises(BuildError, match=rf"^Another run is working here \(PID {os.getpid()}\)\. Wait for it"),
        exclusive_run(tmp_path),
    ):
        pass
    with exclusive_run(tmp_path):
        pass


def test_a_lock_kept_in_memory_has_the_bytes_that_dvc_writes(tmp_path: Path) -> None:
    outs = [{"path": "b", "md5": "1e5", "size": 3}]
    changes = [{"load@a": {"cmd": "x", "outs": outs}}, {"load@b": {"cmd": "y " * 60}}]
    files = {name: tmp_path / f"{name}.lock" for name in ("dvc", "kept")}
    shutil.copy2(ROOT / "dvc.lock", files["dvc"])
    shutil.copy2(files["dvc"], files["kept"])
    for change in changes:
        with dvcfile.modify_yaml(str(files["dvc"])) as data:
            data["stages"].update(change)
    with lock_kept_in_memory():
        for change in changes:
            with dvcfile.modify_yaml(str(files["kept"])) as data:
                data["stages"].update(change)
        assert "load@b" in files["kept"].read_text(), "written after each step"
    assert files["kept"].read_bytes() == files["dvc"].read_bytes()


def record(level: int, text: str) -> logging.LogRecord:
    return logging.LogRecord("dvc", level, "", 0, text, (), None)


def test_of_dvc_only_what_no_step_has_said_is_shown() -> None:
    started: list[str] = []
    messages = DvcMessageFilter(started.append)
    hidden = [
        (logging.INFO, "Running stage 'load@a':"),
        (logging.INFO, "Stage 'load@b' didn't change, skipping"),
        (logging.WARNING, 'failed to run: python -m loaders load "$DVC_STAGE", exited with 1'),
        (logging.WARNING, "Stages 'cells', 'build' will be skipped due to this failure"),
        (logging.ERROR, "failed to reproduce stages: 'load@a', 'fetch@c'"),
        (logging.WARNING, "[Errno 2] No such file or directory: '/x/data/sample/raw/a/plants.csv'"),
    ]
    assert [text for level, text in hidden if messages.filter(record(level, text))] == []
    assert messages.filter(record(logging.ERROR, "'dvc.yaml' is invalid."))
    assert (started, messages.failed) == (["load@a"], ("load@a", "fetch@c"))
    assert all(DvcMessageFilter().filter(record(level, text)) for level, text in hidden)


def test_datasets_are_left_out_only_if_nothing_but_datasets_has_failed() -> None:
    settings, _ = read_project(ROOT / "params.yaml")
    key, other = list(settings.datasets)[:2]
    errors = {f"load@{key}": [f"{key}: the file is cut.", "  at byte 3"]}
    failed = (f"load@{key}", f"fetch@{other}")
    assert failed_datasets(failed, errors, settings, {}) == {
        key: "the file is cut.   at byte 3",
        other: f"`eo-pv fetch {other}` failed.",
    }
    found = {other: f"{other}: expected x.csv, found nothing there"}
    assert failed_datasets(failed, errors, settings, found)[other] == "expected x.csv, found nothing there"
    assert failed_datasets((*failed, "irradiance"), errors, settings, {}) == {}
    assert failed_datasets(tuple(f"load@{each}" for each in settings.datasets), {}, settings, {}) == {}


def test_what_refers_to_a_missing_dataset_refers_to_the_edition_before_it() -> None:
    settings, _ = read_project(ROOT / "params.yaml")
    newer = next(key for key, dataset in settings.datasets.items() if dataset.version_of)
    older = settings.datasets[newer].version_of
    assert older is not None
    present = without({older: "down"}, settings)
    assert older not in present.datasets
    assert present.datasets[newer].version_of == settings.datasets[older].version_of
    assert present.inventory_and_edition(newer) == (newer, 0)
