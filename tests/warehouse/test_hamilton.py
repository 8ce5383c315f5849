"""dbt calls Hamilton: the macros, the hooks of staging, the sources that are written, and how fresh they are."""

import gc
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.results import FreshnessStatus
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from loaders import doi_refresh, overture_maps_loader, pipelines, raw_pv_doi_ingest
from loaders.core.paths import ProjectPaths
from loaders.db.connection import connect
from loaders.raw_pv_doi_ingest import run_doi_pipeline
from loaders.settings.file_selection import select_files
from tests.pristine import pristine_settings, write_pristine
from tests.warehouse.conftest import ROOT

NORTH, SOUTH = "a_north_2020", "b_south_2021"
MODEL = "select * from {{{{ source('raw_data', '{}') }}}}"
STAGING = {path.stem for path in (ROOT / "dbt/models/staging").glob("*.sql")}
STAGED = ["stg_pv_features", "stg_admin_boundaries"]
Invoke = Callable[..., dbtRunnerResult]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Manifest]:
    """The parsed project."""
    arguments = ["--project-dir", str(ROOT / "dbt"), "--profiles-dir", str(ROOT / "dbt"), "--quiet"]
    target = tmp_path_factory.mktemp("dbt")
    parsed = dbtRunner().invoke(["parse", *arguments, "--target-path", str(target), "--log-path", str(target)]).result
    assert isinstance(parsed, Manifest)
    gc.freeze()  # it and all of dbt need not be searched whenever a test collects garbage
    yield parsed
    gc.unfreeze()


