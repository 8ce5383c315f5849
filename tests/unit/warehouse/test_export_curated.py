"""The curated tables as files."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from loaders.db.connection import CONFIG
from loaders.geo.geoparquet import ParquetFile
from loaders.warehouse.curated_files import export_curated

TABLES = """
    CREATE SCHEMA curated;
    CREATE TABLE curated.pairs AS
        SELECT n // 2 AS a, n % 2 AS b, -n AS c FROM range(6) AS t (n) ORDER BY n DESC;
    CREATE TABLE curated.one AS SELECT 1 AS a;
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    with duckdb.connect(tmp_path / "w.duckdb", config=CONFIG) as connection:
        connection.execute(TABLES)
    return tmp_path / "w.duckdb"


def test_every_table_is_written_sorted_by_its_key(database: Path, tmp_path: Path) -> None:
    export_curated(database, tmp_path / "out")
    assert pq.read_table(tmp_path / "out" / "pairs.parquet")["c"].to_pylist() == [0, -1, -2, -3, -4, -5]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["COLUMNS.md", "one.parquet", "pairs.parquet"]


def test_a_failure_stops_the_other_tables_and_leaves_none_half_written(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(ParquetFile, "write", disk_full)
    with pytest.raises(OSError, match="disk full"):
        export_curated(database, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").glob("*.parquet*")] == []
    assert [path.name for path in (tmp_path / "out").glob(".*")] == []
