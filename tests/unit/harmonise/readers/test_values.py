"""Values that GDAL, Arrow or Python would change without a word while they read a file."""

import datetime as dt
import json
import re
import sqlite3
import struct
import tempfile
import uuid
import warnings
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from loaders.core.errors import ReadError
from loaders.harmonise.readers.published_file import PublishedBatch, read_published
from loaders.harmonise.readers.vector.losses import losses_as_errors
from loaders.harmonise.source_attributes import json_rows
from loaders.harmonise.values.columns import own_identifiers, published_text
from loaders.harmonise.values.date_intervals import interval
from loaders.settings.column import Column
from loaders.settings.columns import ReadOptions
from loaders.settings.file_selection import SourceFile

LONG = 2**53 + 1  # the first whole number that is no float


def _read(path: Path, **reading: Any) -> PublishedBatch:
    (published,) = read_published(SourceFile(path, path.name), ReadOptions.model_validate(reading), "farms")
    return published


def _ids(published: PublishedBatch, column: str) -> list[str | None]:
    return own_identifiers(published.attributes, Column(column=(column,)), "farms")


def _points(values: dict[str, Any]) -> gpd.GeoDataFrame:
    rows = len(next(iter(values.values())))
    return gpd.GeoDataFrame(values, geometry=[Point(10, 50)] * rows, crs=4326)


@pytest.fixture
def with_properties(tmp_path: Path, geojson: Callable[..., str]) -> Callable[..., Path]:
    """A GeoJSON of points with these values of the property `n`; and with these ids, if there are some."""

    def write(values: list[Any], ids: list[Any] | None = None, *, lines: bool = False) -> Path:
        document = json.loads(geojson(*[Point(10, 50)] * len(values), rows=[{"n": value} for value in values]))
        for feature, identifier in zip(document["features"], ids or [], strict=False):
            feature["id"] = identifier
        path = tmp_path / ("f.geojsonl" if lines else "f.geojson")
        texts = map(json.dumps, document["features"])
        path.write_text("\n".join(texts) if lines else json.dumps(document))
        return path

    return write


@pytest.mark.parametrize(
    "values",
    [
        [LONG, LONG + 1],
        [LONG, 1.5],
        [2**64 - 3, 2**64 - 5],
        [2**64 - 3, None],
        [2**63 + 1, None],
        [2**63, 10**19 - 1, 5],
        [-(2**63) - 1, 1.5],
        [10**30 + 1, 7],
        [-LONG, 0.25],
        ["x7", LONG],
        [LONG, True],
        [5, False],
        [0.5, True],
        ["a\x00b", "\U0001d800"],
    ],
)
def test_a_long_number_of_a_geojson_keeps_its_digits(with_properties: Callable[..., Path], values: list[Any]) -> None:
    expected = [value if value is None or isinstance(value, str) else json.dumps(value) for value in values]
    assert _ids(_read(with_properties(values)), "n") == expected


WHOLE = st.integers(-(10**25), 10**25) | st.integers(2**53 - 3, 2**53 + 3) | st.integers(2**63 - 3, 2**64 + 3)
REAL = st.floats(allow_nan=False, allow_infinity=False)
TEXT = st.text(max_size=8) | st.sampled_from(["a\x00b", "\U0001d800"])
INSIDE = WHOLE | TEXT
COLUMNS = [
    *(WHOLE, REAL, TEXT, st.booleans(), WHOLE | TEXT, WHOLE | st.booleans(), WHOLE | REAL, TEXT | st.booleans()),
    *(st.lists(INSIDE, max_size=3), st.dictionaries(TEXT, INSIDE, max_size=2)),
]


def _is_what_was_published(found: Any, value: Any) -> bool:
    """As the value itself, or as text where its column holds different things."""
    if isinstance(found, str) and not isinstance(value, str):
        return bool(json.loads(found) == value)
    return found == value and isinstance(found, bool) == isinstance(value, bool)


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(values=st.one_of(*(st.lists(st.none() | column, min_size=2, max_size=3) for column in COLUMNS)))
def test_whatever_a_geojson_holds_is_in_the_published_attributes(values: list[Any]) -> None:
    features = [{"type": "Feature", "geometry": None, "properties": {"n": value}} for value in values]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        found = [json.loads(row).get("n") for row in json_rows(_read(path).attributes)]
    assert all(map(_is_what_was_published, found, values)), (values, found)


def test_long_numbers_in_lists_and_objects_of_a_geojson_keep_their_digits(with_properties: Callable[..., Path]) -> None:
    found = _read(with_properties([[LONG, 1.5], {"a": 2**64 - 3}])).attributes.column("n").to_pylist()
    assert [json.loads(text) for text in found] == [[LONG, 1.5], {"a": 2**64 - 3}]


