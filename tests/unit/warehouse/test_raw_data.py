from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from loaders.contract import REJECTED, schema
from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.db.connection import connect
from loaders.db.database import Database
from loaders.geo.geoparquet import write_parquet
from loaders.harmonise.load_result import LoadResult, put_in_place
from loaders.harmonise.row_accounting import read_accounting
from loaders.warehouse.raw_data import write_raw_data, write_rejected
from tests.pristine import pristine_settings

Written = Callable[..., Path]
Writer = Callable[..., dict[str, str]]

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def parquet(tmp_path: Path) -> Written:
    """Write records of a dataset at one position, by their names; returns the file."""

    def write(key: str, *names: str, without: str = "") -> Path:
        always = {"dataset_key": key, "quality_flags": [], "is_synthetic": False, "licence_verified": False}
        position = {"geometry": shapely.to_wkb(shapely.Point(10, 50)), "geometry_kind": "point"}
        place = {"centroid_lon": 10.0, "centroid_lat": 50.0}
        rows = [{**always, **position, **place, "record_id": f"{key}:{name}"} for name in names]
        table = pa.Table.from_pylist(rows, schema=schema())
        path = tmp_path / f"{key}-{'-'.join(names)}.parquet"
        write_parquet(table.drop_columns([without]) if without else table, path)
        return path

    return write


def _metrics(read: int = 1, rejected: int = 0, repaired: int = 0) -> dict[str, Any]:
    flags = {"repaired": repaired} if repaired else {}
    return {"records": {"read": read, "kept": read - rejected, "rejected": rejected}, "flags": flags}


@pytest.fixture
def write(parquet: Written) -> Callable[..., dict[str, str]]:
    """Store one record, named 1, of each dataset written; the settings name all that there are."""

    def store(connection: duckdb.DuckDBPyConnection, settings: str, *written: str) -> dict[str, str]:
        tables = {key: parquet(key, "1") for key in written}
        return write_raw_data(connection, tables, {key: _metrics() for key in written}, settings.split())

    return store


