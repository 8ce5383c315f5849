from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from loaders.catalog import Dataset
from loaders.contract import LOADING, RECORD, REJECTED, schema
from loaders.duck import connect
from loaders.errors import BuildError
from loaders.store import kept_records, read_accounting, rejected_records, write_loaded, write_raw_data
from loaders.workspace import Workspace

LINE = shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)]))


def _records(key: str, *ids: str, rejected: tuple[str, ...] = ()) -> pa.Table:
    always = {"dataset_key": key, "quality_flags": [], "is_synthetic": False, "licence_verified": False}
    kept = [
        {
            **always,
            "record_id": f"{key}:{name}",
            "geometry": shapely.to_wkb(shapely.Point(10, 50)),
            "geometry_kind": "point",
            "centroid_lon": 10.0,
            "centroid_lat": 50.0,
        }
        for name in ids
    ]
    left_out = [
        {**always, "record_id": f"{key}:{name}", "source_row": 9, "reason": "a_line", "published_wkb": LINE}
        for name in rejected
    ]
    return pa.Table.from_pylist([*kept, *left_out], schema=schema(LOADING))


def _metrics(read: int = 1, rejected: int = 0, repaired: int = 0) -> dict[str, Any]:
    flags = {"repaired": repaired} if repaired else {}
    return {"records": {"read": read, "kept": read - rejected, "rejected": rejected}, "flags": flags}


def _write(connection: duckdb.DuckDBPyConnection, settings: str, *written: str) -> dict[str, str]:
    """Store one record, named 1, of each dataset written; the settings name all that there are."""
    tables = {key: kept_records(_records(key, "1")) for key in written}
    return write_raw_data(connection, tables, {key: _metrics() for key in written}, settings.split())