@pytest.fixture
def place(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two small datasets and dbt, and a warehouse that is not there yet."""
    shutil.copytree(ROOT / "dbt", project / "dbt", ignore=shutil.ignore_patterns("target", "logs"))
    shutil.copytree(ROOT / "data/samples/admin_boundaries", project / "data/samples/admin_boundaries")
    monkeypatch.chdir(project)
    monkeypatch.delenv("EO_PV_DATABASE", raising=False)
    monkeypatch.delenv("EO_PV_HAMILTON", raising=False)
    return project


@pytest.fixture
def dbt(place: Path, manifest: Manifest) -> Invoke:
    """The command; as a process of its own would, it closes the warehouse at its end."""

    def invoke(*arguments: str, parsed: Manifest | None = manifest) -> dbtRunnerResult:
        folders = ["--project-dir", "dbt", "--profiles-dir", "dbt", "--no-use-colors"]
        try:
            return dbtRunner(manifest=parsed).invoke([*arguments, *folders])
        finally:
            if DuckDBConnectionManager._ENV is not None:
                DuckDBConnectionManager._ENV.close()
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
            gc.collect()  # an error's traceback holds cursors

    return invoke


@contextmanager
def _opened(place: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(place / "data/sample/eo_pv_data.duckdb", read_only=True) as connection:
        yield connection


def _tables(place: Path, schema: str = "raw_data") -> set[str]:
    with _opened(place) as connection:
        query = "SELECT table_name FROM duckdb_tables() WHERE schema_name = ?"
        return {name for (name,) in connection.execute(query, [schema]).fetchall()}


def _change(place: Path, old: str, new: str) -> None:
    text = (place / "params.yaml").read_text()
    assert old in text
    (place / "params.yaml").write_text(text.replace(old, new))


@pytest.mark.parametrize(
    "call",
    [
        ("execute_hamilton_pipeline", "{pipeline: doi_dataset}"),
        ("update_hamilton_sources", "{pipeline_name: doi_dataset}"),
        ("run_hamilton_pipeline", "{pipeline: doi_dataset}"),
    ],
)
def test_an_unknown_pipeline_is_an_error_of_the_compiler_that_lists_them(
    dbt: Invoke, call: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert not dbt("run-operation", call[0], "--args", call[1]).success
    said = capfd.readouterr().out
    assert "Compilation Error" in said
    assert "There is no Hamilton pipeline 'doi_dataset'. There are: doi_datasets, overture_maps, solar_irr" in said


def test_the_macros_and_python_know_the_same_pipelines() -> None:
    macros = (ROOT / "dbt/macros/hamilton.sql").read_text()
    assert f"return({list(pipelines.PIPELINES)})" in macros


def test_the_hooks_load_what_is_missing_and_then_do_nothing(
    place: Path, dbt: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dbt("run", "--select", *STAGED).success
    with _opened(place) as connection:
        assert connection.execute("SELECT count(*) FROM staging.stg_pv_features").fetchall() == [(4,)]
        assert connection.execute("SELECT count(*) FROM staging.stg_admin_boundaries").fetchall() == [(179,)]
    runners = ((doi_refresh, "run_doi_pipeline"), (overture_maps_loader, "run_overture_pipeline"))
    for module, name in (*runners, (doi_refresh, "write_doi_data")):
        monkeypatch.setattr(module, name, lambda *_, **__: pytest.fail("there was nothing to do"))
    assert dbt("run", "--select", *STAGED).success


def test_a_hook_does_again_only_what_changed(place: Path, dbt: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dbt("run", "--select", "stg_pv_features").success
    ran: list[list[str]] = []

    def run(datasets: list[str], **given: Any) -> dict[str, str]:
        ran.append(datasets)
        return run_doi_pipeline(datasets=datasets, **given)

    monkeypatch.setattr(doi_refresh, "run_doi_pipeline", run)
    _change(place, "unit: MWp", "unit: kWp")
    assert dbt("run", "--select", "stg_pv_features").success
    assert ran == [[SOUTH]]
    with _opened(place) as connection:
        assert connection.execute(f"SELECT capacity_mw FROM raw_data.{SOUTH}").fetchall() == [(0.005,)]  # noqa: S608


def test_a_new_warehouse_is_filled_from_the_files_of_the_last_load(
    place: Path, dbt: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dbt("run", "--select", "stg_pv_features").success
    (place / "data/sample/eo_pv_data.duckdb").unlink()
    monkeypatch.setattr(doi_refresh, "run_doi_pipeline", lambda **_: pytest.fail("everything is loaded"))
    assert dbt("run", "--select", "stg_pv_features").success
    assert {NORTH, SOUTH} <= _tables(place)


def test_a_setting_of_the_models_reaches_a_warehouse_that_has_all_records(place: Path, dbt: Invoke) -> None:
    assert dbt("run", "--select", "stg_settings").success
    with (place / "params.yaml").open("a") as file:
        file.write("dedup: {near_m: 33}\n")
    assert dbt("run", "--select", "stg_settings").success
    with _opened(place) as connection:
        assert connection.execute("SELECT near_m FROM staging.stg_settings").fetchall() == [(33.0,)]


def test_a_removed_dataset_leaves_the_warehouse_by_the_hook(place: Path, dbt: Invoke) -> None:
    assert dbt("run", "--select", "stg_pv_features").success
    settings = yaml.safe_load((place / "params.yaml").read_text())
    del settings["datasets"][SOUTH]
    (place / "params.yaml").write_text(yaml.safe_dump(settings))
    assert dbt("run", "--select", "stg_pv_features").success
    assert SOUTH not in _tables(place)


def test_a_broken_dataset_fails_dbt_once_and_all_else_is_built(
    place: Path, dbt: Invoke, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _change(place, "column: mw", "column: kw")
    loads: list[str] = []

    def load(*arguments: Any) -> Any:
        loads.append(arguments[1])
        return select_files(*arguments)

    monkeypatch.setattr(raw_pv_doi_ingest, "select_files", load)
    done = dbt("run", "--select", "staging")
    assert not done.success
    assert {result.node.name: str(result.status) for result in done.result.results} == {  # type: ignore[union-attr]
        **dict.fromkeys(STAGING, "success"),
        "eo_pv-on-run-start-0": "success",
        "eo_pv-on-run-end-0": "error",
    }
    assert len(loads) == 2, "each dataset is loaded once, whatever number of models asks"
    printed = capfd.readouterr().out
    about = [line for line in printed.splitlines() if "hamilton" in line.lower() or SOUTH in line]
    assert f"{SOUTH}: the file has no column 'kw'" in printed
    assert len(about) <= 15
    assert "Traceback" not in printed
    with _opened(place) as connection:
        datasets = connection.execute("SELECT DISTINCT dataset_key FROM staging.stg_pv_features").fetchall()
    assert datasets == [(NORTH,)]


def test_where_nothing_can_be_stored_dbt_says_why_once_and_skips_the_models(
    place: Path, dbt: Invoke, capfd: pytest.CaptureFixture[str]
) -> None:
    (place / "north.geojson").unlink()
    (place / "south.geojson").unlink()
    done = dbt("run", "--select", "staging")
    assert not done.success
    assert {result.node.name: str(result.status) for result in done.result.results} == {  # type: ignore[union-attr]
        **dict.fromkeys(STAGING, "skipped"),
        "eo_pv-on-run-start-0": "error",
        "eo_pv-on-run-end-0": "success",
    }
    printed = capfd.readouterr().out
    assert [printed.count(f"{key}: expected ") for key in (NORTH, SOUTH)] == [1, 1]
    assert "Catalog Error" not in printed
    assert "Traceback" not in printed


def test_a_model_that_reads_a_broken_dataset_fails_with_its_reason(
    place: Path, dbt: Invoke, capfd: pytest.CaptureFixture[str]
) -> None:
    (place / "dbt/models/staging/south.sql").write_text(MODEL.format(SOUTH))
    (place / "dbt/models/staging/north.sql").write_text(MODEL.format(NORTH))
    tables = [{"name": NORTH}, {"name": SOUTH}]
    source = {"version": 2, "sources": [{"name": "raw_data", "schema": "raw_data", "tables": tables}]}
    (place / "dbt/sources/own_sources.yml").write_text(yaml.safe_dump(source))
    _change(place, "column: mw", "column: kw")
    done = dbt("run", "--select", "south", "north", parsed=None)
    status = {result.node.name: str(result.status) for result in done.result.results}  # type: ignore[union-attr]
    assert (status["north"], status["south"]) == ("success", "error")
    assert capfd.readouterr().out.count("the file has no column 'kw'") <= 3


@pytest.mark.parametrize("is_variable", [True, False])
def test_hooks_that_are_switched_off_leave_the_warehouse_alone(
    is_variable: bool, place: Path, dbt: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_variable:
        monkeypatch.setenv("EO_PV_HAMILTON", "off")
    option = () if is_variable else ("--vars", "hamilton: off")
    assert not dbt("run", "--select", "stg_pv_features", *option).success
    assert _tables(place) == set()


def test_a_warehouse_of_samples_is_not_filled_with_published_records(
    place: Path, dbt: Invoke, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EO_PV_DATABASE", "data/sample/eo_pv_data.duckdb")
    with (place / "params.yaml").open("a") as file:
        file.write("origin: doi\n")
    assert not dbt("run-operation", "execute_hamilton_pipeline", "--args", "{pipeline: doi_datasets}").success
    assert "is of origin sample, but params.yaml says doi" in capfd.readouterr().out
    assert _tables(place) == set()


ASKED = {
    "today": (0, FreshnessStatus.Pass),
    "last_week": (8, FreshnessStatus.Warn),
    "long_ago": (15, FreshnessStatus.Error),
    "never": (None, FreshnessStatus.Error),
}


def test_a_source_is_as_fresh_as_its_publisher_was_last_asked(
    place: Path, dbt: Invoke, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    own = {"source": {"path": "north.geojson"}}
    settings: dict[str, Any] = {"datasets": dict.fromkeys([*ASKED, "own"], own)}
    (place / "params.yaml").write_text(yaml.safe_dump(settings))
    assert dbt("run-operation", "execute_hamilton_pipeline", "--args", "{pipeline: doi_datasets}").success
    published = {"source": {"url": "https://example.org/north.geojson"}}
    settings = {
        "origin": "doi",
        "datasets": dict.fromkeys(ASKED, published) | {"own": own},
        "boundaries": {"release": "2020-01-15.0"},
        "irradiance": {"provider": "pvgis"},
    }
    (place / "params.yaml").write_text(yaml.safe_dump(settings))
    (place / "data/sample").rename(place / "data/doi")
    monkeypatch.setenv("EO_PV_HAMILTON", "off")  # nobody is to be asked
    monkeypatch.setenv("EO_PV_CACHE", str(place / "cache"))
    now = datetime.now(UTC)
    for key, (days, _) in ASKED.items():
        asked = ProjectPaths(place, "doi").last_asked(key)
        asked.unlink()
        if days is not None:
            asked.write_text(json.dumps({"asked_at": (now - timedelta(days=days)).isoformat()}))
    for days, name in ((400, "old.gz"), (366, "new.gz")):
        response = place / "cache/irradiance/pvgis/1234" / name
        response.parent.mkdir(parents=True, exist_ok=True)
        response.touch()
        os.utime(response, ((now - timedelta(days=days)).timestamp(),) * 2)
    assert dbt("run-operation", "update_hamilton_sources").success
    parsed = dbt("parse", parsed=None).result
    assert isinstance(parsed, Manifest)
    capfd.readouterr()
    done = dbt("source", "freshness", "--select", "source:raw_data", parsed=parsed)
    results = {result.node.name: result.status for result in done.result.results}  # type: ignore[union-attr]
    expected = {key: status for key, (_, status) in ASKED.items()}
    expected |= {"own": FreshnessStatus.Pass, "doi_pv_features": FreshnessStatus.Error}
    expected |= dict.fromkeys(("admin_boundaries", "solar_irradiance"), FreshnessStatus.Warn)
    assert {key: results[key] for key in expected} == expected
    assert not done.success
    lines = capfd.readouterr().out
    for days, ago, key in ((0, "less than a day", "today"), (8, "8 days", "last_week"), (15, "15 days", "long_ago")):
        day = now - timedelta(days=days)
        assert f"its publisher was last asked {ago} ago ({day:%Y-%m-%d}): raw_data.{key}\n" in lines
    assert "never asked on this machine (`make update` does): raw_data.never\n" in lines
    assert re.search(r"as its least recent dataset, never, never asked on .*: .*raw_data\.doi_pv_features", lines)
    assert "a file of your own, nothing to ask: raw_data.own\n" in lines
    released = (now - datetime(2020, 1, 15, tzinfo=UTC)).days
    assert f"Overture Maps 2020-01-15.0, released {released} days ago (2020-01-15): raw_data.admin_bound" in lines
    assert re.search(r"the newest response of pvgis was fetched 366 days ago .*: .*raw_data\.solar_irradiance", lines)


def test_samples_have_no_publisher_and_dbt_says_so_before_the_first_run(
    place: Path, dbt: Invoke, capfd: pytest.CaptureFixture[str]
) -> None:
    write_pristine("params.yaml", place)
    assert dbt("source", "freshness", "--select", "source:raw_data").success
    lines = capfd.readouterr().out
    assert "Nothing to do" not in lines
    sentence = "synthetic samples, nothing to ask (set `origin: doi` in params.yaml for the published datasets): "
    (datasets,) = re.findall(re.escape(sentence) + "(.*)", lines)
    keys = pristine_settings().datasets
    assert {f"raw_data.{key}" for key in (*keys, "doi_pv_features")} <= set(datasets.split(", "))
    assert "Natural Earth, bundled, nothing to ask: raw_data.admin_boundaries\n" in lines
    assert re.search(r"clear-sky model, computed here, nothing to ask: .*raw_data\.solar_irradiance", lines)


def test_a_selection_of_one_table_gets_its_line_alone(
    place: Path, dbt: Invoke, capfd: pytest.CaptureFixture[str]
) -> None:
    assert dbt("source", "freshness", "--select", "source:raw_data.admin_boundaries").success
    lines = capfd.readouterr().out
    assert lines.count("nothing to ask") == 1
    assert "Natural Earth, bundled, nothing to ask: raw_data.admin_boundaries\n" in lines


def test_a_python_model_runs_hamilton_and_keeps_the_crs(place: Path, dbt: Invoke) -> None:
    assert dbt("run", "--select", "stg_pv_features", "prep_pv_shape_metrics").success
    with _opened(place) as connection:
        rows = connection.execute(
            "SELECT record_id, round(length_m), round(width_m), axis_azimuth_deg, typeof(geometry) "
            "FROM prepared.prep_pv_shape_metrics ORDER BY ALL"
        ).fetchall()
    assert rows == [(f"{NORTH}:n{n}", 1112.0, 717.0, 0.0, "GEOMETRY('EPSG:4326')") for n in range(3)]
