"""Tables of the schemas `raw_data` and `raw_meta`: the interface between Hamilton and dbt."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow.dataset as ds

from loaders.contract import RECORD, REJECTED, schema
from loaders.core.escape import sql_name, sql_parquet
from loaders.harmonise.row_accounting import Metrics
from loaders.tables import (
    ACCOUNTING,
    ALL_FEATURES,
    DOI_DATASETS,
    META_SCHEMA,
    RAW_SCHEMA,
    REJECTED_RECORDS,
    RUNS,
    qualified_name,
    schema_of,
)

REJECTED_WITHOUT_SHAPE = schema(tuple(field for field in REJECTED if field.name != "published_wkb"))


def write_raw_data(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Path],
    metrics: Mapping[str, Metrics],
    keys: Sequence[str],
) -> dict[str, str]:
    """Write `raw_data.<key>` for each of these datasets; drop those that are not in the settings.

    Args:
        connection: to the warehouse, in a transaction.
        tables: canonical records by dataset, as Parquet.
        metrics: their accounting, by dataset.
        keys: every dataset in the settings; their other tables are kept.

    Returns:
        The table of each written dataset.
    """
    _create_schemas(connection)
    for key, table in tables.items():
        _write_raw_table(connection, key, table)
    removed = write_accounting(connection, metrics, keys)
    _write_all_features(connection, keys, removed)
    record_runs(connection, DOI_DATASETS, {key: metrics[key].get("made_from") for key in tables}, removed)
    return {key: qualified_name(key) for key in tables}


def record_runs(
    connection: duckdb.DuckDBPyConnection,
    pipeline: str,
    made_from: Mapping[str, str | None],
    removed: Sequence[str] = (),
) -> None:
    """Record in `raw_meta.hamilton_runs` which pipeline has stored which tables.

    Args:
        connection: to the warehouse.
        pipeline: its name.
        made_from: hash of the inputs of each table; None where unknown.
        removed: tables that were dropped.
    """
    table = qualified_name(RUNS)
    connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (pipeline VARCHAR, table_name VARCHAR, made_from VARCHAR)")
    rewritten = [*made_from, *removed]
    connection.execute(f"DELETE FROM {table} WHERE list_contains(?::VARCHAR[], table_name)", [rewritten])  # noqa: S608
    rows = [(pipeline, name, text) for name, text in made_from.items()]
    if rows:
        connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)  # noqa: S608


def read_runs(connection: duckdb.DuckDBPyConnection, pipeline: str) -> dict[str, str | None]:
    """The tables that a pipeline has stored, with the hash of their inputs; dropped tables are left out."""
    if RUNS not in tables_in(connection, META_SCHEMA):
        return {}
    query = f"SELECT table_name, made_from FROM {qualified_name(RUNS)} WHERE pipeline = ? ORDER BY table_name"  # noqa: S608
    runs = dict(connection.execute(query, [pipeline]).fetchall())
    present = {schema: tables_in(connection, schema) for schema in (RAW_SCHEMA, META_SCHEMA)}
    return {name: text for name, text in runs.items() if name in present[schema_of(name)]}


def tables_in(connection: duckdb.DuckDBPyConnection, schema: str) -> set[str]:
    """The tables of a schema of the warehouse, without views."""
    query = (
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = ? AND database_name = current_database() "
        "AND NOT internal"
    )
    return {name for (name,) in connection.execute(query, [schema]).fetchall()}


def replace_table(
    connection: duckdb.DuckDBPyConnection, name: str, rows: object, replacements: Mapping[str, str] | None = None
) -> str:
    """Write a table that does not belong to one dataset, in its schema; returns its qualified name.

    Args:
        connection: to the warehouse.
        name: of the table.
        rows: anything that DuckDB reads as Arrow.
        replacements: SQL expressions by column, in place of the column.
    """
    columns = ", ".join(f"{text} AS {column}" for column, text in (replacements or {}).items())
    replace = f" REPLACE ({columns})" if columns else ""
    _create_schemas(connection)
    connection.register("given_rows", rows)
    table = qualified_name(name)
    connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT *{replace} FROM given_rows")  # noqa: S608
    connection.unregister("given_rows")
    return table


def write_rejected(connection: duckdb.DuckDBPyConnection, rejected: Mapping[str, Path], keys: Sequence[str]) -> None:
    """Replace the rows of these datasets in `raw_meta.rejected_records`; delete those of removed datasets.

    Args:
        connection: to the warehouse.
        rejected: Parquet with the rejected records, by dataset.
        keys: every dataset in the settings.
    """
    table = qualified_name(REJECTED_RECORDS)
    if REJECTED_RECORDS in tables_in(connection, META_SCHEMA):
        for name in REJECTED_WITHOUT_SHAPE.names:  # an older version may have made the table
            connection.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {sql_name(name)} VARCHAR")
        unchanged = [key for key in keys if key not in rejected]
        connection.execute(f"DELETE FROM {table} WHERE NOT list_contains(?::VARCHAR[], dataset_key)", [unchanged])  # noqa: S608
    else:
        replace_table(connection, REJECTED_RECORDS, REJECTED_WITHOUT_SHAPE.empty_table())
    if not rejected:
        return
    rows = ds.dataset([str(path) for path in rejected.values()]).scanner(columns=REJECTED_WITHOUT_SHAPE.names)
    connection.register("given_rows", rows)
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM given_rows")  # noqa: S608
    connection.unregister("given_rows")


def _create_schemas(connection: duckdb.DuckDBPyConnection) -> None:
    for schema_name in (RAW_SCHEMA, META_SCHEMA):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema_name}")


def _write_raw_table(connection: duckdb.DuckDBPyConnection, key: str, table: Path) -> None:
    columns = ", ".join(sql_name(field.name) for field in RECORD if field.name != "geometry")
    shape = "ST_SetCRS(geometry, 'EPSG:4326') AS geometry"
    query = f"SELECT {columns}, {shape} FROM {sql_parquet(table)}"  # noqa: S608
    connection.execute(f"CREATE OR REPLACE TABLE {RAW_SCHEMA}.{sql_name(key)} AS {query}")


def write_accounting(
    connection: duckdb.DuckDBPyConnection, metrics: Mapping[str, Metrics], keys: Sequence[str]
) -> list[str]:
    """Write the counts of records read, kept, rejected and repaired by dataset.

    Returns:
        Datasets that were in the table and are no longer in the settings.
    """
    table = qualified_name(ACCOUNTING)
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {table} (dataset_key VARCHAR, records_read BIGINT, "
        "records_kept BIGINT, records_rejected BIGINT, records_repaired BIGINT)"
    )
    known_keys = connection.execute(f"SELECT DISTINCT dataset_key FROM {table}").fetchall()  # noqa: S608
    unchanged = [key for key in keys if key not in metrics]
    connection.execute(f"DELETE FROM {table} WHERE NOT list_contains(?::VARCHAR[], dataset_key)", [unchanged])  # noqa: S608
    rows = [
        (key, *(count["records"][name] for name in ("read", "kept", "rejected")), count["flags"].get("repaired", 0))
        for key, count in metrics.items()
    ]
    if rows:
        connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", rows)  # noqa: S608
    return sorted(key for (key,) in known_keys if key not in keys)


def _write_all_features(connection: duckdb.DuckDBPyConnection, keys: Sequence[str], removed: Sequence[str]) -> None:
    """Create `raw_data.doi_pv_features` from the records of these datasets; drop the tables of removed ones."""
    existing = tables_in(connection, RAW_SCHEMA)
    selects = (f"SELECT * FROM {RAW_SCHEMA}.{sql_name(key)}" for key in keys if key in existing)  # noqa: S608 (checked keys)
    connection.execute(f"CREATE OR REPLACE VIEW {RAW_SCHEMA}.{ALL_FEATURES} AS {' UNION ALL BY NAME '.join(selects)}")
    for name in removed:
        connection.execute(f"DROP TABLE IF EXISTS {RAW_SCHEMA}.{sql_name(name)}")