def test_whole_numbers_of_any_length_are_numbers_in_the_published_attributes(
    with_properties: Callable[..., Path],
) -> None:
    assert json_rows(_read(with_properties([2**64 - 3, 5])).attributes) == [f'{{"n": {2**64 - 3}}}', '{"n": 5}']


def test_a_geojson_with_plain_numbers_is_as_gdal_reads_it(with_properties: Callable[..., Path]) -> None:
    found = _read(with_properties([1e300, 1234567.125])).attributes
    assert found.column("n").to_pylist() == [1e300, 1234567.125]


@pytest.mark.parametrize(
    "ids",
    [[LONG, LONG + 2], [2**64 - 3, 2**64 - 5], [2**64 - 3, 7], [2**63 + 1, 2], ["x", 77], [77, "x"], ["x", "y", 0]],
)
def test_the_ids_of_geojson_features_keep_their_digits(with_properties: Callable[..., Path], ids: list[Any]) -> None:
    assert _ids(_read(with_properties([1] * len(ids), ids)), "id") == [str(value) for value in ids]


def test_long_numbers_keep_their_digits_in_batches_of_any_size(with_properties: Callable[..., Path]) -> None:
    path = with_properties([1.5, 2, LONG, 4], [2**64 - 1, 2**64 - 2, 2**64 - 3, 5])
    batches = read_published(SourceFile(path, path.name), ReadOptions(), "farms", 3)
    rows = [row for batch in batches for row in batch.attributes.to_pylist()]
    assert [row["n"] for row in rows] == ["1.5", "2", str(LONG), "4"]
    assert [row["id"] for row in rows] == [Decimal(2**64 - 1), Decimal(2**64 - 2), Decimal(2**64 - 3), Decimal(5)]


@pytest.fixture
def shapefile(tmp_path: Path) -> Callable[..., Path]:
    """A shapefile of points with a .dbf of our own: fields as name, type, width, decimals, and rows of texts."""

    def write(fields: list[tuple[str, str, int, int]], rows: list[tuple[str, ...]]) -> Path:
        pyogrio.write_dataframe(_points({"n": range(len(rows))}), tmp_path / "f.shp")
        width = 1 + sum(field[2] for field in fields)
        head = struct.pack("<B3BIHH20x", 3, 120, 1, 1, len(rows), 32 + 32 * len(fields) + 1, width)
        for name, kind, size, decimals in fields:
            head += struct.pack("<11sc4xBB14x", name.encode(), kind.encode(), size, decimals)
        cells = [text.rjust(field[2]).encode() for row in rows for text, field in zip(row, fields, strict=True)]
        lines = [b" " + b"".join(cells[at : at + len(fields)]) for at in range(0, len(cells), len(fields))]
        (tmp_path / "f.dbf").write_bytes(head + b"\r" + b"".join(lines) + b"\x1a")
        return tmp_path / "f.shp"

    return write


@pytest.mark.parametrize(
    "digits", [("1234567890123456789", "1234567890123456788"), ("18446744073709551613", "7"), ("1.5", str(LONG))]
)
def test_a_wide_number_of_a_shapefile_keeps_its_digits(shapefile: Callable[..., Path], digits: tuple[str, str]) -> None:
    path = shapefile([("w", "N", 5, 0), ("n", "N", 20, 0), ("a", "N", 24, 15)], [("1", d, "2.5") for d in digits])
    assert _ids(_read(path), "n") == list(digits)
    assert _read(path).attributes.column("a").to_pylist() == [2.5, 2.5]


@pytest.mark.parametrize("nothing", ["", "*" * 20])
def test_a_wide_number_that_is_not_there_is_null(shapefile: Callable[..., Path], nothing: str) -> None:
    assert _ids(_read(shapefile([("n", "N", 20, 0)], [(nothing,), ("7",)])), "n") == [None, "7"]


def test_a_day_that_there_is_not_keeps_its_text_and_becomes_no_other_day(shapefile: Callable[..., Path]) -> None:
    found = _read(shapefile([("t", "D", 8, 0), ("u", "D", 8, 0)], [("20160101", "20161345"), ("", "20160101")]))
    assert json_rows(found.attributes) == ['{"t": "2016-01-01", "u": "20161345"}', '{"t": null, "u": "20160101"}']


@pytest.mark.parametrize(
    ("field", "texts"),
    [
        (("v", "N", 20, 1), ("9007199254740993.0", "9007199254740992.0")),
        (("v", "N", 24, 15), ("9007199254740993", "1.5")),
        (("v", "N", 10, 0), ("1e5", "12.7")),
        (("v", "L", 1, 0), ("T", "x")),
    ],
)
def test_a_value_that_its_type_does_not_hold_keeps_its_text(
    field: tuple[str, str, int, int], texts: tuple[str, str], shapefile: Callable[..., Path]
) -> None:
    found = _read(shapefile([field], [(text,) for text in texts]))
    assert found.attributes.to_pylist() == [{"v": text} for text in texts]


