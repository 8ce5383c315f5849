"""What surrounds DVC in `eo-pv all`: the lock of a run, `dvc.lock` in memory, and which messages are shown."""

import logging
import os
import re
import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest
from dvc import dvcfile
from dvc.utils import strictyaml
from dvc.utils.serialize import _yaml
from ruamel.yaml import YAML

from loaders.cli.dvc_run import DvcMessageFilter
from loaders.cli.dvc_yaml import yaml_kept_in_memory
from loaders.cli.dvc_yaml_parser import parse_common_yaml
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
    changes = [
        {"load@a": {"cmd": "x", "outs": outs}},
        {"load@b": {"cmd": "y " * 60}},
        {"load@a": {"cmd": "x", "params": {"p.yaml": {"a": True, "b": 1, "c: d": [], "e": "two\nlines\n"}}}},
        {"load@a": {"cmd": "x", "params": {"p.yaml": {"a": 1, "b": True, "c: d": [], "e": "two\n\n  lines"}}}},
    ]
    written: dict[str, list[str]] = {"dvc": [], "kept": []}
    for name, context in (("dvc", nullcontext()), ("kept", yaml_kept_in_memory())):
        file = tmp_path / name / "dvc.lock"
        file.parent.mkdir()
        file.write_text(_every_sixth_stage((ROOT / "dvc.lock").read_text()))
        with context:
            for change in changes:
                with dvcfile.modify_yaml(str(file)) as data:
                    data["stages"].update(change)
                written[name].append(file.read_text())
    assert written["kept"] == written["dvc"]


def _every_sixth_stage(lock: str) -> str:
    """A lock with stages of each kind; DVC formats the whole of it at each change."""
    head, *stages = re.split(r"^(?=  \S)", lock, flags=re.MULTILINE)
    return head + "".join(stages[::6])


def test_a_lock_kept_in_memory_is_not_parsed_and_formatted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    formatted: list[object] = []
    dump = _yaml.dumps_yaml

    def noting(data: object) -> str:
        formatted.append(data)
        return str(dump(data))

    monkeypatch.setattr(_yaml, "parse_yaml_for_update", None)
    monkeypatch.setattr(_yaml, "dumps_yaml", noting)
    shutil.copy2(ROOT / "dvc.lock", tmp_path)
    with yaml_kept_in_memory():
        for key in ("a", "b"):
            with dvcfile.modify_yaml(str(tmp_path / "dvc.lock")) as data:
                data["stages"].update({key: {"cmd": "x"}})
        with dvcfile.modify_yaml(str(tmp_path / "dvc.lock")) as data:
            data["stages"].update({"b": {"cmd": "x"}})  # the same again
    assert formatted == [{"stages": {"a": {"cmd": "x"}}}, {"stages": {"b": {"cmd": "x"}}}]


def test_a_lock_that_another_program_changes_or_formats_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "dvc.lock"
    file.write_text("schema: '2.0'\nstages:\n  a:\n    cmd: x\n")
    with yaml_kept_in_memory():
        with dvcfile.modify_yaml(str(file)) as data:
            data["stages"]["b"] = {"cmd": "y"}
        file.write_text("{schema: '2.0', stages: {c: {cmd: z}}}")
        with dvcfile.modify_yaml(str(file)) as data:
            data["stages"]["d"] = {"cmd": "y"}
    assert YAML(typ="safe").load(file)["stages"] == {"c": {"cmd": "z"}, "d": {"cmd": "y"}}


@pytest.mark.parametrize(
    "text",
    [
        "schema: '2.0'\nstages:\n  a:\n    cmd: x",  # the last line has no end
        "schema: '2.0'\nstages:\n  a:\n    cmd: x\nmeta:\n  b: 1\n",
        "schema: '2.0'\nstages:\n",
    ],
)
def test_a_lock_in_another_form_is_left_to_dvc(text: str, tmp_path: Path) -> None:
    file = tmp_path / "dvc.lock"
    file.write_text(text)
    document = YAML(typ="safe").load(file)
    with yaml_kept_in_memory(), dvcfile.modify_yaml(str(file)) as data:
        data["stages"] = (data["stages"] or {}) | {"b": {"cmd": "y"}}
    document["stages"] = (document["stages"] or {}) | {"b": {"cmd": "y"}}
    assert YAML(typ="safe").load(file) == document


def test_settings_that_dvc_parses_once_are_a_copy_for_each_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []

    def noting(text: str) -> object:
        texts.append(text)
        return parse_common_yaml(text)

    monkeypatch.setattr("loaders.cli.dvc_yaml.parse_common_yaml", noting)
    with yaml_kept_in_memory():
        first = strictyaml.parse_yaml("a: {b: 1}", "params.yaml")
        first["a"]["b"] = 2
        assert _yaml.parse_yaml("a: {b: 1}", "params.yaml") == {"a": {"b": 1}}
        assert _yaml.parse_yaml("a: {b: 3}", "params.yaml") == {"a": {"b": 3}}
    assert texts == ["a: {b: 1}", "a: {b: 3}"]


def test_settings_in_a_rare_form_are_left_to_dvc_whose_functions_stay_after_the_run() -> None:
    functions = (_yaml.parse_yaml, strictyaml.parse_yaml, dvcfile.modify_yaml)
    with yaml_kept_in_memory():
        assert _yaml.parse_yaml("a: 0o10", "params.yaml") == {"a": 8}
        with pytest.raises(_yaml.YAMLFileCorruptedError):
            strictyaml.parse_yaml("a: b: c", "params.yaml")
    assert functions == (_yaml.parse_yaml, strictyaml.parse_yaml, dvcfile.modify_yaml)


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
