"""Writes the curated tables as Parquet, sorted by their keys, and a data dictionary: always the same bytes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from loaders.core.escape import sql_name, sql_parquet
from loaders.core.files import write_text
from loaders.db.connection import config, connect, prepare
from loaders.geo.geoparquet import ParquetFile
from loaders.warehouse.data_dictionary import as_markdown, column_comments, read_tables
from loaders.warehouse.shards.models import Model

CURATED_SCHEMA = "curated"
DICTIONARY_FILE = "COLUMNS.md"
BATCH_ROWS = 20_000
SORTING_MB = 800
KEY_COLUMNS = 2  # the first columns of a curated table, which identify its rows


def export_curated(database: Path, folder: Path, written: Sequence[str] = (), memory_mb: int | None = None) -> None:
    """Write each curated table and the data dictionary.

    Args:
        database: with the schema `curated`.
        folder: to write to.
        written: tables that are there already.
        memory_mb: limit of DuckDB [MB]; null is that of any connection.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with connect(database, read_only=True) as connection:
        if memory_mb:
            connection.execute(f"SET memory_limit = '{memory_mb}MB'")
        names = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = ? ORDER BY table_name", [CURATED_SCHEMA]
        ).fetchall()
        for (name,) in names:  # one at a time: sorting two at once takes a third more memory, and no less time
            if name not in written:
                comments = column_comments(connection, CURATED_SCHEMA, name)  # a query would end the reader below
                _export(connection.table(f"{CURATED_SCHEMA}.{name}"), comments, folder / f"{name}.parquet")
        write_text(as_markdown(read_tables(connection, CURATED_SCHEMA)), folder / DICTIONARY_FILE)


def export_shards(model: Model, tables: Path, folder: Path, spill: Path, memory_mb: int) -> None:
    """Write a curated table that shards have made.

    Args:
        model: of this table.
        tables: folder of the tables of all shards.
        folder: to write to.
        spill: folder for what does not fit in memory, which nothing else uses.
        memory_mb: limit of DuckDB [MB].
    """
    for needed in (folder, spill):
        needed.mkdir(parents=True, exist_ok=True)
    # one thread: each sorts in memory of its own, and other processes work at the same time
    options = config(min(memory_mb, SORTING_MB)) | {"temp_directory": str(spill), "threads": 1}
    with duckdb.connect(config=options) as connection:
        prepare(connection)
        columns = ", ".join(sql_name(name) for name, _ in model.columns)
        files = sql_parquet(*sorted(tables.glob(f"*/{model.name}.parquet")))
        rows = connection.sql(f"SELECT {columns} FROM {files}")  # noqa: S608
        _export(rows, {name: text for name, text in model.columns if text}, folder / f"{model.name}.parquet")


def _export(table: duckdb.DuckDBPyRelation, comments: Mapping[str, str], path: Path) -> None:
    key = ", ".join(sql_name(column) for column in table.columns[:KEY_COLUMNS])
    rows = table.order(key).to_arrow_reader(BATCH_ROWS)
    with ParquetFile(path, rows.schema, comments=comments) as file:
        for batch in rows:
            file.write(pa.Table.from_batches([batch]))
