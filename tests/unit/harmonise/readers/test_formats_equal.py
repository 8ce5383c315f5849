"""The same records load equal from every format; what a format has of its own is read too."""

import json
import logging
import sqlite3
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj
import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon, box

from loaders.core.errors import ReadError
from loaders.db.connection import config, load_extension, prepare
from loaders.harmonise.readers.published_file import PublishedBatch, read_published
from loaders.harmonise.shapes.repair import harmonise_shapes
from loaders.harmonise.values.columns import numbers, own_identifiers, published_text
from loaders.harmonise.values.date_intervals import interval
from loaders.settings.column import Column
from loaders.settings.columns import CapacityColumn, ReadOptions
from loaders.settings.file_selection import SourceFile

IDS = [2**53 + 1, 2**53 + 3, 2**60 + 7]
NAMES = ["Müllrose", "", 'Łódź "x", y']
MOMENTS: list[Any] = ["2016-01-01T00:00:00+09:00", None, "2016-06-30T23:30:00-03:00"]
SHAPES: list[Any] = [
    box(10, 50, 10.5, 50.5),
    Polygon([(11, 51), (11.5, 51), (11, 51.5)]),
    MultiPolygon([box(12, 52, 12.5, 52.5), box(13, 52, 13.5, 52.5)]),
]
RECORDS = [
    ("9007199254740993", "Müllrose", 1.5, True, ("2016-01-01", "2016-01-01")),
    ("9007199254740995", None, None, False, None),
    ("1152921504606846983", 'Łódź "x", y', 0.1, True, ("2016-06-30", "2016-06-30")),
]
DRIVERS = {
    ".kml": "LIBKML",
    ".kmz": "LIBKML",
    ".shp": "ESRI Shapefile",
    ".gdb": "OpenFileGDB",
    ".geojsonl": "GeoJSONSeq",
}
OPTIONS: dict[str, dict[str, Any]] = {
    ".gdb": {"TARGET_ARCGIS_VERSION": "ARCGIS_PRO_3_2_OR_LATER", "geometry_type": "MultiPolygon"},
    ".kml": {"layer": "farms"},
    ".kmz": {"layer": "farms"},
}
TRUE = {"true", "1"}  # a file geodatabase has no truth values
WKT: dict[str, Any] = {"wkt": "outline", "crs": "EPSG:4326"}


def _read(path: Path, **reading: Any) -> PublishedBatch:
    (published,) = read_published(SourceFile(path, path.name), ReadOptions.model_validate(reading), "farms")
    return published


def _frame(dimensions: int = 2) -> gpd.GeoDataFrame:
    moments = pd.Series([moment and pd.Timestamp(moment) for moment in MOMENTS], dtype=object)
    shapes = SHAPES if dimensions == 2 else list(shapely.force_3d(SHAPES, 7))
    values = {"plant_id": IDS, "name": NAMES, "mw": [1.5, None, 0.1], "is_on": [True, False, True], "moment": moments}
    return gpd.GeoDataFrame(values, geometry=shapes, crs=4326)


def _table() -> pd.DataFrame:
    """For formats without shapes and without offsets: both as text."""
    frame = _frame()
    return pd.DataFrame(frame.drop(columns="geometry")).assign(outline=frame.geometry.to_wkt(), moment=MOMENTS)


def _write_with_gdal(path: Path, dimensions: int) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a shapefile, which has no moments and writes text
        options = OPTIONS.get(path.suffix, {})
        pyogrio.write_dataframe(_frame(dimensions), path, driver=DRIVERS.get(path.suffix), **options)
    return path


def _days(table: pa.Table, name: str) -> list[tuple[str, str] | None]:
    """The first and the last day that each value of a column can mean."""
    found = map(interval, [text or "" for text in published_text(table, name, "farms", "columns").to_pylist()])
    return [days and (str(days[0]), str(days[1])) for days in found]


