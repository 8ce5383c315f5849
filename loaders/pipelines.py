"""The Hamilton pipelines by name: what dbt's macros, its hooks and the bridge call."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.core.errors import SettingsError
from loaders.core.files import sha256
from loaders.core.paths import ProjectPaths
from loaders.db.database import Database
from loaders.geo.record_cells import write_cells
from loaders.harmonise.fingerprint import made_from
from loaders.harmonise.load_result import stored_load_result
from loaders.overture_maps_loader import run_overture_pipeline
from loaders.raw_pv_doi_ingest import run_doi_pipeline
from loaders.settings import messages as explain
from loaders.settings.params import Dataset, Settings
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
        SettingsError: there is no such pipeline, or the warehouse is of another origin than the settings.
        EoPvError: the pipeline failed.
    """
    if name not in PIPELINES:
        raise SettingsError(explain.unknown(name, PIPELINES, "pipeline", "loaders/pipelines.py"))
    _, paths = read_project()
    _require_origin(connection, paths)
    pipeline = PIPELINES[name]
    return (pipeline.refresh if only_stale else pipeline.run)(connection)


def refresh_doi_datasets(connection: Connection) -> Stored:
    """Store what is missing of the DOI datasets: from the files of the last load, or by loading again."""
    settings, paths = read_project()
    database = Database(settings, paths, connection=connection)
    with database.opened() as cursor:
        noted = read_runs(cursor, DOI_DATASETS)
    wanted = {key: made_from(each, settings.h3_resolution, paths) for key, each in settings.datasets.items()}
    stale = [each for key, each in settings.datasets.items() if wanted[key] is None or noted.get(key) != wanted[key]]
    here = [each.key for each in stale if _is_loaded(each, wanted[each.key], paths)]
    missing = [each.key for each in stale if each.key not in here]
    stored = run_doi_pipeline(datasets=missing, connection=connection, executor="threads") if missing else {}
    if here or set(noted) - set(wanted) - {SETTINGS} or noted.get(SETTINGS) != _settings(settings, paths):
        with database.opened() as cursor:
            stored |= write_doi_data(cursor, [stored_load_result(key, paths) for key in here], settings, paths)
    return stored


def refresh_overture_maps(connection: Connection) -> Stored:
    """Store the boundaries, unless those that are stored follow from the same file."""
    settings, paths = read_project()
    with Database(settings, paths, connection=connection).opened() as cursor:
        noted = read_runs(cursor, OVERTURE_MAPS).get(ADMIN_BOUNDARIES)
    is_stored = noted and paths.boundaries.exists() and noted == sha256(paths.boundaries)
    if is_stored and settings.boundary_source != "overture":  # a new record may need more of Overture's than is there
        return {}
    return run_overture_pipeline(connection=connection)


def refresh_solar_irradiance(connection: Connection) -> Stored:
    """Store the irradiance, unless that which is stored follows from the same records and settings."""
    settings, paths = read_project()
    with Database(settings, paths, connection=connection).opened() as cursor:
        noted = read_runs(cursor, SOLAR_IRRADIANCE).get(SOLAR_IRRADIANCE)
    write_cells(settings, paths)
    if noted == irradiance_hash(paths, settings.irradiance):
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


def _is_loaded(dataset: Dataset, wanted: str | None, paths: ProjectPaths) -> bool:
    """Whether the files of the last load follow from what is there now."""
    places = (paths.loaded(dataset.key), paths.rejected(dataset.key), paths.metrics(dataset.key))
    if wanted is None or not all(place.exists() for place in places):
        return False
    noted = json.loads(paths.metrics(dataset.key).read_text(encoding="utf-8")).get("made_from")
    return bool(noted == wanted)


def _settings(settings: Settings, paths: ProjectPaths) -> str:
    return settings_hash(settings, read_project_overrides(settings, paths))


def _require_origin(connection: Connection, paths: ProjectPaths) -> None:
    """Samples and published records are never stored in one warehouse."""
    query = "SELECT path FROM duckdb_databases() WHERE database_name = current_database()"
    (path,) = connection.cursor().execute(query).fetchone() or (None,)
    data = paths.root / "data"
    if not path or not Path(path).resolve().is_relative_to(data):
        return
    origin = Path(path).resolve().relative_to(data).parts[0]
    if origin in {"sample", "doi"} and origin != paths.origin:
        raise SettingsError(
            f"The warehouse {path} is of origin {origin}, but params.yaml says {paths.origin}. Name the other one: "
            f"EO_PV_DATABASE={paths.database.relative_to(paths.root)}."
        )