def test_a_numbers_digits_behind_the_point_do_not_make_it_text(shapefile: Callable[..., Path]) -> None:
    found = _read(shapefile([("v", "N", 24, 20), ("b", "L", 1, 0)], [("0.12345678901234567890", "?"), ("-7.5", "T")]))
    assert found.attributes.to_pylist() == [{"v": 0.12345678901234568, "b": None}, {"v": -7.5, "b": True}]


@pytest.mark.parametrize("kind", ["I", "M", "@", "O"])
def test_a_column_that_no_shapefile_should_have_is_named(kind: str, shapefile: Callable[..., Path]) -> None:
    with pytest.raises(ReadError, match=f"column 'v' is of the dBASE type '{kind}', which cannot be read"):
        _read(shapefile([("v", kind, 4, 0)], [("7",)]))


def test_columns_of_one_name_are_all_kept(shapefile: Callable[..., Path]) -> None:
    found = _read(shapefile([("a", "C", 1, 0), ("a", "N", 20, 0), ("", "C", 1, 0)], [("1", "2", "3")]))
    assert found.attributes.to_pylist() == [{"a": "1", "a_2": 2, "column_3": "3"}]


def test_of_two_parts_whose_endings_differ_in_case_all_values_come_from_one(shapefile: Callable[..., Path]) -> None:
    path = shapefile([("a", "C", 1, 0), ("n", "N", 20, 0)], [("1", "1")])
    content = path.with_suffix(".dbf").read_bytes()
    path.with_suffix(".DBF").write_bytes(content[:-22] + b"2" + b"2".rjust(20) + b"\x1a")
    ((text, number),) = (row.values() for row in _read(path).attributes.to_pylist())
    assert text == str(number)


def test_a_text_in_a_column_of_numbers_is_an_error_with_its_column(shapefile: Callable[..., Path]) -> None:
    with pytest.raises(ReadError, match=r"a value would change .*'abc' of field (f|published)\.n "):
        _read(shapefile([("n", "N", 9, 0)], [("abc",)]))


@pytest.fixture
def geopackage(tmp_path: Path) -> Callable[..., Path]:
    """A GeoPackage of points, in which a column `v` of a declared type holds these values."""

    def write(kind: str, *values: Any) -> Path:
        path = tmp_path / "f.gpkg"
        pyogrio.write_dataframe(_points({"n": range(len(values))}), path, layer="l", SPATIAL_INDEX="NO")
        with sqlite3.connect(path) as database:
            for (trigger,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
                database.execute(f'drop trigger "{trigger}"')
            database.execute(f"alter table l add column v {kind}")
            database.executemany("update l set v = ? where fid = ?", [(v, n + 1) for n, v in enumerate(values)])
        return path

    return write


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("MEDIUMINT", 2**40),
        ("SMALLINT", 70_000),
        ("BOOLEAN", 2),
        ("INTEGER", "abc"),
        ("INTEGER", 1.5),
        ("REAL", "abc"),
        ("NUMERIC", LONG),
        ("DATE", "2016-13-45"),
        ("DATE", "2016-01-01T12:00:00"),
        ("INT8", "abc"),
    ],
)
def test_a_value_that_the_type_of_its_geopackage_column_cannot_hold_is_an_error_with_the_column(
    geopackage: Callable[..., Path], kind: str, value: Any
) -> None:
    with pytest.raises(ReadError, match=rf"column '?v'?.* '?{value}"):
        _read(geopackage(kind, value, 1 if kind != "DATE" else "2016-01-01"))


@pytest.mark.parametrize("kind", ["BIGINT", "VARCHAR(20)", "NUMERIC(20,0)"])
def test_a_geopackage_column_of_another_databases_type_is_named(geopackage: Callable[..., Path], kind: str) -> None:
    with pytest.raises(ReadError, match=f"column 'v' has the type {re.escape(kind)}, which no GeoPackage has"):
        _read(geopackage(kind, 1, 2))


def test_an_unsigned_number_of_flatgeobuf_is_not_rounded_without_a_word(tmp_path: Path) -> None:
    pyogrio.write_dataframe(_points({"idx": [LONG, 1]}), tmp_path / "f.fgb", SPATIAL_INDEX="NO")
    content = bytearray((tmp_path / "f.fgb").read_bytes())
    kind = content.find(b"\x03\x00\x00\x00idx\x00") - 9
    assert content[kind] == 7  # signed, 64 bits
    content[kind] = 8  # unsigned: https://github.com/flatgeobuf/flatgeobuf/blob/master/src/fbs/header.fbs
    (tmp_path / "f.fgb").write_bytes(content)
    with pytest.raises(ReadError, match="column 'idx' holds numbers of 16 digits or more"):
        _read(tmp_path / "f.fgb")


