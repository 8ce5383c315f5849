import re
import shutil
from collections.abc import Callable
from pathlib import Path

import dask
import duckdb
import geopandas as gpd
import pytest
import shapely
from hamilton import driver

import loaders
from loaders import doi_refresh, raw_pv_doi_ingest
from loaders.acquire.downloader import Downloader
from loaders.acquire.fetch import fetch
from loaders.acquire.resolve import resolve
from loaders.core.errors import (
    AccountingError,
    BuildError,
    ChecksumMismatchError,
    PipelineError,
    ReadError,
    SettingsError,
    SourceError,
)
from loaders.core.paths import ProjectPaths
from loaders.core.script import run_as_script
from loaders.db.connection import connect
from loaders.overture_maps_loader import run_overture_pipeline
from loaders.raw_pv_doi_ingest import load_dataset, run_doi_pipeline
from loaders.settings.base import Executor
from loaders.settings.params import read_settings
from loaders.solar_irradiance_loader import run_solar_pipeline

NODES = [
    "dataset_metadata",
    "target_datasets",
    "dataset_download_path",
    "dataset_geospatial_files",
    "dataset_processed_gdf",
    "dataset_arrow_table",
    "collected_arrow_tables",
    "store_individual_datasets",
]
NORTH, SOUTH = "a_north_2020", "b_south_2021"
STORED = {NORTH: f"raw_data.{NORTH}", SOUTH: f"raw_data.{SOUTH}"}


def _outputs(root: Path) -> dict[str, bytes]:
    """What the loads of a project wrote, by its path."""
    folder = root / "data" / "sample"
    files = [*(folder / "loaded").iterdir(), *(folder / "metrics").iterdir()]
    return {path.name: path.read_bytes() for path in files}


def _change(project: Path, name: str, old: str, new: str) -> None:
    text = (project / name).read_text()
    assert old in text
    (project / name).write_text(text.replace(old, new))


def test_the_graph_is_these_eight_nodes_each_with_three_tags() -> None:
    graph = (
        driver.Builder().with_modules(raw_pv_doi_ingest).enable_dynamic_execution(allow_experimental_mode=True).build()
    )
    made = {node.name: node for node in graph.list_available_variables() if not node.is_external_input}
    assert sorted(made) == sorted(NODES)
    tags = {"data_source", "processing_stage", "data_type"}
    assert [name for name, node in made.items() if not tags <= node.tags.keys()] == []


@pytest.mark.skipif(shutil.which("dot") is None, reason="the program dot of Graphviz is not installed")
def test_the_snippet_that_draws_the_graph_needs_nothing_else(tmp_path: Path) -> None:
    graph = driver.Builder().with_modules(raw_pv_doi_ingest).build()
    drawn = graph.display_all_functions(str(tmp_path / "dag.svg")).source
    assert [name for name in NODES if f"{name} [" not in drawn] == []
    assert "run_doi_pipeline" not in drawn


def test_a_driver_of_ones_own_runs_the_graph_with_the_documented_inputs(project: Path) -> None:
    graph = driver.Builder().with_modules(raw_pv_doi_ingest).enable_dynamic_execution(allow_experimental_mode=True)
    inputs = raw_pv_doi_ingest.inputs(project / "params.yaml", [NORTH])
    made = graph.build().execute(["store_individual_datasets"], inputs=inputs)
    assert made == {"store_individual_datasets": {NORTH: f"raw_data.{NORTH}"}}


