"""What dbt is told of the tables that Hamilton has stored."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt.cli.main import dbtRunner

from loaders.acquire.lock import LockedFile, Record, read_lock, write_lock
from loaders.contract import RECORD
from loaders.core.errors import SettingsError
from loaders.core.files import sha256
from loaders.core.paths import ProjectPaths
from loaders.db.connection import connect
from loaders.db.database import Database
from loaders.hamilton_dbt_bridge import HamiltonDbtBridge
from loaders.raw_pv_doi_ingest import run_doi_pipeline, store_individual_datasets
from loaders.settings.project import read_project
from loaders.warehouse.dbt_sources import write_sources

ROOT = Path(__file__).resolve().parents[2]
NORTH, SOUTH = "a_north_2020", "b_south_2021"
Tables = dict[str, dict[str, Any]]


@pytest.fixture
def written(project: Path) -> Callable[..., Tables]:
    """The tables that the bridge describes, of two small datasets."""

    def write(name: str = "doi_datasets") -> Tables:
        (project / "dbt").mkdir(exist_ok=True)
        (project / "dbt" / "dbt_project.yml").touch()
        document = HamiltonDbtBridge(project).update_sources_from_hamilton(name)
        assert document == yaml.safe_load((project / "dbt" / "sources" / f"{name}_sources.yml").read_text())
        schemas = [(source["name"], source["schema"]) for source in document["sources"]]
        assert schemas == [("raw_data", "raw_data"), ("raw_meta", "raw_meta")][: len(schemas)]
        return {table["name"]: table for source in document["sources"] for table in source["tables"]}

    return write


@pytest.fixture
def stored(project: Path) -> None:
    run_doi_pipeline(params=project / "params.yaml", use_parallel=False)


@pytest.mark.usefixtures("stored")
def test_data_and_the_accounting_are_two_sources(project: Path, written: Callable[..., Tables]) -> None:
    written()
    document = yaml.safe_load((project / "dbt/sources/doi_datasets_sources.yml").read_text())
    assert {source["name"]: [table["name"] for table in source["tables"]] for source in document["sources"]} == {
        "raw_data": ["doi_pv_features", NORTH, SOUTH],
        "raw_meta": ["dataset_accounting", "rejected_records"],
    }


@pytest.mark.usefixtures("stored")
def test_each_table_says_what_is_in_it_and_where_it_comes_from(project: Path, written: Callable[..., Tables]) -> None:
    tables = written()
    meta = tables[SOUTH]["config"]["meta"]
    lock = ProjectPaths(project, "sample").lock(SOUTH)
    assert meta["hamilton_generated"] is True
    assert meta["pipeline"] == "doi_datasets"
    assert meta["hamilton_nodes"][0] == "dataset_metadata"
    assert meta["hamilton_nodes"][-1] == "store_individual_datasets"
    assert meta["hamilton_tags"] == {
        "data_source": "doi",
        "processing_stage": "store",
        "data_type": "tables",
        "hamilton_node_type": "sink",
        "io_operation": "write",
        "description": (store_individual_datasets.__doc__ or "").splitlines()[0],
    }
    assert meta["row_count"] == 1
    assert meta["source"] == {"path": "south.geojson"}
    assert meta["lock_sha256"] == sha256(lock)
    assert tables["doi_pv_features"]["config"]["meta"]["row_count"] == 4


@pytest.mark.usefixtures("stored")
def test_columns_have_types_units_and_the_words_of_the_contract(written: Callable[..., Tables]) -> None:
    columns = {column["name"]: column for column in written()[NORTH]["columns"]}
    assert {name: column["description"] for name, column in columns.items()} == {
        field.name: field.meaning for field in RECORD
    }
    assert columns["geometry"]["data_type"] == "geometry('EPSG:4326')"
    assert columns["capacity_mw"]["data_type"] == "double"
    assert columns["capacity_mw"]["config"]["meta"] == {"unit": "MW"}
    assert columns["area_m2"]["config"]["meta"] == {"unit": "m²"}
    assert "config" not in columns["source_id"]


@pytest.mark.usefixtures("stored")
def test_the_same_tables_give_the_same_bytes_and_other_rows_give_others(
    project: Path, written: Callable[..., Tables]
) -> None:
    path = project / "dbt/sources/doi_datasets_sources.yml"
    written()
    before, time = path.read_bytes(), path.stat().st_mtime_ns
    run_doi_pipeline(params=project / "params.yaml")
    written()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, time)
    with connect(project / "data/sample/eo_pv_data.duckdb") as connection:
        connection.execute(f"DELETE FROM raw_data.{NORTH} WHERE source_id = 'n0'")  # noqa: S608
    assert written()[NORTH]["config"]["meta"]["row_count"] == 2


@pytest.mark.usefixtures("stored")
def test_dbt_reads_what_a_publisher_and_the_settings_say_as_text(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EO_PV_SECRET", "opensesame")
    template = "{{ env_var('EO_PV_SECRET') }}"
    names = ("title", "version", "licence", "doi")
    hostile: dict[str, Any] = {name: f"{name} {template} {{% raw %}} {{# <script>" for name in names}
    params = yaml.safe_load((project / "params.yaml").read_text())
    params["datasets"][SOUTH]["licence"] = hostile["licence"]
    (project / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    place = ProjectPaths(project, "sample").lock(SOUTH)
    lock = read_lock(place)
    file = LockedFile("south.geojson", checksum=lock.files[0].checksum)
    record = Record("zenodo", "1", creators=(template,), **hostile)
    write_lock(type(lock)(lock.dataset, "doi", {"path": template}, (file,), record), place)
    _described(project)
    manifest = _parsed_by_dbt(project / "dbt")
    meta = manifest["sources"][f"source.eo_pv.raw_data.{SOUTH}"]["config"]["meta"]
    assert {name: meta[name] for name in names} == hostile
    assert meta["licence_stated_by_the_publisher"] == hostile["licence"]
    assert manifest["sources"][f"source.eo_pv.raw_data.{SOUTH}"]["database"] == "memory"
    assert "opensesame" not in json.dumps(manifest)


@pytest.mark.usefixtures("stored")
def test_a_description_holds_no_words_of_a_publisher(project: Path) -> None:
    place = ProjectPaths(project, "sample").lock(SOUTH)
    lock = read_lock(place)
    file = LockedFile("south.geojson", checksum=lock.files[0].checksum)
    record = Record("zenodo", "1", title="<img src=x onerror=alert(1)>", doi="10.5281/<b>[x](javascript:y)")
    write_lock(type(lock)(lock.dataset, "doi", lock.source, (file,), record), place)
    assert _described(project)[SOUTH]["description"] == (
        f"One row per record of {SOUTH} that can be used, from https://doi.org/10.5281/%3Cb%3E%5Bx%5D(javascript:y)."
    )


def _described(project: Path) -> Tables:
    """The tables as they are described without running anything before: the lock in the test is made up."""
    settings, paths = read_project(project / "params.yaml")
    with Database(settings, paths).opened() as connection:
        path = write_sources("doi_datasets", connection, settings, paths, project / "dbt")
    sources = yaml.safe_load(path.read_text())["sources"]
    return {table["name"]: table for source in sources for table in source["tables"]}


def _parsed_by_dbt(folder: Path) -> dict[str, Any]:
    """The manifest that dbt makes of a project without models."""
    profile = {"target": "duckdb", "outputs": {"duckdb": {"type": "duckdb", "path": ":memory:", "schema": "main"}}}
    (folder / "profiles.yml").write_text(yaml.safe_dump({"eo_pv": profile}))
    project = {"name": "eo_pv", "version": "1.0.0", "profile": "eo_pv", "model-paths": ["sources"]}
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(project))
    options = ("--quiet", "--no-send-anonymous-usage-stats", "--log-level-file", "none", "--no-partial-parse")
    done = dbtRunner().invoke(["parse", "--project-dir", str(folder), "--profiles-dir", str(folder), *options])
    assert done.success, done.exception
    manifest: dict[str, Any] = json.loads((folder / "target" / "manifest.json").read_text())
    return manifest


def test_the_bridge_runs_what_nothing_has_stored_yet(project: Path, written: Callable[..., Tables]) -> None:
    assert {NORTH, SOUTH} <= set(written())
    shutil.copytree(ROOT / "data/samples/admin_boundaries", project / "data/samples/admin_boundaries")
    assert written("overture_maps")["admin_boundaries"]["config"]["meta"]["row_count"] == 179


def test_a_folder_without_a_dbt_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no dbt_project\.yml in .*Give the folder of the dbt project"):
        HamiltonDbtBridge(tmp_path)


def test_an_unknown_pipeline_is_refused_with_the_nearest(project: Path, written: Callable[..., Tables]) -> None:
    with pytest.raises(SettingsError, match="Did you mean overture_maps"):
        written("overture_map")
