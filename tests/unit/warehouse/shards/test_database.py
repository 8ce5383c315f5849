"""The database in memory in which models run."""

from pathlib import Path

from loaders.warehouse.shards.database import model_database


def test_what_does_not_fit_in_memory_goes_to_a_folder_that_is_made(tmp_path: Path) -> None:
    with model_database(tmp_path / "shards" / "spill", 100, threads=1) as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT hash(i) AS a, 'text ' || hash(i + 1) AS b FROM range(4000000) AS n(i)"
        )
        (spilled,) = connection.execute("SELECT sum(temporary_storage_bytes) FROM duckdb_memory()").fetchall()[0]
    assert spilled > 0