def test_numbers_among_texts_of_a_geojson_keep_their_digits(with_properties: Callable[..., Path]) -> None:
    found = _read(with_properties(["x", 1.1, 12, True, [1]], [1, 2, 3, 4, 5]))
    assert found.attributes.column("n").to_pylist() == ["x", "1.1", "12", "true", "[1]"]


def test_an_esri_json_with_object_ids_is_read(tmp_path: Path) -> None:
    fields = [{"name": "OBJECTID", "type": "esriFieldTypeOID"}, {"name": "n", "type": "esriFieldTypeDouble"}]
    features = [{"attributes": {"OBJECTID": 7 + n, "n": n}, "geometry": {"x": 10, "y": 50}} for n in range(2)]
    about = {"geometryType": "esriGeometryPoint", "spatialReference": {"wkid": 4326}}
    (tmp_path / "f.json").write_text(json.dumps(about | {"fields": fields, "features": features}))
    assert _read(tmp_path / "f.json").attributes.column("OBJECTID").to_pylist() == [7, 8]


@pytest.mark.parametrize(
    ("kind", "values"),
    [("TINYINT", [300, None]), ("INTEGER", [2**63 - 1, -(2**63)]), ("BOOLEAN", [1, 0]), ("TEXT(3)", ["longer", ""])],
)
def test_what_a_geopackage_column_can_hold_is_read(
    geopackage: Callable[..., Path], kind: str, values: list[Any]
) -> None:
    assert _read(geopackage(kind, *values)).attributes.column("v").to_pylist() == values


MOMENTS = ["2016-01-01T00:00:00+09:00", "2016-06-30T23:30:00-03:00"]


@pytest.mark.parametrize("name", ["f.gpkg", "f.fgb", "f.geojson", "f.shp"])
def test_a_moment_stays_on_its_day(tmp_path: Path, name: str) -> None:
    moments = pd.Series([pd.Timestamp(moment) for moment in MOMENTS], dtype=object)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a shapefile has no moments, and writes text
        pyogrio.write_dataframe(_points({"t": moments}), tmp_path / name)
    texts = published_text(_read(tmp_path / name).attributes, "t", "farms", "columns").to_pylist()
    days = [dt.date(2016, 1, 1), dt.date(2016, 6, 30)]
    assert {interval(text) for text in texts} == {(day, day) for day in days}


def test_a_day_is_found_in_a_column_of_moments(tmp_path: Path) -> None:
    moments = pd.Series([pd.Timestamp("2016-01-01T00:00:00+09:00"), pd.Timestamp("2016-01-02T10:00:00")], dtype=object)
    pyogrio.write_dataframe(_points({"t": moments}), tmp_path / "f.gpkg")
    texts = published_text(_read(tmp_path / "f.gpkg").attributes, "t", "farms", "where").to_pylist()
    assert texts == ["2016-01-01", "2016-01-02T10:00:00"]


def test_numbers_of_single_precision_are_published_as_short_as_written() -> None:
    table = pa.table({"n": pa.array([1.1, None, float("nan"), 16_777_216], pa.float32())})
    assert json_rows(table) == ['{"n": 1.1}', '{"n": null}', '{"n": null}', '{"n": 16777216.0}']


def test_a_uuid_is_its_text() -> None:
    value = uuid.UUID(int=5)
    stored = pa.ExtensionArray.from_storage(pa.uuid(), pa.array([value.bytes, None], pa.binary(16)))
    assert own_identifiers(pa.table({"u": stored}), Column(column=("u",)), "farms") == [str(value), None]


def test_a_csv_value_of_any_length_is_read(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(f"id,lon,lat,note\na,10,50,{'x' * 200_000}\n")
    found = _read(tmp_path / "f.csv", crs="EPSG:4326", longitude="lon", latitude="lat")
    assert len(found.attributes.column("note")[0].as_py()) == 200_000


def test_a_warning_without_a_loss_stays_a_warning() -> None:
    with pytest.warns(RuntimeWarning, match="unusual"), losses_as_errors():
        warnings.warn("unusual", RuntimeWarning, stacklevel=1)


@pytest.mark.parametrize(
    "message",
    [
        "Field l.n: integer overflow occurred when trying to set 5000000000 as 32 bit integer.",
        "One or several characters couldn't be converted correctly from CP1252 to UTF-8.",
        "Invalid content for record 1 in column v: foo",
    ],
)
def test_a_warning_of_a_loss_is_an_error_in_its_words(message: str) -> None:
    with pytest.raises(ValueError, match="a value would change"), losses_as_errors():
        warnings.warn(message, RuntimeWarning, stacklevel=1)