def _records(published: PublishedBatch) -> list[tuple[tuple[Any, ...], Any]]:
    """What a load makes of the columns, and the shapes."""
    table = published.attributes
    name = next(column for column in table.column_names if column.lower() == "name")
    capacity = numbers(table, CapacityColumn(column=("mw",), unit="MW"), "farms")
    rows = zip(
        own_identifiers(table, Column(column=("plant_id",)), "farms"),
        [text or None for text in published_text(table, name, "farms", "where").to_pylist()],
        [None if np.isnan(value) else value for value in capacity],
        [text in TRUE for text in published_text(table, "is_on", "farms", "where").to_pylist()],
        _days(table, "moment"),
        strict=True,
    )
    shapes = harmonise_shapes(published.wkb, published.crs).shapes
    order = {row[0]: place for place, row in enumerate(RECORDS)}
    return sorted(zip(rows, shapes, strict=True), key=lambda row: order[str(row[0][0])])


def _require_equal(published: PublishedBatch) -> None:
    found = _records(published)
    assert [row for row, _ in found] == RECORDS
    apart = [shapely.hausdorff_distance(shape, expected) for (_, shape), expected in zip(found, SHAPES, strict=True)]
    assert max(apart) < 1e-9


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("suffix", [".geojson", ".geojsonl", ".gpkg", ".fgb", ".shp", ".kml", ".kmz", ".gml", ".gdb"])
def test_the_same_records_load_equal_from_every_format_of_gdal(tmp_path: Path, suffix: str, dimensions: int) -> None:
    _require_equal(_read(_write_with_gdal(tmp_path / f"f{suffix}", dimensions)))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".ods"])
def test_the_same_records_load_equal_from_tables_with_well_known_text(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"f{suffix}"
    if suffix == ".csv":
        _table().replace({True: "true", False: "false"}).to_csv(path, index=False)
    else:
        pyogrio.write_dataframe(_table(), path, driver=suffix[1:].upper())
    _require_equal(_read(path, **WKT))


@pytest.mark.parametrize("version", ["0.4.0", "1.0.0", "1.1.0"])
def test_the_same_records_load_equal_from_each_version_of_geoparquet(tmp_path: Path, version: str) -> None:
    _frame().assign(moment=MOMENTS).to_parquet(tmp_path / "f.parquet", schema_version=version)
    _require_equal(_read(tmp_path / "f.parquet"))


def test_a_moment_of_parquet_stays_on_the_day_of_its_zone(tmp_path: Path) -> None:
    moments = pd.to_datetime(pd.Series([MOMENTS[0], None, "2016-07-01T00:30:00+09:00"]))
    _frame().assign(moment=moments).to_parquet(tmp_path / "f.parquet")
    found = _days(_read(tmp_path / "f.parquet").attributes, "moment")
    assert found == [("2016-01-01", "2016-01-01"), None, ("2016-07-01", "2016-07-01")]


def test_the_same_records_load_equal_from_geometry_types_of_parquet_itself(tmp_path: Path) -> None:
    with duckdb.connect(config=config()) as connection:
        prepare(connection)
        load_extension(connection, "spatial")
        connection.register("records", pa.Table.from_pandas(_table(), preserve_index=False))
        connection.execute(
            "create table farms as select * exclude outline, ST_SetCRS(ST_GeomFromText(outline), 'EPSG:4326') as "
            "shape from records"
        )
        for version in ("NONE", "V2"):
            path = tmp_path / f"{version}.parquet"
            connection.execute(f"copy farms to '{path}' (format parquet, geoparquet_version '{version}')")
            published = _read(path)
            _require_equal(published)
            assert published.crs.to_epsg() == 4326


GEOARROW: dict[str, list[Any]] = {
    "points": [Point(10, 50), Point(11, 51), None],
    "polygons": [SHAPES[0], Polygon(box(0, 0, 3, 3).exterior, [box(1, 1, 2, 2).exterior]), None],
    "multipolygons": [SHAPES[2], None, MultiPolygon([SHAPES[0], SHAPES[1]])],
}


@pytest.mark.parametrize("case", GEOARROW)
def test_geoarrow_shapes_are_decoded(tmp_path: Path, case: str) -> None:
    frame = gpd.GeoDataFrame({"n": [1, 2, 3]}, geometry=GEOARROW[case], crs=3035)
    frame.to_parquet(tmp_path / "f.parquet", geometry_encoding="geoarrow")
    batches = list(read_published(SourceFile(tmp_path / "f.parquet", "f.parquet"), ReadOptions(), "farms", 2))
    found = shapely.from_wkb(np.concatenate([batch.wkb for batch in batches]))
    assert [shape and shape.wkt for shape in found] == [shape and shape.wkt for shape in GEOARROW[case]]
    assert batches[0].crs.to_epsg() == 3035


@pytest.mark.parametrize(
    ("stated", "epsg"), [({}, "OGC"), ({"crs": None}, None), ({"crs": pyproj.CRS(3035).to_json_dict()}, "EPSG")]
)
def test_geoparquet_without_a_crs_is_in_degrees_and_with_null_is_unknown(
    tmp_path: Path, stated: dict[str, Any], epsg: str | None
) -> None:
    table = pa.table({"g": [shapely.to_wkb(Point(10, 50))]})
    geo = {"version": "1.1.0", "primary_column": "g", "columns": {"g": {"encoding": "WKB", **stated}}}
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), tmp_path / "f.parquet")
    if epsg is None:
        with pytest.raises(ReadError, match="does not say what its coordinates mean"):
            _read(tmp_path / "f.parquet")
    else:
        assert _read(tmp_path / "f.parquet").crs.to_authority()[0] == epsg


