"""The Hamilton pipelines by name: what dbt's macros, its hooks and the bridge call."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.core.errors import CatalogError
from loaders.core.files import sha256
from loaders.core.paths import Workspace
from loaders.db.database import Database
from loaders.geo.record_cells import write_cells
from loaders.harmonise.fingerprint import made_from
from loaders.harmonise.load_result import loaded_before
from loaders.overture_maps_loader import run_overture_pipeline
from loaders.raw_pv_doi_ingest import run_doi_pipeline
from loaders.settings import messages as explain
from loaders.settings.params import Catalog, Dataset
from loaders.settings.project import read_project
from loaders.solar_irradiance_loader import irradiance_hash, run_solar_pipeline
from loaders.tables import ADMIN_BOUNDARIES, DOI_DATASETS, OVERTURE_MAPS, SETTINGS, SOLAR_IRRADIANCE
from loaders.warehouse.build_inputs import settings_hash
from loaders.warehouse.raw_data import read_runs
from loaders.warehouse.raw_tables import read_project_overrides, write_doi_data

Connection = duckdb.DuckDBPyConnection
Stored = dict[str, str]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline that stores tables in the schema `raw_data`.

    Attributes:
        run: does all of its work.
        refresh: does what is not there yet, or follows from something else than it did.
    """

    run: Callable[[Connection], Stored]
    refresh: Callable[[Connection], Stored]


def run_pipeline(name: str, connection: Connection, *, only_stale: bool = False) -> Stored:
    """Run a pipeline into a warehouse that is open already.

    Args:
        name: one of PIPELINES.
        connection: to the warehouse; a cursor of it does the writing.
        only_stale: leave alone what is fresh.

    Returns:
        The tables that were stored, by name.

    Raises:
        CatalogError: there is no such pipeline, or the warehouse is of another origin than the settings.
        EoPvError: the pipeline failed.
    """
    if name not in PIPELINES:
        raise CatalogError(explain.unknown(name, PIPELINES, "pipeline", "loaders/pipelines.py"))
    _, workspace = read_project()
    _require_origin(connection, workspace)
    pipeline = PIPELINES[name]
    return (pipeline.refresh if only_stale else pipeline.run)(connection)


def refresh_doi_datasets(connection: Connection) -> Stored:
    """Store what is missing of the DOI datasets: from the files of the last load, or by loading again."""
    catalog, workspace = read_project()
    database = Database(catalog, workspace, connection=connection)
    with database.opened() as cursor:
        noted = read_runs(cursor, DOI_DATASETS)
    wanted = {key: made_from(each, catalog.h3_resolution, workspace) for key, each in catalog.datasets.items()}
    stale = [each for key, each in catalog.datasets.items() if wanted[key] is None or noted.get(key) != wanted[key]]
    here = [each.key for each in stale if _is_loaded(each, wanted[each.key], workspace)]
    missing = [each.key for each in stale if each.key not in here]
    stored = run_doi_pipeline(datasets=missing, connection=connection, executor="threads") if missing else {}
    if here or set(noted) - set(wanted) - {SETTINGS} or noted.get(SETTINGS) != _settings(catalog, workspace):
        with database.opened() as cursor:
            stored |= write_doi_data(cursor, [loaded_before(key, workspace) for key in here], catalog, workspace)
    return stored


def refresh_overture_maps(connection: Connection) -> Stored:
    """Store the boundaries, unless those that are stored follow from the same file."""
    catalog, workspace = read_project()
    with Database(catalog, workspace, connection=connection).opened() as cursor:
        noted = read_runs(cursor, OVERTURE_MAPS).get(ADMIN_BOUNDARIES)
    is_stored = noted and workspace.boundaries.exists() and noted == sha256(workspace.boundaries)
    if is_stored and catalog.boundary_source != "overture":  # a new record may need more of Overture's than is there
        return {}
    return run_overture_pipeline(connection=connection)


def refresh_solar_irradiance(connection: Connection) -> Stored:
    """Store the irradiance, unless that which is stored follows from the same records and settings."""
    catalog, workspace = read_project()
    with Database(catalog, workspace, connection=connection).opened() as cursor:
        noted = read_runs(cursor, SOLAR_IRRADIANCE).get(SOLAR_IRRADIANCE)
    write_cells(catalog, workspace)
    if noted == irradiance_hash(workspace, catalog.irradiance):
        return {}
    return run_solar_pipeline(connection=connection)


# no processes: dbt has threads, and a fork of a process with threads may never end
PIPELINES = {
    DOI_DATASETS: Pipeline(
        lambda connection: run_doi_pipeline(connection=connection, executor="threads"), refresh_doi_datasets
    ),
    OVERTURE_MAPS: Pipeline(lambda connection: run_overture_pipeline(connection=connection), refresh_overture_maps),
    SOLAR_IRRADIANCE: Pipeline(lambda connection: run_solar_pipeline(connection=connection), refresh_solar_irradiance),
}


def _is_loaded(dataset: Dataset, wanted: str | None, workspace: Workspace) -> bool:
    """Whether the files of the last load follow from what is there now."""
    places = (workspace.loaded(dataset.key), workspace.rejected(dataset.key), workspace.metrics(dataset.key))
    if wanted is None or not all(place.exists() for place in places):
        return False
    noted = json.loads(workspace.metrics(dataset.key).read_text(encoding="utf-8")).get("made_from")
    return bool(noted == wanted)


def _settings(catalog: Catalog, workspace: Workspace) -> str:
    return settings_hash(catalog, read_project_overrides(catalog, workspace))


def _require_origin(connection: Connection, workspace: Workspace) -> None:
    """Samples and published records are never stored in one warehouse."""
    query = "SELECT path FROM duckdb_databases() WHERE database_name = current_database()"
    (path,) = connection.cursor().execute(query).fetchone() or (None,)
    data = workspace.root / "data"
    if not path or not Path(path).resolve().is_relative_to(data):
        return
    origin = Path(path).resolve().relative_to(data).parts[0]
    if origin in {"sample", "doi"} and origin != workspace.origin:
        raise CatalogError(
            f"The warehouse {path} is of origin {origin}, but params.yaml says {workspace.origin}. Name the other one: "
            f"EO_PV_DATABASE={workspace.database.relative_to(workspace.root)}."
        )
