"""Where Hamilton ends: canonical Parquet and the schema `raw_data`, from which dbt begins."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset as ds

from loaders.contract import RECORD

RAW_SCHEMA = "raw_data"
ALL_FEATURES = "doi_pv_features"
ACCOUNTING = "dataset_accounting"

Metrics = dict[str, Any]


def read_accounting(path: Path) -> Metrics:
    """The accounting that `write_loaded` wrote."""
    metrics: Metrics = json.loads(path.read_text(encoding="utf-8"))
    return metrics


def write_raw_data(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Path],
    metrics: Mapping[str, Metrics],
    keys: Sequence[str],
) -> dict[str, str]:
    """Write `raw_data.<key>` for each of these datasets, all or none; drop those that are not in the settings.

    Args:
        connection: to the warehouse.
        tables: canonical records by dataset, as Parquet.
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


def _write_raw_table(connection: duckdb.DuckDBPyConnection, key: str, table: Path) -> None:
    columns = ", ".join(f'"{field.name}"' for field in RECORD if field.name != "geometry")
    shape = "ST_SetCRS(ST_GeomFromWKB(geometry), 'EPSG:4326') AS geometry"
    connection.register("canonical_records", ds.dataset(table))  # is streamed
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
