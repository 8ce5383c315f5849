"""Writes the curated tables as Parquet, sorted by their keys, and a data dictionary: always the same bytes."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

import duckdb
import pyarrow as pa

from loaders.core.escape import sql_name, sql_parquet, sql_text
from loaders.core.files import write_text
from loaders.db.connection import config, prepare
from loaders.geo.geoparquet import ParquetFile
from loaders.warehouse.data_dictionary import as_markdown, column_comments, read_tables
from loaders.warehouse.shards.models import Model
from loaders.warehouse.table_figures import Figures, with_rows

CURATED_SCHEMA = "curated"
DICTIONARY_FILE = "COLUMNS.md"
BATCH_ROWS = 20_000
SORTING_MB = 800
SORTED_ROWS = 4_100_000  # at a time: 4.03 million records were sorted in that memory
SAMPLED_KEYS = 10_000
NOTHING_WRITTEN: Mapping[str, Mapping[str, Figures]] = MappingProxyType({})
KEY_COLUMNS = 2  # the first columns of a curated table, which identify its rows


def export_curated(
    connection: duckdb.DuckDBPyConnection, folder: Path, written: Mapping[str, Mapping[str, Figures]] = NOTHING_WRITTEN
) -> None:
    """Write each curated table and the data dictionary.

    Args:
        connection: to a database with the schema `curated`.
        folder: to write to.
        written: the tables that are there already, with the figures of their columns.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figures = dict(written)
    names = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = ? ORDER BY table_name", [CURATED_SCHEMA]
    ).fetchall()
    for (name,) in names:  # one at a time: sorting two at once takes a third more memory, and no less time
        if name not in written:
            comments = column_comments(connection, CURATED_SCHEMA, name)  # a query would end the reader below
            table = connection.table(f"{CURATED_SCHEMA}.{name}")
            figures[name] = _export(table, comments, folder / f"{name}.parquet")
    write_text(as_markdown(read_tables(connection, CURATED_SCHEMA, figures)), folder / DICTIONARY_FILE)


def export_shards(model: Model, tables: Path, folder: Path, spill: Path, memory_mb: int) -> dict[str, Figures]:
    """Write a curated table that shards have made.

    Args:
        model: of this table.
        tables: folder of the tables of all shards.
        folder: to write to.
        spill: folder for what does not fit in memory, which nothing else uses.
        memory_mb: limit of DuckDB [MB].

    Returns:
        The figures of each column.
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
        comments = {name: text for name, text in model.columns if text}
        return _export(rows, comments, folder / f"{model.name}.parquet", _parts(connection, model, files))


def _parts(connection: duckdb.DuckDBPyConnection, model: Model, files: str) -> list[str]:
    """Conditions that divide a table by the first column of its key, so that each part can be sorted in memory.

    Bounds are drawn from a sample, the same one each time; whatever they are, the parts follow each other.
    """
    key = sql_name(model.columns[0][0])
    (count,) = connection.sql(f"SELECT count(*) FROM {files}").fetchall()[0]  # noqa: S608
    parts = -(-count // SORTED_ROWS)
    if parts < 2:
        return ["true"]
    sample = f"SELECT DISTINCT {key} FROM {files} WHERE hash({key}) % {count} < {SAMPLED_KEYS} ORDER BY ALL"  # noqa: S608
    keys = [value for (value,) in connection.sql(sample).fetchall()]
    if not keys:
        return ["true"]
    bounds = [sql_text(keys[len(keys) * part // parts]) for part in range(1, parts)]
    inner = [f"{key} >= {low} AND {key} < {high}" for low, high in pairwise(bounds)]
    return [f"{key} < {bounds[0]}", *inner, f"{key} >= {bounds[-1]}"]


def _export(
    table: duckdb.DuckDBPyRelation, comments: Mapping[str, str], path: Path, parts: Sequence[str] = ("true",)
) -> dict[str, Figures]:
    """Write a table in the order of its key.

    Args:
        table: to write.
        comments: of its columns.
        path: of the file.
        parts: conditions in SQL that divide its rows, in that order.

    Returns:
        The figures of each column.
    """
    key = ", ".join(sql_name(column) for column in table.columns[:KEY_COLUMNS])
    nothing = table.limit(0).to_arrow_table()
    figures = with_rows({}, nothing)
    with ParquetFile(path, nothing.schema, comments=comments) as file:
        for part in parts:
            for batch in table.filter(part).order(key).to_arrow_reader(BATCH_ROWS):
                rows = pa.Table.from_batches([batch])
                file.write(rows)
                figures = with_rows(figures, rows)
    return figures
