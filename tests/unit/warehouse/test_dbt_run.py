"""dbt parses a project ahead of its build, which is the same then as one alone."""

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, cast

import duckdb
import pytest

from loaders.core.foreign_errors import STOPPED_EXIT_CODE
from loaders.warehouse.dbt_progress import WaitingProcess, process_on_request
from loaders.warehouse.dbt_run import NO_LOG, PARSE, DbtBuild

ROOT = Path(__file__).resolve().parents[3]
LONGEST_PARSE_S, SLOW_PARSE_S = 60, 8
PARSED = ("target/partial_parse.msgpack", "target/manifest.json", "build.duckdb")
JSON = ("--no-use-colors", "--log-format", "json")
CHANGING = {"created_at", "compiled_code", "tags"}
FILES = {
    "dbt_project.yml": "name: small\nprofile: small\nflags: {send_anonymous_usage_stats: false}\n"
    'on-run-start: ["create schema if not exists of_hook"]\n',
    "profiles.yml": "small: {target: dev, outputs: {dev: {type: duckdb, path: build.duckdb}}}",
    "models/shards.sql": "select '{% if execute %}{{ env_var('EO_PV_SHARDS', 'none') }}{% endif %}' as folder",
    "models/places.sql": "{{ config(materialized='table') }} select folder from {{ ref('shards') }}",
    "models/only_shards.sql": "select folder from {{ ref('shards') }}",
    "models/other_places.sql": "{{ config(tags='on_request') }} select folder from {{ ref('places') }}",
    "models/models.yml": "models: [{name: places, columns: [{name: folder, data_tests: [not_null, unique]}]}, "
    "{name: only_shards, columns: [{name: folder, data_tests: [not_null]}]}]",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of dbt with two models and a test."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def _process(project: Path) -> AbstractContextManager[WaitingProcess]:
    command = [sys.executable, "-m", "loaders.warehouse.dbt_process", "build", *_folders(project), *JSON]
    command += ["--exclude", "tag:on_request", "only_shards", "unique_places_folder"]
    return process_on_request(command, project, os.environ | {"PYTHONPATH": str(ROOT)})


def _folders(project: Path) -> list[str]:
    return ["--project-dir", str(project), "--profiles-dir", str(project), *NO_LOG]


def _build(project: Path, variables: Mapping[str, str], changed: str | None = None) -> tuple[int, str]:
    """Build; with a changed model, parse ahead and change it after that."""
    with _process(project) as process:
        if changed:
            process.prepare([*PARSE, *_folders(project)])
            end = time.monotonic() + LONGEST_PARSE_S
            while not (project / PARSED[0]).exists() and time.monotonic() < end:
                time.sleep(0.01)
            assert [(project / name).exists() for name in PARSED] == [True, False, False]
            (project / "models/shards.sql").write_text(changed)
        return process(variables)


def _result(project: Path) -> tuple[Any, Any, Any]:
    """What dbt has built: rows, results of nodes, and what it writes about each of them, without code and times."""
    with duckdb.connect(str(project / "build.duckdb"), read_only=True) as connection:
        rows = connection.sql("select folder from places").fetchall()
    results = json.loads((project / "target/run_results.json").read_text())["results"]
    nodes = json.loads((project / "target/manifest.json").read_text())["nodes"]
    assert [node["compiled_code"] for node in nodes.values() if node["name"] == "shards"] == [
        f"select '{rows[0][0]}' as folder"
    ]
    kept = {key: {name: node[name] for name in node.keys() - CHANGING} for key, node in nodes.items()}
    return rows, sorted((node["unique_id"], node["status"]) for node in results), kept


def test_a_build_of_what_was_parsed_ahead_is_the_same_as_one_alone_which_parses_nothing_again(project: Path) -> None:
    assert _build(project, {"EO_PV_SHARDS": "a"}, changed="select 'not read'") == (0, "")
    rows, *others = _result(project)
    assert rows == [("a",)]
    assert others[0] == [
        ("model.small.places", "success"),
        ("model.small.shards", "success"),
        ("operation.small.small-on-run-start-0", "success"),
        ("test.small.not_null_places_folder.e363c54b4f", "pass"),
    ]
    (project / "models/shards.sql").write_text(FILES["models/shards.sql"])
    parsed = (project / PARSED[0]).stat().st_mtime_ns
    assert _build(project, {"EO_PV_SHARDS": "b"}) == (0, "")
    assert _result(project) == ([("b",)], *others)
    assert (project / PARSED[0]).stat().st_mtime_ns == parsed


def test_a_failed_node_ends_dbt_with_1(project: Path) -> None:
    code, output = _build(project, {"EO_PV_SHARDS": "it's"}, changed="select 'not read'")
    assert code == 1
    assert "select 'it's' as folder" in output


def test_a_project_that_cannot_be_parsed_ahead_is_reported_once_by_the_build(project: Path) -> None:
    (project / "models/shards.sql").write_text("select * from {{ ref('missing') }}")
    with _process(project) as process:
        process.prepare([*PARSE, *_folders(project)])
        code, output = process({})
    assert code == 2
    assert output.count("depends on a node named 'missing' which was not found") == 1


def test_ctrl_c_while_dbt_parses_stops_it(project: Path) -> None:
    """dbt itself takes it for a project that cannot be parsed."""
    slow = "{% for i in range(10000) %}{% for j in range(10000) %}{% endfor %}{% endfor %} select 1 as folder"
    (project / "models/shards.sql").write_text(slow)
    with _process(project) as process:
        process.prepare([*PARSE, *_folders(project)])
        time.sleep(SLOW_PARSE_S)
        process.process.send_signal(signal.SIGINT)
        assert process({})[0] in {STOPPED_EXIT_CODE, -signal.SIGINT}  # or while it still imports
    assert not (project / PARSED[1]).exists()


class Requests:
    """A stand-in for the process of dbt."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []

    def prepare(self, arguments: list[str]) -> None:
        self.commands.append(arguments[:1])


@pytest.fixture
def requests() -> Requests:
    return Requests()


@pytest.fixture
def dbt(requests: Requests, tmp_path: Path) -> DbtBuild:
    return DbtBuild(cast("WaitingProcess", requests), tmp_path / "dbt", tmp_path / "build.duckdb")


def test_what_is_described_is_parsed_at_once(dbt: DbtBuild, requests: Requests) -> None:
    dbt.parse_after(None)
    assert requests.commands == [["parse"]]


def test_the_project_is_parsed_when_its_raw_tables_are_written(dbt: DbtBuild, requests: Requests) -> None:
    raw_tables: Future[None] = Future()
    dbt.parse_after(raw_tables)
    assert requests.commands == []
    raw_tables.set_result(None)
    assert requests.commands == [["parse"]]


def test_nothing_is_parsed_when_the_raw_tables_are_not_written(dbt: DbtBuild, requests: Requests) -> None:
    failed: Future[None] = Future()
    dbt.parse_after(failed)
    failed.set_exception(OSError("disk full"))
    stopped: Future[None] = Future()
    dbt.parse_after(stopped)
    stopped.cancel()
    assert requests.commands == []
