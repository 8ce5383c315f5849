import json
import resource
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon, box

from loaders.db.connection import prepare
from loaders.geo.geoparquet import ParquetFile, write_parquet

SHAPES = [box(10, 50, 11, 52), Point(-3, -4), MultiPolygon([box(1, 1, 2, 2), box(5, 5, 6, 7)])]


def _table(shapes: list[Any]) -> pa.Table:
    wkb = pa.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], pa.binary())
    return pa.table({"n": list(range(len(shapes))), "geometry": wkb})


@pytest.fixture
def written(tmp_path: Path) -> Path:
    write_parquet(_table(SHAPES), tmp_path / "new" / "f.parquet")
    return tmp_path / "new" / "f.parquet"


def _geo(path: Path) -> Any:
    return json.loads(pq.read_schema(path).metadata[b"geo"])


def test_geopandas_reads_shapes_rows_and_crs(written: Path) -> None:
    frame = gpd.read_parquet(written)
    assert frame["n"].tolist() == [0, 1, 2]
    assert [found.equals(shape) for found, shape in zip(frame.geometry, SHAPES, strict=True)] == [True] * 3
    assert frame.crs == "EPSG:4326"


def test_a_box_read_by_its_covering_holds_only_what_touches_it(written: Path) -> None:
    assert gpd.read_parquet(written, bbox=(5.5, 5.5, 20, 60))["n"].tolist() == [0, 2]


def test_duckdb_reads_a_geometry_with_its_crs(written: Path) -> None:
    with duckdb.connect() as connection:
        prepare(connection)
        rows = connection.sql(f"SELECT typeof(geometry), ST_AsText(geometry) FROM '{written}' ORDER BY n").fetchall()  # noqa: S608
    assert {kind for kind, _ in rows} == {"GEOMETRY('EPSG:4326')"}
    assert rows[1][1] == "POINT (-3 -4)"


def test_the_metadata_is_geoparquet_1_1(written: Path) -> None:
    described = _geo(written)
    column = described["columns"]["geometry"]
    assert (described["version"], described["primary_column"], column["encoding"]) == ("1.1.0", "geometry", "WKB")
    assert column["geometry_types"] == ["MultiPolygon", "Point", "Polygon"]
    assert column["bbox"] == [-3, -4, 11, 52]


def test_the_covering_is_the_box_of_each_row(written: Path) -> None:
    boxes = pq.read_table(written).column("bbox").to_pylist()
    assert [tuple(box[side] for side in ("xmin", "ymin", "xmax", "ymax")) for box in boxes] == [
        (10, 50, 11, 52),
        (-3, -4, -3, -4),
        (1, 1, 6, 7),
    ]


def test_the_same_rows_are_the_same_bytes_twice(tmp_path: Path, written: Path) -> None:
    write_parquet(_table(SHAPES).replace_schema_metadata({"written": "another day"}), tmp_path / "again.parquet")
    assert (tmp_path / "again.parquet").read_bytes() == written.read_bytes()


def test_a_table_without_rows_is_still_geoparquet(tmp_path: Path) -> None:
    write_parquet(_table([]), tmp_path / "f.parquet")
    assert "NaN" not in json.dumps(_geo(tmp_path / "f.parquet"))
    assert len(gpd.read_parquet(tmp_path / "f.parquet")) == 0


def test_a_row_without_a_shape_has_no_box(tmp_path: Path) -> None:
    write_parquet(_table([Polygon(box(0, 0, 1, 1).exterior), None]), tmp_path / "f.parquet")
    assert _geo(tmp_path / "f.parquet")["columns"]["geometry"]["geometry_types"] == ["Polygon"]
    assert pq.read_table(tmp_path / "f.parquet").column("bbox")[1].as_py() in (
        None,
        dict.fromkeys(("xmin", "ymin", "xmax", "ymax")),
    )


def test_a_table_without_geometry_is_plain_parquet(tmp_path: Path) -> None:
    write_parquet(pa.table({"n": [1]}), tmp_path / "f.parquet")
    assert pq.read_table(tmp_path / "f.parquet").to_pylist() == [{"n": 1}]
    assert b"geo" not in (pq.read_schema(tmp_path / "f.parquet").metadata or {})


def test_a_write_that_fails_leaves_the_former_file(written: Path) -> None:
    before = written.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))  # as a full disk does, in the middle of the file
    try:
        with pytest.raises(OSError, match="too large"):
            write_parquet(_table(SHAPES), written)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert written.read_bytes() == before


def test_comments_of_columns_are_read_back_and_change_nothing_else(tmp_path: Path, written: Path) -> None:
    table, comments = pq.read_table(written).drop_columns(["bbox"]), {"geometry": "Where it is.", "n": "Whose [m²]?"}
    for name in ("one.parquet", "two.parquet"):
        with ParquetFile(tmp_path / name, table.schema, comments=comments) as file:
            file.write(table)
    path = tmp_path / "one.parquet"
    assert path.read_bytes() == (tmp_path / "two.parquet").read_bytes()
    schema = pq.read_schema(path)
    assert {field.name: field.metadata for field in schema if field.metadata} == {
        name: {b"comment": text.encode()} for name, text in comments.items()
    }
    assert pq.read_table(path).equals(pq.read_table(written))
    assert gpd.read_parquet(path).equals(gpd.read_parquet(written))
    with duckdb.connect() as connection:
        prepare(connection)
        rows = [connection.execute("SELECT * FROM read_parquet(?)", [str(each)]).fetchall() for each in (path, written)]
    assert rows[0] == rows[1]
    assert len(rows[0]) == len(table)
