"""What dbt's macros are told by the functions that run Hamilton."""

import errno
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import duckdb
import pytest
from dbt_common.exceptions import DbtRuntimeError

from loaders import dbt_plugin, pipelines
from loaders.core.errors import SettingsError
from loaders.settings.project import read_project

LOCKED = 'IO Error: Could not set lock on file "x.duckdb": Conflicting lock is held in PID 7'
ERRORS = [
    (OSError(errno.ENOSPC, "No space left on device"), "The disk that holds "),
    (duckdb.IOException(LOCKED), "x.duckdb is open in process 7. "),
    (MemoryError(), "Memory runs out: "),
]


@pytest.fixture
def connection(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the functions, in a project that dbt has found."""
    monkeypatch.setattr(dbt_plugin, "open_project", lambda: read_project(project / "params.yaml"))
    with duckdb.connect() as opened:
        dbt_plugin.register_hamilton(opened)
        yield opened


def _asked(connection: duckdb.DuckDBPyConnection, call: str) -> dict[str, Any]:
    ((answer,),) = connection.execute(f"SELECT {call}").fetchall()
    found: dict[str, Any] = json.loads(answer)
    return found


@pytest.mark.parametrize(("error", "message"), ERRORS, ids=["full disk", "locked file", "memory"])
@pytest.mark.parametrize("call", ["run_hamilton('doi_datasets', true, '{}')", "update_sources('doi_datasets', '{}')"])
def test_an_error_of_a_library_is_one_sentence_without_its_stack(
    connection: duckdb.DuckDBPyConnection, call: str, error: Exception, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(pipelines, "run_pipeline", fail)
    failed = _asked(connection, call.format(uuid4()))["failed"]
    assert list(failed) == [""]
    assert failed[""].startswith(message)
    assert "\n" not in failed[""]


def test_sources_that_cannot_be_written_are_one_sentence_that_names_the_place(
    connection: duckdb.DuckDBPyConnection, project: Path
) -> None:
    (project / "dbt").touch()  # where the folder of the sources should be
    failed = _asked(connection, "update_sources('doi_datasets', 'sources')")["failed"]
    assert failed[""].startswith(f"{project}/dbt/sources")
    assert "\n" not in failed[""]


def test_pipelines_run_in_one_thread_of_python(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a thread of DuckDB's, pyproj crashes the process."""
    threads: list[str] = []

    def run(*_: object, **__: object) -> dict[str, str]:
        threads.append(threading.current_thread().name)
        return {}

    monkeypatch.setattr(pipelines, "run_pipeline", run)
    for _ in range(3):
        _asked(connection, f"run_hamilton('doi_datasets', true, '{uuid4()}')")
        _asked(connection, f"update_sources('doi_datasets', '{uuid4()}')")
    assert threads == ["hamilton_0"] * 6


def test_a_bug_of_ours_keeps_its_stack(connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("bug")

    monkeypatch.setattr(pipelines, "run_pipeline", fail)
    with pytest.raises(duckdb.InvalidInputException, match=r"(?s)KeyError: 'bug'.*dbt_plugin\.py"):
        connection.execute("SELECT run_hamilton('doi_datasets', true, 'bug')").fetchall()


@pytest.mark.parametrize(
    ("error", "message"),
    [(SettingsError("params.yaml: origin is 'x'."), "params.yaml: origin is 'x'."), *ERRORS],
    ids=["settings", "full disk", "locked file", "memory"],
)
def test_an_error_before_the_warehouse_is_open_is_one_of_dbt(
    error: Exception, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(dbt_plugin, "open_project", fail)
    plugin = dbt_plugin.Plugin("loaders.dbt_plugin", {})
    with pytest.raises(DbtRuntimeError) as raised:
        plugin.update_connection_config(SimpleNamespace(), {})
    assert raised.value.msg.startswith(message)