@pytest.mark.parametrize("run", [run_doi_pipeline, run_overture_pipeline, run_solar_pipeline])
def test_the_options_of_a_loader_are_its_parameters_with_their_meaning(
    project: Path, run: Callable[..., dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        run_as_script(run, ["--help"], "loaders.a_loader")
    shown = " ".join(capsys.readouterr().out.split())
    assert left.value.code == 0
    assert "usage: python -m loaders.a_loader" in shown
    assert "--database-path DATABASE_PATH the DuckDB file; by default" in shown
    assert "--connection" not in shown
    with pytest.raises(SystemExit) as left:
        run_as_script(run, ["--params", str(project / "nowhere.yaml")], "loaders.a_loader")
    assert re.fullmatch(r"Error: .*nowhere\.yaml.*", str(left.value.code))


def test_the_loader_of_the_datasets_stores_them_and_names_the_tables(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--no-export-geoparquet", "--datasets", NORTH, "--params", str(project / "params.yaml")]
    run_as_script(run_doi_pipeline, options, "loaders.raw_pv_doi_ingest")
    assert capsys.readouterr().out == f"{NORTH}: raw_data.{NORTH}\n"
    assert not (project / "data/sample/loaded" / f"{NORTH}.parquet").exists()


def test_the_pipeline_is_exported_by_its_package() -> None:
    assert loaders.run_doi_pipeline is run_doi_pipeline


def test_each_dataset_goes_to_its_table_and_all_to_one_view(project: Path) -> None:
    assert run_doi_pipeline(params=project / "params.yaml") == STORED
    with connect(project / "data/sample/eo_pv_data.duckdb", read_only=True) as connection:
        rows = connection.sql(
            "SELECT dataset_key, count(*), sum(capacity_mw), any_value(capacity_basis), bool_or(is_synthetic) "
            "FROM raw_data.doi_pv_features GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    assert rows == [(NORTH, 3, None, None, False), (SOUTH, 1, 5.0, "dc", False)]


def test_one_dataset_at_a_time_and_all_together_write_the_same_bytes(project: Path) -> None:
    settings, paths = read_settings(project / "params.yaml"), ProjectPaths(project, "sample")
    for dataset in settings.datasets.values():
        downloads = Downloader(settings)
        fetch(dataset, resolve(dataset, paths, downloads.client), paths, downloads)
        load_dataset(dataset, settings, paths)
    alone = _outputs(project)
    run_doi_pipeline(params=project / "params.yaml")
    assert _outputs(project) == alone
    assert len(alone) == 6


def test_threads_and_one_after_the_other_write_the_same_bytes(project: Path) -> None:
    run_doi_pipeline(params=project / "params.yaml", use_parallel=True)
    threads = _outputs(project)
    run_doi_pipeline(params=project / "params.yaml", use_parallel=False, force_download=True)
    assert _outputs(project) == threads


def test_one_dataset_by_its_alias_leaves_the_tables_of_the_others(project: Path) -> None:
    run_doi_pipeline(params=project / "params.yaml")
    assert run_doi_pipeline(params=project / "params.yaml", datasets=["south"]) == {SOUTH: STORED[SOUTH]}
    with connect(project / "data/sample/eo_pv_data.duckdb", read_only=True) as connection:
        assert connection.sql("SELECT count(*) FROM raw_data.doi_pv_features").fetchall() == [(4,)]


def test_a_warehouse_of_an_earlier_version_gets_its_tables_in_their_schemas_and_loads_nothing_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_doi_pipeline(params=project / "params.yaml")
    with connect(project / "data/sample/eo_pv_data.duckdb") as connection:
        names = [name for (name,) in connection.execute("SHOW TABLES FROM raw_meta").fetchall()]
        for name in names:
            connection.execute(f"CREATE TABLE raw_data.{name} AS FROM raw_meta.{name}")
        connection.execute("DROP SCHEMA raw_meta CASCADE")
        with monkeypatch.context() as patch:
            patch.setattr(doi_refresh, "run_doi_pipeline", lambda **_: pytest.fail("everything is stored"))
            patch.setattr(doi_refresh, "write_doi_data", lambda *_: pytest.fail("everything is stored"))
            assert doi_refresh.refresh_doi_datasets(connection, project / "params.yaml") == {}
        assert names == [name for (name,) in connection.execute("SHOW TABLES FROM raw_meta").fetchall()]
        stored = connection.execute("SHOW TABLES FROM raw_data").fetchall()
        assert stored == [(NORTH,), (SOUTH,), ("doi_pv_features",)]
        counted = "SELECT dataset_key, records_kept FROM raw_meta.dataset_accounting ORDER BY ALL"
        assert connection.execute(counted).fetchall() == [(NORTH, 3), (SOUTH, 1)]
        connection.execute("CREATE TABLE raw_data.settings AS SELECT 1 AS n")  # by the earlier version, once more
        run_doi_pipeline(params=project / "params.yaml", datasets=[NORTH], connection=connection)
        assert connection.execute("SHOW TABLES FROM raw_data").fetchall() == stored
        assert connection.execute("SELECT near_m FROM raw_meta.settings").fetchall() == [(50,)]
        assert connection.execute(counted).fetchall() == [(NORTH, 3), (SOUTH, 1)]


def test_another_database_is_written_where_it_is_wanted_and_no_parquet_if_not(project: Path) -> None:
    run_doi_pipeline(project / "new/w.duckdb", export_geoparquet=False, params=project / "params.yaml")
    with duckdb.connect(project / "new/w.duckdb", read_only=True) as connection:
        assert connection.sql(f"SELECT count(*) FROM raw_data.{NORTH}").fetchall() == [(3,)]  # noqa: S608
    assert not (project / "data/sample/loaded").exists()
    assert not (project / "data/sample/eo_pv_data.duckdb").exists()


def test_a_loaded_file_is_what_geopandas_calls_geoparquet(project: Path) -> None:
    run_doi_pipeline(params=project / "params.yaml")
    frame = gpd.read_parquet(project / f"data/sample/loaded/{NORTH}.parquet")
    assert frame["record_id"].tolist() == [f"{NORTH}:n{step}" for step in range(3)]
    assert frame.geometry[1].equals(shapely.box(11, 50, 11.01, 50.01))


@pytest.mark.parametrize("executor", [None, "threads", "processes", "dask"])
def test_one_dataset_that_fails_does_not_stop_the_others_whoever_works_on_them(
    project: Path, executor: Executor | None
) -> None:
    run_doi_pipeline(params=project / "params.yaml", use_parallel=False)
    alone = _outputs(project)
    for path in (project / "data/sample/loaded").iterdir():
        path.unlink()
    _change(project, "params.yaml", "column: mw", "column: kw")
    with pytest.raises(PipelineError) as caught:
        run_doi_pipeline(params=project / "params.yaml", use_parallel=executor is not None, executor=executor)
    assert caught.value.tables == {NORTH: STORED[NORTH]}
    assert isinstance(caught.value.errors[SOUTH], ReadError)
    said = str(caught.value).splitlines()
    assert said[0] == "1 of 2 datasets failed; the rest is stored:"
    assert said[1].startswith(f"  {SOUTH}: the file has no column 'kw'")
    assert _outputs(project) == {name: text for name, text in alone.items() if "south" not in name or "json" in name}


def test_where_all_fail_nothing_is_stored(project: Path) -> None:
    _change(project, "params.yaml", "column: mw", "column: kw")
    _change(project, "params.yaml", "source_id: id", "source_id: di")
    with pytest.raises(PipelineError, match="2 of 2 datasets failed; nothing is stored:"):
        run_doi_pipeline(params=project / "params.yaml")
    assert not (project / "data/sample/eo_pv_data.duckdb").exists()
    assert not (project / "data/sample/loaded").exists()


def test_what_is_no_fault_of_a_dataset_is_not_taken_for_one(project: Path) -> None:
    (project / "data/sample/eo_pv_data.duckdb").mkdir(parents=True)
    with pytest.raises(BuildError, match="cannot be opened"):
        run_doi_pipeline(params=project / "params.yaml")


def test_a_scheduler_is_for_dask_alone(project: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"A scheduler \(tcp://here:1\) is for the executor dask, not for threads\."
    ):
        run_doi_pipeline(params=project / "params.yaml", scheduler="tcp://here:1")


def test_a_scheduler_that_is_not_there_is_an_error(project: Path) -> None:
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "100ms"}),
        pytest.raises(SourceError, match=r"The Dask scheduler tcp://127\.0\.0\.1:1 does not answer"),
    ):
        run_doi_pipeline(params=project / "params.yaml", executor="dask", scheduler="tcp://127.0.0.1:1")


@pytest.mark.parametrize("export_geoparquet", [True, False])
def test_another_number_than_expected_fails_whatever_is_written(project: Path, export_geoparquet: bool) -> None:
    _change(project, "params.yaml", "alias: south", "alias: south\n    expected_features: 2")
    with pytest.raises(AccountingError, match=rf"{SOUTH}: expected 2 records, read 1\."):
        run_doi_pipeline(params=project / "params.yaml", export_geoparquet=export_geoparquet, datasets=["south"])
    assert not (project / "data/sample/eo_pv_data.duckdb").exists()


@pytest.mark.parametrize("export_geoparquet", [True, False])
@pytest.mark.parametrize("shapes", [(), (None,)], ids=["no features", "no shapes"])
def test_a_dataset_of_nothing_usable_is_refused_by_name(
    project: Path, geojson: Callable[..., str], shapes: tuple[None, ...], export_geoparquet: bool
) -> None:
    (project / "farms.geojson").write_text(geojson(*shapes))
    (project / "params.yaml").write_text("datasets:\n  farms:\n    source: {path: farms.geojson}\n")
    with pytest.raises(AccountingError, match="farms: expected polygons or points, but no record can be used"):
        run_doi_pipeline(params=project / "params.yaml", export_geoparquet=export_geoparquet)


def test_a_changed_file_is_refused_unless_the_lock_is_updated(project: Path) -> None:
    run_doi_pipeline(params=project / "params.yaml")
    _change(project, "south.geojson", '"mw": 5', '"mw": 6')
    with pytest.raises(ChecksumMismatchError, match=f"make update KEY={SOUTH}"):
        run_doi_pipeline(params=project / "params.yaml", datasets=[SOUTH])


@pytest.mark.parametrize("folder", ["it's [here]", "source_id=7"])
def test_a_project_may_be_in_a_folder_of_any_name(folder: str, project: Path) -> None:
    place = project / folder
    place.mkdir()
    for name in ("params.yaml", "north.geojson", "south.geojson"):
        (project / name).rename(place / name)
    run_doi_pipeline(params=place / "params.yaml", use_parallel=False)
    with connect(place / "data/sample/eo_pv_data.duckdb") as connection:
        found = connection.execute("SELECT record_id FROM raw_data.doi_pv_features ORDER BY ALL").fetchall()
        counted = connection.execute("SELECT sum(records_kept), sum(records_rejected) FROM raw_meta.dataset_accounting")
        assert counted.fetchall() == [(4, 0)]
    assert [name for (name,) in found[:3]] == [f"{NORTH}:n0", f"{NORTH}:n1", f"{NORTH}:n2"]
