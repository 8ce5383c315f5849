"""What `eo-pv all` spares DVC changes neither what DVC reads nor what other processes see of its locks."""

import json
import os
import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from dulwich import porcelain
from dvc import rwlock
from dvc.fs import localfs
from dvc.stage import run as stage_run
from dvc.stage.exceptions import StageCmdFailedError
from ruamel.yaml import YAML
from scmrepo.git.backend.dulwich import DulwichBackend

from loaders.cli.dvc_git import git_index_kept_in_memory
from loaders.cli.dvc_rwlock import paths_locked_once
from loaders.cli.dvc_steps import arguments_of, steps_on_server
from loaders.cli.dvc_yaml_parser import RareYaml, parse_common_yaml
from loaders.cli.fork_client import SERVER_VARIABLE
from loaders.cli.fork_server import fork_server, fork_server_on_demand

ROOT = Path(__file__).resolve().parents[3]
BIN = str(Path(sys.executable).parent)


def typed(value: object) -> object:
    """A value with the types of all its parts, in their order: 1 is neither 1.0 nor true."""
    if isinstance(value, dict):
        return [(typed(key), typed(part)) for key, part in value.items()]
    return [typed(part) for part in value] if isinstance(value, list) else (type(value), value)


@pytest.mark.parametrize("name", ["params.yaml", "dvc.yaml", "dvc.lock"])
def test_the_files_that_dvc_reads_have_the_values_of_ruamel(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert typed(parse_common_yaml(text)) == typed(YAML(typ="safe").load(text))


@pytest.mark.parametrize(
    "text",
    [
        *("", "# nothing", "a:", "a: ~", "a: null", "a: Null", "a: yes", "a: NO", "a: on", "a: TRUE", "a: false"),
        *("a: 1", "a: -12", "a: 0", "a: 1.10", "a: -1.5", "a: '1'", 'a: "true"', "a: !!str 1", "a: 1:30", "a: ${x}/y"),
        *(
            "1: 2",
            "true: 1",
            "- 1\n- [a, {b: c}]",
            "a: &x {b: 1}\nc: *x",
            "a: |\n  t\n",
            "---\na: 1\n...\n",
            "a: 5d41e",
        ),
    ],
)
def test_a_common_text_has_the_values_of_ruamel(text: str) -> None:
    assert typed(parse_common_yaml(text)) == typed(YAML(typ="safe").load(text))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a: 010",
            "a: 0o10",
            "a: 1_000",
            "a: 2024-01-02",
            "a: .inf",
            "a: 1e5",
            "a: .5",
            "a: +1",
            "a: 0x1f",
            "a: 123e45",
        ),
        *("a: 1\na: 2", "1: a\ntrue: b", "<<: {a: 1}", "a: !foo b", "? [a]\n: b", "%YAML 1.1\n---\na: yes", "a:\tb"),
        *("a: 123e45", "a: *b", "a: b: c", "[" * 5000 + "]" * 5000),
    ],
)
def test_a_rare_text_is_left_to_ruamel(text: str) -> None:
    with pytest.raises(RareYaml):
        parse_common_yaml(text)


def test_a_path_is_locked_once_and_as_long_as_by_dvc(tmp_path: Path) -> None:
    edits: list[str] = []

    def locked(read: list[str], write: list[str]) -> Any:
        return rwlock.rwlock(str(tmp_path), localfs, "x", read, write, False)

    def held() -> dict[str, list[str]]:
        document = json.loads((tmp_path / "rwlock").read_text())
        return {mode: sorted(paths) for mode, paths in document.items() if paths}

    edit = rwlock._edit_rwlock

    def counted(*arguments: Any) -> Any:
        edits.append("")
        return edit(*arguments)

    with pytest.MonkeyPatch.context() as patch, paths_locked_once():
        patch.setattr(rwlock, "_edit_rwlock", counted)
        with locked(["/a"], ["/b"]):
            with locked(["/a", "/b"], []), locked([], ["/b"]):
                assert held() == {"read": ["/a"], "write": ["/b"]}
            assert (held(), len(edits)) == ({"read": ["/a"], "write": ["/b"]}, 1)
            with locked([], ["/a"]):  # reading is not writing
                assert held() == {"read": ["/a"], "write": ["/a", "/b"]}
        assert (held(), len(edits)) == ({}, 4)
        with locked(["/a"], []):
            assert held() == {"read": ["/a"]}