def _ids(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [name for (name,) in connection.sql(f"SELECT record_id FROM raw_data.{table} ORDER BY 1").fetchall()]  # noqa: S608


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    query = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw_data' ORDER BY 1"
    return [name for (name,) in connection.sql(query).fetchall()]


@pytest.fixture
def database(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    return connect(tmp_path / "w.duckdb")


def test_a_warehouse_of_an_older_version_takes_records_with_more_columns(
    database: duckdb.DuckDBPyConnection, write: Writer, tmp_path: Path
) -> None:
    write(database, "north south", "north", "south")
    write_rejected(database, {}, ["north", "south"])
    for name in ("name", "operator", "identifiers"):
        database.execute(f"ALTER TABLE raw_data.north DROP COLUMN {name}")
    database.execute("ALTER TABLE raw_meta.rejected_records DROP COLUMN name")
    write(database, "north south", "south")
    rejected = tmp_path / "rejected.parquet"
    row = {"dataset_key": "south", "record_id": "south:2", "name": "Park Farm", "source_row": 2}
    pq.write_table(pa.Table.from_pylist([row], schema(REJECTED)), rejected)
    write_rejected(database, {"south": rejected}, ["north", "south"])
    assert _ids(database, "doi_pv_features") == ["north:1", "south:1"]
    rows = database.sql("SELECT record_id, name, source_row FROM raw_meta.rejected_records").fetchall()
    assert rows == [("south:2", "Park Farm", 2)]


def test_what_was_loaded_is_put_in_place_with_its_accounting(paths: ProjectPaths, parquet: Written) -> None:
    folder = paths.scratch("load-farms")
    folder.mkdir(parents=True)
    records, rejected = parquet("farms", "1", "2"), folder / "rejected.parquet"
    pq.write_table(pa.table({"reason": ["no_area"]}), rejected)
    put_in_place(LoadResult("farms", folder, records, rejected, _metrics(3, rejected=1)), paths)
    kept = gpd.read_parquet(paths.loaded("farms"))
    assert (kept["record_id"].tolist(), kept.geometry[0].wkt) == (["farms:1", "farms:2"], "POINT (10 50)")
    assert pq.read_table(paths.rejected("farms")).to_pylist() == [{"reason": "no_area"}]
    assert read_accounting(paths.metrics("farms"))["records"] == {"kept": 2, "read": 3, "rejected": 1}
    assert not records.exists()
    assert not rejected.exists()


def test_a_table_is_replaced_and_the_others_stay(
    parquet: Written, write: Writer, database: duckdb.DuckDBPyConnection
) -> None:
    assert write(database, "a b", "a", "b") == {"a": "raw_data.a", "b": "raw_data.b"}
    assert write_raw_data(database, {"a": parquet("a", "3")}, {"a": _metrics()}, ["a", "b"]) == {"a": "raw_data.a"}
    assert (_ids(database, "a"), _ids(database, "b")) == (["a:3"], ["b:1"])


def test_a_geometry_keeps_its_crs_when_the_database_is_opened_again(write: Writer, tmp_path: Path) -> None:
    with connect(tmp_path / "w.duckdb") as connection:
        write(connection, "a", "a")
    with connect(tmp_path / "w.duckdb", read_only=True) as again:
        found = again.sql("SELECT typeof(geometry), ST_X(geometry), ST_Y(geometry) FROM raw_data.doi_pv_features")
        assert found.fetchall() == [("GEOMETRY('EPSG:4326')", 10, 50)]


def test_the_view_unites_the_datasets_and_a_removed_one_is_dropped(
    write: Writer, database: duckdb.DuckDBPyConnection
) -> None:
    write(database, "a b c", "a", "b", "c")
    assert _ids(database, "doi_pv_features") == ["a:1", "b:1", "c:1"]
    write(database, "c a", "a")
    assert _ids(database, "doi_pv_features") == ["a:1", "c:1"]
    assert _tables(database) == ["a", "c"]


def test_a_dataset_that_was_never_stored_is_no_part_of_the_view(
    write: Writer, database: duckdb.DuckDBPyConnection
) -> None:
    write(database, "a b", "a")
    assert _ids(database, "doi_pv_features") == ["a:1"]


def test_the_other_tables_of_raw_data_outlive_a_removed_dataset(
    write: Writer, database: duckdb.DuckDBPyConnection
) -> None:
    write(database, "a b", "a", "b")
    for name in ("admin_boundaries", "customers"):
        database.execute(f"CREATE TABLE raw_data.{name} AS SELECT 1 AS n")
    write(database, "a", "a")
    assert _tables(database) == ["a", "admin_boundaries", "customers"]


def test_the_accounting_is_one_row_for_each_dataset_in_the_settings(
    parquet: Written, database: duckdb.DuckDBPyConnection
) -> None:
    tables = {key: parquet(key, "1") for key in ("a", "b", "c")}
    metrics = {"a": _metrics(5, rejected=2, repaired=1), "b": _metrics(7), "c": _metrics(9)}
    write_raw_data(database, tables, metrics, ["a", "b", "c"])
    write_raw_data(database, {"b": tables["b"]}, {"b": _metrics(8, rejected=1)}, ["a", "b"])
    assert database.sql("FROM raw_meta.dataset_accounting ORDER BY ALL").fetchall() == [
        ("a", 5, 3, 2, 1),
        ("b", 8, 7, 1, 0),
    ]


def test_a_write_that_fails_leaves_every_table_as_it_was(
    parquet: Written, write: Writer, database: duckdb.DuckDBPyConnection
) -> None:
    write(database, "a b", "a")
    broken = parquet("b", "1", without="h3_cell")
    catalog, paths = pristine_settings(), ProjectPaths(ROOT, "sample")
    with pytest.raises(duckdb.Error), Database(catalog, paths, connection=database).opened() as cursor:
        write_raw_data(
            cursor,
            {"a": parquet("a", "9"), "b": broken},
            {"a": _metrics(), "b": _metrics()},
            ["a", "b"],
        )
    assert _ids(database, "doi_pv_features") == ["a:1"]


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "w.duckdb").write_text("not a database, and longer than its header would be " * 100)
    with pytest.raises(BuildError, match=r"w\.duckdb cannot be opened"):
        connect(tmp_path / "w.duckdb")