def _ids(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [name for (name,) in connection.sql(f"SELECT record_id FROM raw_data.{table} ORDER BY 1").fetchall()]  # noqa: S608


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [name for (name,) in connection.sql("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]


@pytest.fixture
def database(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    return connect(tmp_path / "w.duckdb")


def test_kept_and_rejected_are_together_what_was_read() -> None:
    records = _records("a", "1", "2", rejected=("3",))
    assert kept_records(records)["record_id"].to_pylist() == ["a:1", "a:2"]
    assert rejected_records(records)["record_id"].to_pylist() == ["a:3"]
    assert kept_records(records).column_names == [field.name for field in RECORD]
    assert rejected_records(records).column_names == [field.name for field in REJECTED]


def test_written_records_are_read_back(workspace: Workspace, dataset: Callable[..., Dataset]) -> None:
    write_loaded(_records("farms", "1", "2", rejected=("3",)), _metrics(3, rejected=1), dataset(), workspace)
    kept = gpd.read_parquet(workspace.loaded("farms"))
    rejected = pq.read_table(workspace.rejected("farms")).to_pylist()
    assert (kept["record_id"].tolist(), kept.geometry[0].wkt) == (["farms:1", "farms:2"], "POINT (10 50)")
    assert [(row["record_id"], row["reason"], row["source_row"]) for row in rejected] == [("farms:3", "a_line", 9)]
    assert shapely.from_wkb(rejected[0]["published_wkb"]).wkt == "LINESTRING (0 0, 1 1)"
    assert read_accounting(workspace.metrics("farms"))["records"] == {"kept": 2, "read": 3, "rejected": 1}
    assert not any(workspace.scratch("x").parent.iterdir())


def test_a_table_is_replaced_and_the_others_stay(database: duckdb.DuckDBPyConnection) -> None:
    assert _write(database, "a b", "a", "b") == {"a": "raw_data.a", "b": "raw_data.b"}
    assert write_raw_data(database, {"a": kept_records(_records("a", "3"))}, {"a": _metrics()}, ["a", "b"]) == {
        "a": "raw_data.a"
    }
    assert (_ids(database, "a"), _ids(database, "b")) == (["a:3"], ["b:1"])


def test_a_parquet_file_and_a_table_in_memory_become_the_same_rows(
    database: duckdb.DuckDBPyConnection, workspace: Workspace, dataset: Callable[..., Dataset]
) -> None:
    records = _records("farms", "1", "2")
    write_loaded(records, _metrics(2), dataset(), workspace)
    tables = {"a": kept_records(records), "b": workspace.loaded("farms")}
    write_raw_data(database, tables, {"a": _metrics(2), "b": _metrics(2)}, ["a", "b"])
    assert database.sql("FROM raw_data.a EXCEPT ALL FROM raw_data.b").fetchall() == []
    assert database.sql("SELECT count(*) FROM raw_data.b").fetchall() == [(2,)]


def test_a_geometry_keeps_its_crs_when_the_database_is_opened_again(tmp_path: Path) -> None:
    with connect(tmp_path / "w.duckdb") as connection:
        _write(connection, "a", "a")
    with connect(tmp_path / "w.duckdb", read_only=True) as again:
        found = again.sql("SELECT typeof(geometry), ST_X(geometry), ST_Y(geometry) FROM raw_data.doi_pv_features")
        assert found.fetchall() == [("GEOMETRY('EPSG:4326')", 10, 50)]


def test_the_view_unites_the_datasets_and_a_removed_one_is_dropped(database: duckdb.DuckDBPyConnection) -> None:
    _write(database, "a b c", "a", "b", "c")
    assert _ids(database, "doi_pv_features") == ["a:1", "b:1", "c:1"]
    _write(database, "c a", "a")
    assert _ids(database, "doi_pv_features") == ["a:1", "c:1"]
    assert _tables(database) == ["a", "c", "dataset_accounting"]


def test_a_dataset_that_was_never_stored_is_no_part_of_the_view(database: duckdb.DuckDBPyConnection) -> None:
    _write(database, "a b", "a")
    assert _ids(database, "doi_pv_features") == ["a:1"]


def test_the_other_tables_of_raw_data_outlive_a_removed_dataset(database: duckdb.DuckDBPyConnection) -> None:
    _write(database, "a b", "a", "b")
    for name in ("admin_boundaries", "customers"):
        database.execute(f"CREATE TABLE raw_data.{name} AS SELECT 1 AS n")
    _write(database, "a", "a")
    assert _tables(database) == ["a", "admin_boundaries", "customers", "dataset_accounting"]


def test_the_accounting_is_one_row_for_each_dataset_in_the_settings(database: duckdb.DuckDBPyConnection) -> None:
    tables = {key: kept_records(_records(key, "1")) for key in ("a", "b", "c")}
    metrics = {"a": _metrics(5, rejected=2, repaired=1), "b": _metrics(7), "c": _metrics(9)}
    write_raw_data(database, tables, metrics, ["a", "b", "c"])
    write_raw_data(database, {"b": tables["b"]}, {"b": _metrics(8, rejected=1)}, ["a", "b"])
    assert database.sql("FROM raw_data.dataset_accounting ORDER BY ALL").fetchall() == [
        ("a", 5, 3, 2, 1),
        ("b", 8, 7, 1, 0),
    ]


def test_a_write_that_fails_leaves_every_table_as_it_was(database: duckdb.DuckDBPyConnection) -> None:
    _write(database, "a b", "a")
    broken = kept_records(_records("b", "1")).drop_columns(["h3_cell"])
    with pytest.raises(duckdb.Error):
        write_raw_data(
            database,
            {"a": kept_records(_records("a", "9")), "b": broken},
            {"a": _metrics(), "b": _metrics()},
            ["a", "b"],
        )
    database.rollback()
    assert _ids(database, "doi_pv_features") == ["a:1"]


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "w.duckdb").write_text("not a database, and longer than its header would be " * 100)
    with pytest.raises(BuildError, match=r"w\.duckdb cannot be opened"):
        connect(tmp_path / "w.duckdb")
