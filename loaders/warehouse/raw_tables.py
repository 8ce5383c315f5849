"""Writes the results of each pipeline, and the settings, to the schemas `raw_data` and `raw_meta`."""

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow.dataset as ds

from loaders.core.files import sha256
from loaders.core.paths import ProjectPaths
from loaders.db.database import Database
from loaders.harmonise.load_result import LoadResult, stored_load_result
from loaders.pipelines import PIPELINES
from loaders.settings.machine import use_machine
from loaders.settings.params import Settings
from loaders.tables import ADMIN_BOUNDARIES, OVERTURE_MAPS, SOLAR_IRRADIANCE
from loaders.warehouse.build_inputs import write_build_inputs
from loaders.warehouse.dbt_sources import write_sources
from loaders.warehouse.overrides import Override, read_overrides
from loaders.warehouse.raw_data import record_runs, replace_table, write_raw_data, write_rejected


def write_raw_tables(
    path: Path, settings: Settings, paths: ProjectPaths, unchanged: frozenset[str] = frozenset()
) -> None:
    """Write what has been loaded to the warehouse, and describe it to dbt.

    Args:
        path: of the DuckDB file; not used where the settings name a DuckLake.
        settings: with the datasets.
        paths: of the project.
        unchanged: datasets and other raw tables that the warehouse has already.
    """
    use_machine(settings.machine)  # it may run in a process of its own
    database = Database(settings, paths, None if settings.warehouse == "ducklake" else path)
    with database.opened() as connection:
        loaded = [stored_load_result(key, paths) for key in settings.datasets if key not in unchanged]
        write_doi_data(connection, loaded, settings, paths)
        if ADMIN_BOUNDARIES not in unchanged:
            write_boundaries(connection, paths.boundaries)
        if not unchanged.issuperset(paths.irradiance_tables):
            write_irradiance(connection, paths)
    with database.opened() as connection:  # after the commit: a DuckLake does not show everything before
        for pipeline in PIPELINES:
            write_sources(pipeline, connection, settings, paths, paths.root / "dbt")


def write_doi_data(
    connection: duckdb.DuckDBPyConnection, datasets: Sequence[LoadResult], settings: Settings, paths: ProjectPaths
) -> dict[str, str]:
    """Write these datasets and the settings; the tables of other datasets in the settings are kept.

    Args:
        connection: to the warehouse.
        datasets: loaded datasets.
        settings: the settings.
        paths: of the project.

    Returns:
        The table of each dataset.

    Raises:
        SettingsError: the overrides are invalid.
    """
    keys = list(settings.datasets)
    overrides = read_project_overrides(settings, paths)
    metrics = {result.key: result.metrics for result in datasets}
    tables = write_raw_data(connection, {result.key: result.records for result in datasets}, metrics, keys)
    write_rejected(connection, {result.key: result.rejected for result in datasets}, keys)
    write_build_inputs(connection, settings, overrides)
    return tables


def read_project_overrides(settings: Settings, paths: ProjectPaths) -> tuple[Override, ...]:
    """The overrides of the origin of the settings."""
    return read_overrides(paths.root / settings.dedup.overrides, settings.origin)


def write_boundaries(connection: duckdb.DuckDBPyConnection, boundaries: Path) -> dict[str, str]:
    """Write `raw_data.admin_boundaries`.

    Args:
        connection: to the warehouse.
        boundaries: what `load_boundaries` wrote.

    Returns:
        The table, by its name.
    """
    shape = {"geometry": "ST_SetCRS(ST_GeomFromWKB(geometry), 'EPSG:4326')"}
    columns = [name for name in ds.dataset(boundaries).schema.names if name != "bbox"]
    table = replace_table(connection, ADMIN_BOUNDARIES, ds.dataset(boundaries).scanner(columns=columns), shape)
    record_runs(connection, OVERTURE_MAPS, {ADMIN_BOUNDARIES: sha256(boundaries)})
    return {ADMIN_BOUNDARIES: table}


def write_irradiance(connection: duckdb.DuckDBPyConnection, paths: ProjectPaths) -> dict[str, str]:
    """Write `raw_data.solar_irradiance` and `raw_meta.irradiance_refused`.

    Args:
        connection: to the warehouse.
        paths: where `load_irradiance` wrote them.

    Returns:
        The tables, by their names.
    """
    files = paths.irradiance_tables
    tables = {name: replace_table(connection, name, ds.dataset(path)) for name, path in files.items()}
    made_from = json.loads(paths.irradiance_counts.read_text(encoding="utf-8"))["made_from"]
    record_runs(connection, SOLAR_IRRADIANCE, dict.fromkeys(files, made_from))
    return tables
