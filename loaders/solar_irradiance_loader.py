"""Run the graph of the solar irradiance, straight into the warehouse."""

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from hamilton import driver

from loaders import solar_irradiance
from loaders.catalog import Catalog
from loaders.catalog_irradiance import Irradiance
from loaders.database import Database
from loaders.errors import BuildError
from loaders.geoparquet import write_parquet
from loaders.irradiance import clearsky
from loaders.lineage import hamilton_adapters, pipeline_events
from loaders.lineage_steps import Step, file, table
from loaders.locks import sha256
from loaders.project import read_project
from loaders.store import RAW_SCHEMA, note_runs, replace_table
from loaders.workspace import Workspace

SOLAR_IRRADIANCE = "solar_irradiance"

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
        The table, by its name; its columns are those of `loaders.irradiance.IRRADIANCE`.

    Raises:
        BuildError: no records are loaded, or the warehouse is open elsewhere.
    """
    catalog, workspace = read_project(params)
    files = loaded_files(catalog, workspace)
    database = Database(catalog, workspace, Path(database_path) if database_path else None, connection)
    reads = tuple(file(path, workspace) for path in files)
    writes = (table(f"{RAW_SCHEMA}.{SOLAR_IRRADIANCE}", workspace, database.told),)
    with pipeline_events(SOLAR_IRRADIANCE, workspace, lambda: [Step(SOLAR_IRRADIANCE, reads, writes)]) as run:
        adapters = hamilton_adapters(SOLAR_IRRADIANCE, workspace, run)
        rows = load_irradiance(files, catalog.irradiance, workspace.irradiance, adapters)
        with database.opened() as opened:
            stored = replace_table(opened, SOLAR_IRRADIANCE, rows)
            note_runs(opened, SOLAR_IRRADIANCE, {SOLAR_IRRADIANCE: irradiance_hash(files, catalog.irradiance)})
    return {SOLAR_IRRADIANCE: stored}


def load_irradiance(
    files: Sequence[Path], settings: Irradiance, target: Path, adapters: Sequence[Any] = ()
) -> pa.Table:
    """The irradiance of the cells that hold these records.

    Args:
        files: canonical records, as GeoParquet.
        settings: who is asked, for which panels.
        target: Parquet; replaced only when all is written.
        adapters: of Hamilton, for lineage.

    Returns:
        What is written.
    """
    graph = driver.Builder().with_modules(solar_irradiance).with_adapters(*adapters).build()
    inputs = {"record_files": list(files), "irradiance_settings": settings}
    rows = graph.execute([SOLAR_IRRADIANCE], inputs=inputs)[SOLAR_IRRADIANCE]
    write_parquet(rows, target)
    return rows


def loaded_files(catalog: Catalog, workspace: Workspace) -> list[Path]:
    """The records of the datasets in the settings that are loaded.

    Raises:
        BuildError: none is.
    """
    files = {key: workspace.loaded(key) for key in catalog.datasets}
    missing = [key for key, path in files.items() if not path.exists()]
    if len(missing) == len(files):
        raise BuildError(
            "No records are loaded, and irradiance is asked for where they are. Run `dvc repro`, or "
            "`eo-pv ingest --all`."
        )
    if missing:
        log.warning("%s: not loaded; no irradiance is asked for where their records are", ", ".join(missing))
    return [path for path in files.values() if path.exists()]


def irradiance_hash(files: Sequence[Path], settings: Irradiance) -> str:
    """A hash of what the table follows from: a new pvlib is a new table."""
    parts = [settings.model_dump_json(), clearsky.MODELS, *(sha256(path) for path in files)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
