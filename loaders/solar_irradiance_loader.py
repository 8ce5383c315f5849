"""Run the graph of the solar irradiance: into a file, as the DVC stage `irradiance` does, and into the warehouse."""

import hashlib
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from hamilton import driver

from loaders.acquire.download_cache import user_cache
from loaders.core.files import sha256, write_json
from loaders.core.paths import ProjectPaths
from loaders.core.progress import with_progress
from loaders.core.script import run_as_script
from loaders.db.database import Database
from loaders.geo.geoparquet import write_parquet
from loaders.geo.record_cells import IRRADIANCE, write_cells
from loaders.http.client import HttpClient
from loaders.irradiance import solar_irradiance
from loaders.irradiance.provider import ProviderContext
from loaders.irradiance.solar_irradiance import IrradianceCounts
from loaders.lineage.emit import hamilton_adapters, pipeline_events
from loaders.lineage.steps import irradiance_steps
from loaders.settings.irradiance import Irradiance
from loaders.settings.params import Settings
from loaders.settings.project import read_project
from loaders.tables import SOLAR_IRRADIANCE
from loaders.warehouse.raw_data import read_runs
from loaders.warehouse.raw_tables import write_irradiance

# it reports every exception that it also raises
logging.getLogger("hamilton").setLevel(logging.CRITICAL)
log = logging.getLogger(__name__)


def run_solar_pipeline(
    database_path: Path | str | None = None,
    params: Path | str | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> dict[str, str]:
    """Load the solar irradiance of the H3 cells that hold loaded records into the warehouse.

    Args:
        database_path: the DuckDB file; by default `data/<origin>/eo_pv_data.duckdb`, or the DuckLake of the settings.
        params: the settings; by default the `params.yaml` of the project around the working directory.
        connection: to the warehouse, where it is open already.

    Returns:
        The tables, by their names; their columns are those of `loaders.irradiance`.

    Raises:
        BuildError: no records are loaded, or the warehouse is open elsewhere.
        SourceError: the provider cannot be asked, or needs a key; what it has said so far is kept.
    """
    settings, paths = read_project(params)
    write_cells(settings, paths)
    database = Database(settings, paths, Path(database_path) if database_path else None, connection)
    with pipeline_events(SOLAR_IRRADIANCE, paths, partial(irradiance_steps, paths, database.lineage_name)) as run:
        adapters = hamilton_adapters(SOLAR_IRRADIANCE, paths, run)
        counts = load_irradiance(settings.irradiance, paths, provider_context(settings), adapters)
        for reason, cells in counts.refused.items():
            log.warning("no irradiance for %d of %d cells: %s", cells, counts.read, reason)
        with database.opened() as opened:
            return write_irradiance(opened, paths)


def store_solar_irradiance(connection: duckdb.DuckDBPyConnection, params: Path | None = None) -> dict[str, str]:
    """Run the pipeline inside of dbt."""
    return run_solar_pipeline(params=params, connection=connection)


def refresh_solar_irradiance(connection: duckdb.DuckDBPyConnection, params: Path | None = None) -> dict[str, str]:
    """Store the irradiance, unless that which is stored follows from the same records and settings."""
    settings, paths = read_project(params)
    with Database(settings, paths, connection=connection).opened() as cursor:
        noted = read_runs(cursor, SOLAR_IRRADIANCE).get(SOLAR_IRRADIANCE)
    write_cells(settings, paths)
    if noted == irradiance_hash(paths, settings.irradiance):
        return {}
    return run_solar_pipeline(params=params, connection=connection)


def load_irradiance(
    settings: Irradiance, paths: ProjectPaths, context: ProviderContext, adapters: Sequence[Any] = ()
) -> IrradianceCounts:
    """Write the irradiance of the cells that hold records, and which cells have none.

    Args:
        settings: who is asked, for which panels.
        paths: where the cells are, and where the files go; they are replaced only when all is written.
        context: how the provider is asked.
        adapters: of Hamilton, for lineage.

    Returns:
        What became of the cells.

    Raises:
        AccountingError: the provider has left some out; nothing is written.
        SourceError: the provider cannot be asked, or needs a key.
    """
    graph = driver.Builder().with_modules(solar_irradiance).with_adapters(*adapters).build()
    cells_file = paths.cells(IRRADIANCE)
    inputs = {"cells_file": cells_file, "irradiance_settings": settings, "context": context}
    made = graph.execute(["solar_irradiance", "refused_cells", "irradiance_counts"], inputs=inputs)
    counts: IrradianceCounts = made["irradiance_counts"]
    write_parquet(made["solar_irradiance"], paths.irradiance)
    write_parquet(made["refused_cells"], paths.refused_irradiance)
    made_from = irradiance_hash(paths, settings)
    write_json(asdict(counts) | {"made_from": made_from}, paths.irradiance_counts)
    return counts


def provider_context(settings: Settings, agreed: Callable[[int], bool] = lambda _: False) -> ProviderContext:
    """How providers are asked: as the settings and the environment say; answers are kept in the user's cache.

    Args:
        settings: the settings.
        agreed: whether the person who runs this agrees to so many billable requests.
    """
    return ProviderContext(
        HttpClient(settings.download), user_cache().root / "irradiance", os.environ, with_progress, agreed
    )


def irradiance_hash(paths: ProjectPaths, settings: Irradiance) -> str:
    """A hash of what the tables follow from: the cells, the settings, and the models of the provider."""
    models = solar_irradiance.provider(settings).MODELS
    parts = [settings.model_dump_json(), models, sha256(paths.cells(IRRADIANCE))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


if __name__ == "__main__":
    run_as_script(run_solar_pipeline)
