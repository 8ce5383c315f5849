"""Where Hamilton ends: canonical Parquet and the schema `raw_data`, from which dbt begins."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from loaders.catalog import Dataset
from loaders.contract import RECORD, REJECTED, schema
from loaders.geoparquet import write_parquet
from loaders.locks import write_json
from loaders.workspace import Workspace

RAW_SCHEMA = "raw_data"
ALL_FEATURES = "doi_pv_features"
ACCOUNTING = "dataset_accounting"

Metrics = dict[str, Any]


def kept_records(records: pa.Table) -> pa.Table:
    """The canonical records of a load."""
    names = [field.name for field in RECORD]
    return records.filter(pc.is_null(records["reason"])).select(names).cast(schema())


def rejected_records(records: pa.Table) -> pa.Table:
    """The records of a load that cannot be used, each with its reason."""
    names = [field.name for field in REJECTED]
    return records.filter(pc.is_valid(records["reason"])).select(names).cast(schema(REJECTED))


def write_loaded(records: pa.Table, metrics: Metrics, dataset: Dataset, workspace: Workspace) -> None:
    """Write the canonical records, the rejected ones and the accounting of a dataset.

    All is written aside and then renamed, so that a load that is cut short leaves nothing half-written.
    """
    key = dataset.key
    aside = workspace.scratch(f"load-{key}")
    shutil.rmtree(aside, ignore_errors=True)
    write_parquet(rejected_records(records), aside / workspace.rejected(key).name)
    write_parquet(kept_records(records), aside / workspace.loaded(key).name)
    workspace.loaded(key).parent.mkdir(parents=True, exist_ok=True)
    for place in (workspace.rejected(key), workspace.loaded(key)):
        (aside / place.name).replace(place)
    write_json(metrics, workspace.metrics(key))
    aside.rmdir()


def read_accounting(path: Path) -> Metrics:
    """The accounting that `write_loaded` wrote."""
    metrics: Metrics = json.loads(path.read_text(encoding="utf-8"))
    return metrics


def write_raw_data(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Path | pa.Table],
    metrics: Mapping[str, Metrics],
    keys: Sequence[str],
) -> dict[str, str]:
    """Write `raw_data.<key>` for each of these datasets, all or none; drop those that are not in the settings.

    Args:
        connection: to the warehouse.
        tables: canonical records by dataset, in memory or as a Parquet file.
        metrics: their accounting, by dataset.
        keys: every dataset in the settings; what is already there of them stays.

    Returns:
        The table of each dataset that was written.
    """
    connection.execute("BEGIN")
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {RAW_SCHEMA}")
    for key, table in tables.items():
        _write_raw_table(connection, key, table)
    gone = _write_accounting(connection, metrics, keys)
    _unite(connection, keys, gone)
    connection.execute("COMMIT")
    return {key: f"{RAW_SCHEMA}.{key}" for key in tables}


def _write_raw_table(connection: duckdb.DuckDBPyConnection, key: str, table: Path | pa.Table) -> None:
    columns = ", ".join(f'"{field.name}"' for field in RECORD if field.name != "geometry")
    shape = "ST_SetCRS(ST_GeomFromWKB(geometry), 'EPSG:4326') AS geometry"
    records = ds.dataset(table) if isinstance(table, Path) else table  # a file is streamed
    connection.register("canonical_records", records)
    connection.execute(
        f'CREATE OR REPLACE TABLE {RAW_SCHEMA}."{key}" AS SELECT {columns}, {shape} FROM canonical_records'  # noqa: S608
    )
    connection.unregister("canonical_records")


def _write_accounting(
    connection: duckdb.DuckDBPyConnection, metrics: Mapping[str, Metrics], keys: Sequence[str]
) -> list[str]:
    """How many records of each dataset were read, kept, rejected and repaired.

    Returns:
        The datasets that were written here once and are no longer in the settings.
    """
    table = f"{RAW_SCHEMA}.{ACCOUNTING}"
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {table} (dataset_key VARCHAR, records_read BIGINT, "
        "records_kept BIGINT, records_rejected BIGINT, records_repaired BIGINT)"
    )
    before = connection.execute(f"SELECT DISTINCT dataset_key FROM {table}").fetchall()  # noqa: S608
    stays = [key for key in keys if key not in metrics]
    connection.execute(f"DELETE FROM {table} WHERE NOT list_contains(?::VARCHAR[], dataset_key)", [stays])  # noqa: S608
    rows = [
        (key, *(count["records"][name] for name in ("read", "kept", "rejected")), count["flags"].get("repaired", 0))
        for key, count in metrics.items()
    ]
    connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", rows)  # noqa: S608
    return sorted(key for (key,) in before if key not in keys)


def _unite(connection: duckdb.DuckDBPyConnection, keys: Sequence[str], gone: Sequence[str]) -> None:
    """Make `raw_data.doi_pv_features` the records of these datasets; drop those that are gone, and nothing else."""
    found = connection.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = ?", [RAW_SCHEMA]).fetchall()
    present = sorted(name for (name,) in found)
    selects = (f'SELECT * FROM {RAW_SCHEMA}."{key}"' for key in keys if key in present)  # noqa: S608 (checked keys)
    connection.execute(f"CREATE OR REPLACE VIEW {RAW_SCHEMA}.{ALL_FEATURES} AS {' UNION ALL '.join(selects)}")
    for name in gone:
        connection.execute(f'DROP TABLE IF EXISTS {RAW_SCHEMA}."{name}"')
