"""Run the graph of the boundaries: into a file, as the DVC stage `boundaries` does, and into the warehouse."""

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from hamilton import driver

from loaders.boundaries import admin_boundaries
from loaders.boundaries.admin_boundaries import BoundaryCounts
from loaders.boundaries.overture.extract import extract
from loaders.boundaries.overture.lock import keep_release_lock
from loaders.boundaries.overture.resolve import resolve
from loaders.core.files import sha256
from loaders.core.paths import ProjectPaths
from loaders.core.progress import with_progress
from loaders.core.script import run_as_script
from loaders.db.database import Database
from loaders.geo.geoparquet import write_parquet
from loaders.geo.record_cells import BOUNDARIES, read_cells, write_cells
from loaders.http.client import HttpClient
from loaders.lineage.emit import hamilton_adapters, pipeline_events
from loaders.lineage.steps import boundary_steps
from loaders.settings.params import Settings
from loaders.settings.project import read_project
from loaders.tables import ADMIN_BOUNDARIES, OVERTURE_MAPS
from loaders.warehouse.raw_data import read_runs
from loaders.warehouse.raw_tables import write_boundaries

# it reports every exception that it also raises
logging.getLogger("hamilton").setLevel(logging.CRITICAL)


def run_overture_pipeline(
    database_path: Path | str | None = None,
    params: Path | str | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> dict[str, str]:
    """Load the boundaries of countries and regions into the warehouse.

    Args:
        database_path: the DuckDB file; by default `data/<origin>/eo_pv_data.duckdb`, or the DuckLake of the settings.
        params: the settings; by default the `params.yaml` of the project around the working directory.
        connection: to the warehouse, where it is open already.

    Returns:
        The table, by its name.

    Raises:
        BuildError: no records are loaded, around which boundaries are needed; or the warehouse is open elsewhere.
        ReadError: the boundaries cannot be read.
        SourceError: the release of Overture Maps is gone, or nobody answers.
    """
    settings, paths = read_project(params)
    database = Database(settings, paths, Path(database_path) if database_path else None, connection)
    if settings.boundary_source == "overture":
        write_cells(settings, paths)
    source = published_boundaries(settings, paths)
    with pipeline_events(OVERTURE_MAPS, paths, partial(boundary_steps, source, paths, database.lineage_name)) as run:
        adapters = hamilton_adapters(OVERTURE_MAPS, paths, run)
        load_boundaries(source, paths.boundaries, adapters)
        with database.opened() as opened:
            return write_boundaries(opened, paths.boundaries)


def store_overture_maps(connection: duckdb.DuckDBPyConnection, params: Path | None = None) -> dict[str, str]:
    """Run the pipeline inside of dbt."""
    return run_overture_pipeline(params=params, connection=connection)


def refresh_overture_maps(connection: duckdb.DuckDBPyConnection, params: Path | None = None) -> dict[str, str]:
    """Store the boundaries, unless those that are stored follow from the same file."""
    settings, paths = read_project(params)
    with Database(settings, paths, connection=connection).opened() as cursor:
        noted = read_runs(cursor, OVERTURE_MAPS).get(ADMIN_BOUNDARIES)
    is_stored = noted and paths.boundaries.exists() and noted == sha256(paths.boundaries)
    if is_stored and settings.boundary_source != "overture":  # a new record may need more of Overture's than is there
        return {}
    return run_overture_pipeline(params=params, connection=connection)


def published_boundaries(settings: Settings, paths: ProjectPaths) -> Path:
    """The areas as they are published: the bundled extract, or what is kept of Overture's release.

    Of the release is read what is not kept yet, around the cells that hold records.

    Raises:
        BuildError: nobody knows where the records are.
        SourceError: the release is gone, or nobody answers.
    """
    if settings.boundary_source != "overture":
        keep_release_lock(paths.release_lock)
        return paths.bundled_boundaries
    boundaries, web = settings.boundaries.below(paths.root), HttpClient(settings.download)
    cells = read_cells(paths.cells(BOUNDARIES))
    lock = resolve(boundaries, paths, web)
    extract(cells, boundaries.of_release(lock.release), paths, web, with_progress)
    return paths.overture


def load_boundaries(source: Path, target: Path, adapters: Sequence[Any] = ()) -> BoundaryCounts:
    """Bring the boundaries of countries and regions to the columns of `raw_data.admin_boundaries`.

    Args:
        source: GeoParquet as Overture's `division_area`: the bundled extract, or the user's own; a file or a folder.
        target: GeoParquet in EPSG:4326; replaced only when all is written.
        adapters: of Hamilton, for lineage.

    Returns:
        What became of every area.

    Raises:
        ReadError: the source is not such a file, or its codes or outlines cannot be meant.
    """
    graph = driver.Builder().with_modules(admin_boundaries).with_adapters(*adapters).build()
    made = graph.execute(["boundaries", "boundary_counts"], inputs={"boundary_source": source})
    write_parquet(made["boundaries"], target)
    counts: BoundaryCounts = made["boundary_counts"]
    return counts


if __name__ == "__main__":
    run_as_script(run_overture_pipeline)
