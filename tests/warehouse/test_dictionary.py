"""The columns are described next to the tables, in the Parquet files and in the database, in the same words."""

import pyarrow.parquet as pq

from loaders.report.reference_docs import curated_tables
from tests.warehouse.conftest import Warehouse


def test_every_column_carries_its_description_in_parquet_and_in_the_database(warehouse: Warehouse) -> None:
    query = "select table_name, column_name, comment from duckdb_columns() where schema_name = 'curated'"
    stored = {(table, name): comment for table, name, comment in warehouse.rows(query)}
    described = {
        (table.name, each.name): each.description.strip() for table in curated_tables() for each in table.columns
    }
    files = {path.stem: pq.ParquetFile(path) for path in warehouse.paths.curated.glob("*.parquet")}
    carried = {
        (table, each.name): each.metadata[b"comment"].decode()
        for table, file in files.items()
        for each in file.schema_arrow
        if each.name != "bbox"
    }
    assert carried == stored
    assert {key: text.strip() for key, text in stored.items()} == described
    counts = {table: warehouse.value(f"select count(*) from curated.{table}") for table in files}  # noqa: S608 (our own tables)
    assert {table: file.metadata.num_rows for table, file in files.items()} == counts


def test_the_dictionary_next_to_the_tables_has_figures_of_what_they_hold(warehouse: Warehouse) -> None:
    lines = (warehouse.paths.curated / "COLUMNS.md").read_text("utf-8").partition("## curated_pv_installations")[2]
    row = next(line for line in lines.splitlines() if line.startswith("| `capacity_mw` | number | MW |"))
    query = "select count(capacity_mw), count(*), quantile_disc(capacity_mw, 0.5) from curated.curated_pv_installations"
    ((known, rows, median),) = warehouse.rows(query)
    assert row.endswith(f"| none states one | {known} of {rows} ({100 * known // rows} %) | {median:.6g} |")