KML = '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'


def _placemark(name: str, more: str = "") -> str:
    return f"<Placemark><name>{name}</name>{more}<Point><coordinates>10,50</coordinates></Point></Placemark>"


def _folder(name: str, *placemarks: str) -> str:
    return f"<Folder><name>{name}</name>{''.join(placemarks)}</Folder>"


def _data(name: str, value: str) -> str:
    return f'<ExtendedData><Data name="{name}"><value>{value}</value></Data></ExtendedData>'


@pytest.fixture
def kml(tmp_path: Path) -> Callable[..., Path]:
    """A KML or KMZ document with this content."""

    def write(content: str, suffix: str = ".kml") -> Path:
        path = tmp_path / f"f{suffix}"
        if suffix == ".kml":
            path.write_text(KML.format(content), encoding="utf-8")
        else:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("doc.kml", KML.format(content))
        return path

    return write


@pytest.mark.parametrize("suffix", [".kml", ".kmz"])
def test_all_folders_of_a_kml_are_read_in_order_and_said(
    kml: Callable[..., Path], suffix: str, caplog: pytest.LogCaptureFixture
) -> None:
    inner = _folder("deep", _placemark("d"))
    path = kml(_placemark("a") + _folder('12" pipes', _placemark("b"), _placemark("c"), inner) + _folder("z"), suffix)
    with caplog.at_level(logging.WARNING):
        assert _read(path).attributes.column("Name").to_pylist() == ["a", "b", "c", "d"]
    assert "4 folders of f" in caplog.text
    assert _read(path, layer="deep").attributes.column("Name").to_pylist() == ["d"]


def test_folders_with_different_data_are_one_table_with_nulls(kml: Callable[..., Path]) -> None:
    content = _folder("A", _placemark("a", _data("p", "007"))) + _folder("B", _placemark("b", _data("q", "x")))
    found = _read(kml(content)).attributes
    assert (found.column("p").to_pylist(), found.column("q").to_pylist()) == (["007", None], [None, "x"])


