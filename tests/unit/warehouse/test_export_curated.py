"""The curated tables as files."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from loaders.db.connection import connect
from loaders.geo.geoparquet import ParquetFile
from loaders.warehouse import curated_files
from loaders.warehouse.curated_files import export_curated, export_shards
from loaders.warehouse.shards.models import Model
from loaders.warehouse.table_figures import Figures

TABLES = """
    CREATE SCHEMA curated;
    CREATE TABLE curated.pairs AS
        SELECT n // 2 AS a, n % 2 AS b, -n AS c FROM range(6) AS t (n) ORDER BY n DESC;
    CREATE TABLE curated.one AS SELECT 1 AS a;
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(tmp_path / "w.duckdb") as connection:
        connection.execute(TABLES)
        yield connection


def test_every_table_is_written_sorted_by_its_key(database: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    export_curated(database, tmp_path / "out")
    assert pq.read_table(tmp_path / "out" / "pairs.parquet")["c"].to_pylist() == [0, -1, -2, -3, -4, -5]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["COLUMNS.md", "one.parquet", "pairs.parquet"]


def test_a_failure_stops_the_other_tables_and_leaves_none_half_written(
    database: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(ParquetFile, "write", disk_full)
    with pytest.raises(OSError, match="disk full"):
        export_curated(database, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").glob("*.parquet*")] == []
    assert [path.name for path in (tmp_path / "out").glob(".*")] == []


def test_tables_of_shards_have_the_bytes_of_those_of_the_database(tmp_path: Path) -> None:
    name, query = "curated_sites", "SELECT n // 2 AS a, n % 2 AS b, ST_Point(n, 1)::GEOMETRY('EPSG:4326') AS geometry"
    with connect(tmp_path / "w.duckdb") as connection:
        connection.execute(f"CREATE SCHEMA curated; CREATE TABLE curated.{name} AS {query} FROM range(6) AS t (n)")
        connection.execute(f"COMMENT ON COLUMN curated.{name}.b IS 'Odd or even.'")
        for shard in (0, 1):
            (tmp_path / f"shards/{shard}").mkdir(parents=True)
            file = tmp_path / f"shards/{shard}/{name}.parquet"
            connection.execute(f"COPY (FROM curated.{name} WHERE a % 2 = {1 - shard}) TO '{file}'")
        export_curated(connection, tmp_path / "one")
    columns = (("a", ""), ("b", "Odd or even."), ("geometry", ""))
    model = Model(name, "curated", query, "", is_view=False, place="inside", reads=(), columns=columns)
    figures = export_shards(model, tmp_path / "shards", tmp_path / "other", tmp_path / "spill", 200)
    assert figures == {"a": Figures(6, 6, 0), "b": Figures(6, 6, 0), "geometry": Figures(6, 6, "POINT")}
    made = [(tmp_path / folder / f"{name}.parquet").read_bytes() for folder in ("one", "other")]
    assert made[0] == made[1]
    assert pq.read_table(tmp_path / "other" / f"{name}.parquet")["b"].to_pylist() == [0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize("rows_at_a_time", [1, 2, 5])
def test_a_table_sorted_in_parts_has_the_bytes_of_one_sorted_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_at_a_time: int
) -> None:
    name, query = "curated_sites", "SELECT 'it''s ' || n // 2 AS a, n % 2 AS b, [n] AS c FROM range(20) AS t (n)"
    (tmp_path / "shards/0").mkdir(parents=True)
    with connect(tmp_path / "w.duckdb") as connection:
        file = tmp_path / f"shards/0/{name}.parquet"
        connection.execute(f"COPY ({query} ORDER BY hash(n)) TO '{file}'")
    columns = (("a", "Site."), ("b", ""), ("c", ""))
    model = Model(name, "curated", query, "", is_view=False, place="inside", reads=(), columns=columns)
    export_shards(model, tmp_path / "shards", tmp_path / "one", tmp_path / "spill", 200)
    monkeypatch.setattr(curated_files, "SORTED_ROWS", rows_at_a_time)
    export_shards(model, tmp_path / "shards", tmp_path / "other", tmp_path / "spill", 200)
    made = [(tmp_path / folder / f"{name}.parquet").read_bytes() for folder in ("one", "other")]
    assert made[0] == made[1]
    assert len(pq.read_table(tmp_path / "other" / f"{name}.parquet")) == 20


def test_files_that_are_there_already_are_not_written_again(
    database: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    pairs = {"a": Figures(6, 5, "that"), "b": Figures(6, 6, 0), "c": Figures(6, 6, 0)}
    export_curated(database, tmp_path / "out", {"pairs": pairs})
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["COLUMNS.md", "one.parquet"]
    assert "| 5 of 6 (83 %) | that |" in (tmp_path / "out" / "COLUMNS.md").read_text(encoding="utf-8")