def test_what_git_tracks_is_read_again_after_a_change(tmp_path: Path) -> None:
    porcelain.init(str(tmp_path))
    (tmp_path / "data").mkdir()
    for name in ("data/a.csv", "b.csv"):
        (tmp_path / name).write_text("1")
    porcelain.add(str(tmp_path), [str(tmp_path / "data/a.csv")])
    names = ("data", "data/a.csv", "dat", "data/a", "b.csv", "../x", ".")
    backend = DulwichBackend(str(tmp_path))
    expected = [backend.is_tracked(str(tmp_path / name)) for name in names]
    assert expected == [True, True, False, False, False, False, False]
    with git_index_kept_in_memory():
        assert [backend.is_tracked(str(tmp_path / name)) for name in names] == expected
        porcelain.add(str(tmp_path), [str(tmp_path / "b.csv")])
        assert backend.is_tracked(str(tmp_path / "b.csv"))
    assert DulwichBackend.is_tracked.__name__ == "is_tracked"


@pytest.mark.parametrize(
    ("cmd", "arguments"),
    [
        ("python -m loaders cells", ["eo-pv", "cells"]),
        ('python -m loaders load "$DVC_STAGE"', ["eo-pv", "load", "load@a; rm"]),
        ("python -m loaders cells; rm x", []),
        ("python -m loaders load $DVC_STAGE", []),
        ("python -m loaders warehouse --if-stale", []),
        ("python3 -m loaders cells", []),
        ("echo x", []),
    ],
)
def test_only_commands_of_ours_go_to_the_server(cmd: str, arguments: list[str]) -> None:
    assert arguments_of(cmd, {"PATH": BIN, "DVC_STAGE": "load@a; rm"}) == arguments


def test_a_command_of_another_python_goes_to_a_shell(tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to(sys.executable)
    assert arguments_of("python -m loaders cells", {"PATH": f"{tmp_path}:{BIN}"}) == []
    assert arguments_of("python -m loaders cells", {"PATH": str(tmp_path / "empty")}) == []


@pytest.mark.parametrize("context", [fork_server, nullcontext])
def test_a_step_on_the_server_fails_and_succeeds_as_in_a_shell(
    context: Any, project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}", "DVC_STAGE": "resolve@a_north_2020"}
    options = {"cwd": str(project), "env": environment, "close_fds": True}
    cmd = 'python -m loaders resolve "$DVC_STAGE"'
    interrupt = signal.getsignal(signal.SIGINT)
    with context(), steps_on_server():
        stage_run._run("/bin/sh", cmd, **options)
        assert capfd.readouterr().out.startswith("a_north_2020: 1 file(s)")
        environment["DVC_STAGE"] = "resolve@nroth"
        with pytest.raises(StageCmdFailedError, match="exited with 1"):
            stage_run._run("/bin/sh", cmd, **options)
        assert "there is no dataset 'nroth'" in capfd.readouterr().err
    assert signal.getsignal(signal.SIGINT) is interrupt


@pytest.mark.parametrize(
    ("number", "said"), [(9, "Error: The process of a step was killed. Run the same command again.\n"), (2, "")]
)
def test_a_step_that_was_killed_in_a_shell_has_a_sentence(
    number: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with steps_on_server(), pytest.raises(StageCmdFailedError, match=f"exited with -{number}"):
        stage_run._run("/bin/sh", f"kill -{number} $$", cwd=".", env=dict(os.environ), close_fds=True)
    assert capfd.readouterr().err == said


def test_a_server_on_demand_is_started_once_and_ends_with_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SERVER_VARIABLE, raising=False)
    with fork_server_on_demand() as start:
        assert SERVER_VARIABLE not in os.environ
        start()
        address = os.environ[SERVER_VARIABLE]
        start()
        assert (os.environ[SERVER_VARIABLE], Path(address).exists()) == (address, True)
    assert (SERVER_VARIABLE in os.environ, Path(address).exists()) == (False, False)