def test_many_folders_are_read_with_one_parse(kml: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []

    def noted(*arguments: Any, **options: Any) -> Any:
        opened.append(options)
        return pyogrio.open_arrow(*arguments, **options)

    monkeypatch.setattr("loaders.harmonise.readers.vector.reader.open_arrow", noted)
    path = kml("".join(_folder(f"F{n}", _placemark(f"p{n}")) for n in range(200)))
    assert len(_read(path).wkb) == 200
    assert len(opened) == 1


@pytest.mark.parametrize(("time", "name"), [("<TimeStamp><when>2016</when></TimeStamp>", "when")])
def test_a_time_that_gdal_leaves_out_is_an_error_with_its_name(kml: Callable[..., Path], time: str, name: str) -> None:
    with pytest.raises(ReadError, match=rf"the time <{name}> of a placemark is 2016"):
        _read(kml(_placemark("a", time)))


def test_what_a_kml_does_not_state_is_null(kml: Callable[..., Path]) -> None:
    stated = "<Placemark><name>b</name><visibility>0</visibility><Point><extrude>1</extrude>{}</Point></Placemark>"
    path = kml(_placemark("a") + stated.format("<coordinates>10,50</coordinates>"))
    rows = [(row["visibility"], row["extrude"], row["tessellate"]) for row in _read(path).attributes.to_pylist()]
    assert rows == [(None, None, None), (0, 1, None)]


SCHEMA = '<Schema name="s" id="s"><SimpleField name="n" type="{}"/></Schema>'
SIMPLE = '<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="n">{}</SimpleData></SchemaData></ExtendedData>'


@pytest.mark.parametrize("kind", ["int", "double", "float"])
def test_a_long_number_that_kml_declares_too_short_is_an_error_with_its_column(
    kml: Callable[..., Path], kind: str
) -> None:
    with pytest.raises(ReadError, match=r"column 'n'|field \w+\.n "):
        _read(kml(SCHEMA.format(kind) + _placemark("a", SIMPLE.format(2**53 + 1))))


@pytest.mark.parametrize("suffix", [".kml", ".kmz"])
@pytest.mark.parametrize("text", ["true", "1.10", "9" * 20])
def test_what_is_no_whole_number_of_a_kml_does_not_become_one(kml: Callable[..., Path], text: str, suffix: str) -> None:
    with pytest.raises(ReadError, match=f"column 'n' is declared as whole numbers, but holds '{text}'"):
        _read(
            kml(
                SCHEMA.format("uint") + _placemark("a", SIMPLE.format("7")) + _placemark("b", SIMPLE.format(text)),
                suffix,
            )
        )


def test_whole_numbers_of_a_kml_are_read(kml: Callable[..., Path]) -> None:
    path = kml(SCHEMA.format("uint") + _placemark("a", SIMPLE.format(2**53 + 1)) + _placemark("b", SIMPLE.format("")))
    assert _read(path).attributes.column("n").to_pylist()[0] == 2**53 + 1


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_a_workbook_is_read_as_a_table_of_points(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame({"id": ["007", "8"], "lon": [10.5, 11], "lat": ["50.25", None], "big": [2**60 + 7, 1]})
    pyogrio.write_dataframe(frame, tmp_path / f"f{suffix}", driver=suffix[1:].upper())
    found = _read(tmp_path / f"f{suffix}", longitude="lon", latitude="lat", crs="EPSG:4326")
    assert [shape and shape.wkt for shape in shapely.from_wkb(found.wkb)] == ["POINT (10.5 50.25)", None]
    assert [row["id"] for row in found.attributes.to_pylist()] == ["007", "8"]
    assert found.attributes.column("big").to_pylist() == [2**60 + 7, 1]


def test_a_workbook_without_the_columns_of_its_positions_says_which_it_has(tmp_path: Path) -> None:
    pyogrio.write_dataframe(pd.DataFrame({"X": [1], "Y": [2]}), tmp_path / "f.xlsx", driver="XLSX")
    with pytest.raises(ReadError, match=r"read\.longitude .* found nothing\. The file has: X, Y\."):
        _read(tmp_path / "f.xlsx", crs="EPSG:4326")


def test_columns_of_a_workbook_with_the_same_name_are_numbered(tmp_path: Path) -> None:
    frame = pd.DataFrame({"lon": [10], "lat": [50], "note": ["a"], "nota": ["b"]})
    pyogrio.write_dataframe(frame, tmp_path / "f.xlsx", driver="XLSX")
    with zipfile.ZipFile(tmp_path / "f.xlsx") as archive:
        members = {name: archive.read(name).replace(b">nota<", b">note<") for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "f.xlsx", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    found = _read(tmp_path / "f.xlsx", longitude="lon", latitude="lat", crs="EPSG:4326")
    assert found.attributes.to_pylist() == [{"lon": 10, "lat": 50, "note": "a", "note_2": "b"}]


def test_one_of_several_sheets_must_be_named(tmp_path: Path) -> None:
    frame = pd.DataFrame({"lon": [10], "lat": [50]})
    for sheet in ("plants", "notes"):
        pyogrio.write_dataframe(frame, tmp_path / "f.ods", driver="ODS", layer=sheet, append=sheet == "notes")
    degrees = {"longitude": "lon", "latitude": "lat", "crs": "EPSG:4326"}
    with pytest.raises(ReadError, match="several layers: plants, notes"):
        _read(tmp_path / "f.ods", **degrees)
    assert len(_read(tmp_path / "f.ods", layer="notes", **degrees).wkb) == 1


@pytest.mark.parametrize("long", [2.0**60, 2.0**64, 2.0**70])
def test_a_number_that_a_workbook_rounded_is_an_error_with_its_column(tmp_path: Path, long: float) -> None:
    frame = pd.DataFrame({"lon": [10.0, 11], "lat": [50, 51], "n": [1.5, long]})
    pyogrio.write_dataframe(frame, tmp_path / "f.xlsx", driver="XLSX")
    with pytest.raises(ReadError, match="column 'n' holds numbers of 16 digits or more"):
        _read(tmp_path / "f.xlsx", longitude="lon", latitude="lat", crs="EPSG:4326")


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_a_number_beyond_64_bits_does_not_become_the_last_one(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame({"lon": [10], "lat": [50], "n": [1234567890123456789]})
    pyogrio.write_dataframe(frame, tmp_path / f"f{suffix}", driver=suffix[1:].upper())
    with zipfile.ZipFile(tmp_path / f"f{suffix}") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / f"f{suffix}", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content.replace(b"1234567890123456789", b"12345678901234567890"))
    with pytest.raises(ReadError, match="column 'n' holds numbers of 16 digits or more"):
        _read(tmp_path / f"f{suffix}", longitude="lon", latitude="lat", crs="EPSG:4326")


def test_well_known_text_that_is_none_is_no_shape_and_no_crash(tmp_path: Path) -> None:
    rows = ["POINT (10 50)", "POINT (10", "", "CURVEPOLYGON (CIRCULARSTRING (0 0, 1 1, 2 0, 1 -1, 0 0))", "hello"]
    (tmp_path / "f.csv").write_text("id,outline\n" + "".join(f'{n},"{row}"\n' for n, row in enumerate(rows)))
    assert [wkb and "a shape" for wkb in _read(tmp_path / "f.csv", **WKT).wkb] == ["a shape", b"", None, b"", b""]


def test_a_table_has_its_shapes_in_one_place() -> None:
    with pytest.raises(ValueError, match="either wkt, or longitude and latitude"):
        ReadOptions.model_validate({"wkt": "outline", "longitude": "lon"})


def test_the_object_id_of_a_file_geodatabase_is_a_published_value(tmp_path: Path) -> None:
    found = _read(_write_with_gdal(tmp_path / "f.gdb", 2))
    assert found.attributes.column("OBJECTID").to_pylist() == [1, 2, 3]


GML = '<?xml version="1.0"?><FeatureCollection xmlns:gml="http://www.opengis.net/gml" xmlns="http://example.org/">{}</FeatureCollection>'
MEMBER = (
    "<gml:featureMember><plant><code>{}</code><shape><gml:MultiSurface srsName='urn:ogc:def:crs:EPSG::4326'>"
    "<gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>50 10 50 11 51 11 50 10</gml:posList>"
    "</gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface></shape></plant>"
    "</gml:featureMember>"
)


def test_values_of_gml_stay_as_written_and_its_surfaces_are_polygons(tmp_path: Path) -> None:
    codes = ["007", "1.50", str(2**64 - 3)]
    (tmp_path / "f.gml").write_text(GML.format("".join(map(MEMBER.format, codes))))
    found = _read(tmp_path / "f.gml")
    assert found.attributes.column("code").to_pylist() == codes
    shapes = harmonise_shapes(found.wkb, found.crs)
    assert (shapes.reason.tolist(), shapes.linearised.tolist()) == ([None] * 3, [False] * 3)
    assert shapely.area(shapes.shapes).tolist() == pytest.approx([0.5] * 3)


@pytest.mark.parametrize(
    ("kind", "z", "m"),
    [
        *(("GEOMETRY", z, m) for z, m in ((1, 0), (0, 1), (1, 1))),
        *((kind, 0, 0) for kind in ("CURVEPOLYGON", "TIN", "POLYHEDRALSURFACE")),
        ("MULTIPOLYGON", 0, 1),
    ],
)
def test_a_layer_of_any_type_is_read_without_a_word(
    tmp_path: Path, kind: str, z: int, m: int, recwarn: pytest.WarningsRecorder
) -> None:
    pyogrio.write_dataframe(_frame(), tmp_path / "f.gpkg", geometry_type="Unknown")
    with sqlite3.connect(tmp_path / "f.gpkg") as database:
        database.execute("update gpkg_geometry_columns set geometry_type_name = ?, z = ?, m = ?", (kind, z, m))
    recwarn.clear()
    assert len(_read(tmp_path / "f.gpkg").wkb) == 3
    assert [str(warning.message) for warning in recwarn] == []


def test_heights_and_measures_of_any_shape_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "f.gpkg"
    pyogrio.write_dataframe(_frame(), path, layer="l", geometry_type="Unknown", SPATIAL_INDEX="NO")
    measured = shapely.from_wkt(["POLYGON M ((10 50 1, 11 50 2, 11 51 3, 10 50 1))", "POINT ZM (10 50 7 8)"])
    wkb = [*shapely.to_wkb(measured, flavor="iso"), shapely.to_wkb(SHAPES[0])]
    with sqlite3.connect(path) as database:
        for (trigger,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            database.execute(f'drop trigger "{trigger}"')
        rows = [(b"GP\x00\x01" + struct.pack("<i", 4326) + shape, place) for place, shape in enumerate(wkb, 1)]
        database.executemany("update l set geom = ? where fid = ?", rows)
        database.execute("update gpkg_geometry_columns set z = 2, m = 2")
    found = harmonise_shapes(_read(path).wkb, pyproj.CRS(4326)).shapes
    assert [shape.wkt for shape in found[:2]] == ["POLYGON ((10 50, 11 50, 11 51, 10 50))", "POINT (10 50)"]


CORNERS = [{"x": 0.0, "y": 0.0}, {"x": 1.0, "y": 0.0}, {"x": 1.0, "y": 1.0}, {"x": 0.0, "y": 0.0}]


def _parquet(path: Path, shapes: pa.Array, encoding: object) -> Path:
    geo = {"primary_column": "shapes", "columns": {"shapes": {"encoding": encoding}}}
    table = pa.table({"shapes": shapes}).replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, path)
    return path


@pytest.mark.parametrize("hole", [None, [], CORNERS[:1]])
def test_a_ring_of_nothing_spoils_its_record_and_no_other(hole: list[Any] | None, tmp_path: Path) -> None:
    path = _parquet(tmp_path / "f.parquet", pa.array([[hole, CORNERS], [CORNERS], None]), "polygon")
    (found,) = read_published(SourceFile(path, "f.parquet"), ReadOptions(), "my_farms")
    shapes = shapely.from_wkb(found.wkb, on_invalid="ignore")
    assert [shape and shape.wkt for shape in shapes] == [None, "POLYGON ((0 0, 1 0, 1 1, 0 0))", None]


@pytest.mark.parametrize(
    ("shapes", "encoding", "said"),
    [
        (pa.array(["POINT (1 1)"]), "WKB", "its column shapes should hold shapes as binary, and is string"),
        (pa.array([1]), "WKB", "its column shapes should hold shapes as binary, and is int64"),
        (pa.array([CORNERS]), "polygon", "expected 2 lists around x and y for a polygon"),
        (pa.array([{"x": 1.0}]), "point", "expected 0 lists around x and y for a point"),
        (pa.array([b""]), ["WKB"], r"is encoded as \['WKB'\], expected one of WKB, point"),
    ],
)
def test_parquet_whose_shapes_are_not_what_it_says_is_refused(
    shapes: pa.Array, encoding: object, said: str, tmp_path: Path
) -> None:
    path = _parquet(tmp_path / "f.parquet", shapes, encoding)
    with pytest.raises(ReadError, match=said):
        list(read_published(SourceFile(path, "f.parquet"), ReadOptions(), "my_farms"))
