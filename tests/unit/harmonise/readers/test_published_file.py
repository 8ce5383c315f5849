import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from shapely import Point, box

from loaders.acquire.archives.unpack import unpack
from loaders.acquire.archives.unpack_checks import Limits
from loaders.core.errors import ReadError
from loaders.harmonise.readers.published_file import PublishedBatch, read_published
from loaders.settings.columns import ReadOptions
from loaders.settings.file_selection import SourceFile

ROWS: list[dict[str, Any]] = [{"name": "Müllrose", "mw": 1.5, "n": 1}, {"name": "Łódź", "mw": None, "n": 2}]
SHAPES = [box(10, 50, 10.1, 50.1), box(11, 51, 11.1, 51.1)]
FORMATS = {"GeoJSON": "f.geojson", "ESRI Shapefile": "f.shp", "GPKG": "f.gpkg", "FlatGeobuf": "f.fgb"}
DEGREES = {"crs": "EPSG:4326", "longitude": "lon", "latitude": "lat"}

pytestmark = pytest.mark.filterwarnings("ignore:.*crs.*was not provided:UserWarning")


def _read(path: Path, **reading: Any) -> PublishedBatch:
    (published,) = read_published(SourceFile(path, path.name), ReadOptions.model_validate(reading), "farms")
    return published


def _shapes(published: PublishedBatch) -> list[Any]:
    return list(shapely.from_wkb(published.wkb))


def _without_fid(published: PublishedBatch) -> list[dict[str, Any]]:
    """A GeoPackage numbers its features; the other formats here do not."""
    return [{name: value for name, value in row.items() if name != "fid"} for row in published.attributes.to_pylist()]


def _frame(crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(ROWS, geometry=SHAPES, crs=crs)


def _zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """The two farms in a format of GDAL's; returns the file."""

    def write(driver: str, crs: str | None = "EPSG:4326", frame: gpd.GeoDataFrame | None = None) -> Path:
        path = tmp_path / driver.replace(" ", "") / FORMATS.get(driver, f"f.{driver.lower()}")
        path.parent.mkdir()
        pyogrio.write_dataframe(_frame(crs) if frame is None else frame, path, driver=driver)
        return path

    return write


@pytest.fixture
def csv(tmp_path: Path) -> Callable[..., PublishedBatch]:
    """Read a text as CSV, its positions in degrees."""

    def read(content: str | bytes, **reading: Any) -> PublishedBatch:
        path = tmp_path / "f.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return _read(path, **{**DEGREES, **reading})

    return read


@pytest.mark.parametrize("driver", FORMATS)
def test_each_format_gives_the_same_rows_and_shapes(driver: str, written: Callable[..., Path]) -> None:
    found = _read(written(driver))
    rows = sorted(_without_fid(found), key=lambda row: row["n"])
    order = [row["n"] - 1 for row in found.attributes.to_pylist()]
    assert rows == ROWS
    assert [shape.equals(SHAPES[place]) for shape, place in zip(_shapes(found), order, strict=True)] == [True, True]
    assert found.crs.to_epsg() == 4326


def test_geoparquet_gives_the_same_rows_and_shapes(tmp_path: Path) -> None:
    _frame().to_parquet(tmp_path / "f.parquet", write_covering_bbox=True)
    found = _read(tmp_path / "f.parquet")
    assert [{name: row[name] for name in ROWS[0]} for row in found.attributes.to_pylist()] == ROWS
    assert [shape.equals(other) for shape, other in zip(_shapes(found), SHAPES, strict=True)] == [True, True]


def test_kml_gives_names_and_shapes(tmp_path: Path) -> None:
    polygon = (
        "<Polygon><outerBoundaryIs><LinearRing><coordinates>{}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    )
    corners = "10,50,5 11,50,5 11,51,5 10,50,5"
    (tmp_path / "f.kml").write_text(
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Łódź</name>{polygon.format(corners)}</Placemark></Document></kml>',
        encoding="utf-8",
    )
    found = _read(tmp_path / "f.kml")
    assert found.attributes.column("Name").to_pylist() == ["Łódź"]
    assert shapely.force_2d(_shapes(found)[0]).wkt == "POLYGON ((10 50, 11 50, 11 51, 10 50))"


@pytest.mark.parametrize("folder", ["", "in/", "odd {folder} ü/"])
@pytest.mark.parametrize("driver", FORMATS)
def test_a_zip_is_read_as_what_is_in_it(driver: str, folder: str, written: Callable[..., Path], tmp_path: Path) -> None:
    path = written(driver)
    archive = _zipped(tmp_path / "f.zip", {folder + part.name: part.read_bytes() for part in path.parent.iterdir()})
    unpack(archive, "f.zip", tmp_path / "out", lambda members: members, Limits(10, 100), "farms")
    file = SourceFile(tmp_path / "out" / folder / path.name, f"{folder}{path.name}", "f.zip")
    (found,) = read_published(file, ReadOptions(), "farms")
    assert sorted(_without_fid(found), key=lambda row: row["n"]) == ROWS
    assert found.name == f"f.zip/{folder}{path.name}"


def test_one_of_several_layers_must_be_named(tmp_path: Path) -> None:
    for layer in ("wind", "solar"):
        pyogrio.write_dataframe(_frame()[:1] if layer == "wind" else _frame(), tmp_path / "f.gpkg", layer=layer)
    with pytest.raises(ReadError, match=r"several layers: wind, solar\. .*datasets\.farms\.read\.layer"):
        _read(tmp_path / "f.gpkg")
    assert len(_read(tmp_path / "f.gpkg", layer="solar").wkb) == 2
    with pytest.raises(ReadError, match="water"):
        _read(tmp_path / "f.gpkg", layer="water")


def test_a_table_beside_the_only_layer_does_not_matter(tmp_path: Path) -> None:
    pyogrio.write_dataframe(_frame(), tmp_path / "f.gpkg", layer="solar")
    pyogrio.write_dataframe(_frame().drop(columns="geometry"), tmp_path / "f.gpkg", layer="notes")
    assert len(_read(tmp_path / "f.gpkg").wkb) == 2


def test_published_values_stay_as_they_are(tmp_path: Path, geojson: Callable[..., str]) -> None:
    row = {"date": "2016-06-01", "time": "2016/06/01 12:00", "odd": "00012", "n": 3, "on": True, "none": None}
    (tmp_path / "f.geojson").write_text(geojson(*SHAPES, rows=[row, {**row, "n": None}]), encoding="utf-8")
    assert _read(tmp_path / "f.geojson").attributes.to_pylist() == [row, {**row, "n": None}]


@pytest.mark.parametrize("identifier", [77, "a77"])
def test_the_id_of_a_geojson_feature_is_a_published_value(
    tmp_path: Path, geojson: Callable[..., str], identifier: Any
) -> None:
    document = json.loads(geojson(SHAPES[0], rows=[{"n": 1}]))
    document["features"][0]["id"] = identifier
    (tmp_path / "f.geojson").write_text(json.dumps(document))
    assert _read(tmp_path / "f.geojson").attributes.to_pylist() == [{"id": identifier, "n": 1}]


@pytest.mark.parametrize("name", ["wkb_geometry", "geometry", "id", "fid", "OGC_FID"])
def test_a_property_with_the_name_of_a_feature_id_is_kept(
    tmp_path: Path, geojson: Callable[..., str], name: str
) -> None:
    rows = [{name: 5}, {name: 9}]
    (tmp_path / "f.geojson").write_text(geojson(*SHAPES, rows=rows))
    assert _read(tmp_path / "f.geojson").attributes.to_pylist() == rows


def test_the_fid_of_a_geopackage_is_a_published_value(written: Callable[..., Path]) -> None:
    path = written("GPKG", frame=_frame().assign(fid=[50, 90]))
    assert _read(path).attributes.column("fid").to_pylist() == [50, 90]


def test_features_without_properties_are_still_counted(tmp_path: Path, geojson: Callable[..., str]) -> None:
    (tmp_path / "f.geojson").write_text(geojson(*SHAPES))
    found = _read(tmp_path / "f.geojson")
    assert (len(found.wkb), found.attributes.num_rows) == (2, 2)


def test_features_without_shapes_are_read_without(tmp_path: Path, geojson: Callable[..., str]) -> None:
    (tmp_path / "f.geojson").write_text(geojson(None, SHAPES[0], rows=[{"n": 1}, {"n": 2}]))
    assert [wkb is None for wkb in _read(tmp_path / "f.geojson").wkb] == [True, False]


def test_a_file_of_no_features_is_no_rows(tmp_path: Path, geojson: Callable[..., str]) -> None:
    (tmp_path / "f.geojson").write_text(geojson())
    found = _read(tmp_path / "f.geojson")
    assert (len(found.wkb), found.attributes.num_rows) == (0, 0)


def test_csv_keeps_what_was_written(csv: Callable[..., PublishedBatch]) -> None:
    found = csv('\ufeffid,lon,lat,note\n007,10.50,50,"two\nlines, ""quoted"""\nNA,11,51,\n')
    assert found.attributes.to_pylist() == [
        {"id": "007", "lon": "10.50", "lat": "50", "note": 'two\nlines, "quoted"'},
        {"id": "NA", "lon": "11", "lat": "51", "note": None},
    ]
    assert [shape.wkt for shape in _shapes(found)] == ["POINT (10.5 50)", "POINT (11 51)"]


def test_csv_rows_without_a_position_have_no_shape(csv: Callable[..., PublishedBatch]) -> None:
    found = csv("id,lon,lat\na,,50\nb,ten,50\nc\nd,10,50\n")
    assert [wkb if not wkb else "a point" for wkb in found.wkb] == [None, b"", None, "a point"]


def test_csv_in_another_encoding_is_read_when_declared_and_refused_when_not(csv: Callable[..., PublishedBatch]) -> None:
    content = "id,lon,lat\nCafé,10,50\n".encode("cp1252")
    assert csv(content, encoding="cp1252").attributes.column("id").to_pylist() == ["Café"]
    with pytest.raises(ReadError, match=r"farms: f\.csv cannot be read as csv: 'utf-8' codec"):
        csv(content)


def test_an_unknown_encoding_is_refused_not_a_crash(csv: Callable[..., PublishedBatch]) -> None:
    with pytest.raises(ReadError, match="cp99999"):
        csv("id,lon,lat\na,10,50\n", encoding="cp99999")


def test_a_comma_at_the_end_of_each_csv_row_does_not_shift_the_columns(csv: Callable[..., PublishedBatch]) -> None:
    found = csv("id,lon,lat\n7,10,50,\n8,11,51,\n")
    assert [shape.wkt if shape else None for shape in _shapes(found)] == ["POINT (10 50)", "POINT (11 51)"]
    assert found.attributes.column("id").to_pylist() == ["7", "8"]


def test_a_csv_row_with_more_fields_than_the_header_is_refused_not_shifted(csv: Callable[..., PublishedBatch]) -> None:
    with pytest.raises(ReadError):
        csv("id,lon,lat\n7,extra,10,50\n8,extra,11,51\n")


def test_csv_columns_without_name_and_content_are_left_out(csv: Callable[..., PublishedBatch]) -> None:
    found = csv("id,lon,lat,,,\n1,10,50,,,\n2,11,51, ,,\n")
    assert found.attributes.to_pylist() == [
        {"id": "1", "lon": "10", "lat": "50"},
        {"id": "2", "lon": "11", "lat": "51"},
    ]


def test_csv_columns_without_a_name_or_with_one_that_occurs_again_are_numbered(
    csv: Callable[..., PublishedBatch],
) -> None:
    found = csv(",lon,lat,id, ,id,id_2\n,10,50,a,,b,c\n7,11,51,d,x,e,f\n")
    assert found.attributes.to_pylist() == [
        {"column_1": None, "lon": "10", "lat": "50", "id": "a", "column_5": None, "id_3": "b", "id_2": "c"},
        {"column_1": "7", "lon": "11", "lat": "51", "id": "d", "column_5": "x", "id_3": "e", "id_2": "f"},
    ]


def test_csv_values_may_have_any_length(csv: Callable[..., PublishedBatch]) -> None:
    long = "x" * 500_000
    assert csv(f'id,lon,lat\n"{long}",10,50\n').attributes.column("id").to_pylist() == [long]


def test_csv_rows_keep_their_lines_quotes_and_zeros(csv: Callable[..., PublishedBatch]) -> None:
    found = csv('id,lon,lat\r"a\rb",10,50\r5" pipe,11,51\r\x00,12,52\r')
    assert found.attributes.column("id").to_pylist() == ["a\rb", '5" pipe', "\x00"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_csv_with_a_byte_order_mark_says_its_encoding(csv: Callable[..., PublishedBatch], encoding: str) -> None:
    assert csv("id,lon,lat\nŁ,10,50\n".encode(encoding)).attributes.to_pylist()[0]["id"] == "Ł"


@pytest.mark.parametrize("declared", ["utf-8", "UTF8"])
def test_a_byte_order_mark_is_no_part_of_a_name_where_the_encoding_is_declared(
    csv: Callable[..., PublishedBatch], declared: str
) -> None:
    found = csv('\ufeff"id",lon,lat\na,10,50\n', encoding=declared)
    assert found.attributes.column_names == ["id", "lon", "lat"]


def test_what_stands_before_the_header_line_of_a_csv_is_left_out(csv: Callable[..., PublishedBatch]) -> None:
    text = '"Plants" in "2020\nas of May\nid,lon,lat\na,10,50\n'
    assert csv(text, header_line=3).attributes.to_pylist() == [{"id": "a", "lon": "10", "lat": "50"}]
    with pytest.raises(ReadError, match=r"farms: f\.csv .*line 1"):
        csv(text)


def test_quotation_marks_are_text_where_the_settings_say_so(csv: Callable[..., PublishedBatch]) -> None:
    text = 'id,lon,lat\n"The" farm,10,50\n'
    with pytest.raises(ReadError, match=r"line 2: .*`read: \{quotes: false\}`"):
        csv(text)
    assert csv(text, quotes=False).attributes.column("id").to_pylist() == ['"The" farm']


def test_csv_with_other_coordinate_columns_lists_the_present_ones(csv: Callable[..., PublishedBatch]) -> None:
    with pytest.raises(
        ReadError, match=r"datasets\.farms\.read\.longitude .* found '?lon'?\. The file has: id, X, Y\."
    ):
        csv("id,X,Y\na,10,50\n")


@pytest.mark.parametrize("crs", ['LOCAL_CS["site",UNIT["m",1]]', "EPSG:5703"], ids=["a site's own", "heights"])
def test_a_crs_without_a_place_on_earth_is_refused(csv: Callable[..., PublishedBatch], crs: str) -> None:
    with pytest.raises(ReadError, match="no positions on Earth"):
        csv("id,lon,lat\na,10,50\n", crs=crs)


def test_csv_without_a_crs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("lon,lat\n1,2\n")
    with pytest.raises(ReadError, match=r"datasets\.farms\.read\.crs"):
        _read(tmp_path / "f.csv", longitude="lon", latitude="lat")


BROKEN = {
    "an empty GeoJSON": ("f.geojson", b""),
    "a web page": ("f.geojson", b"<!DOCTYPE html><html><body>404</body></html>"),
    "a GeoJSON cut short": ("f.geojson", b'{"type":"FeatureCollection","features":[{"type":"Feature","geom'),
    "an empty shapefile": ("f.shp", b""),
    "an empty GeoPackage": ("f.gpkg", b""),
    "an empty Parquet": ("f.parquet", b""),
    "a Parquet that is text": ("f.parquet", b"PAR1 and nothing else that is Parquet PAR1"),
    "an empty CSV": ("f.csv", b""),
    "a CSV with an open quote": ("f.csv", b'lon,lat\n"1,2\n'),
    "a GeoJSON in Latin-1": (
        "f.geojson",
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"n":"Zürich"},"geometry":null}]}'.encode(
            "latin-1"
        ),
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_refused_by_name(case: str, tmp_path: Path) -> None:
    name, content = BROKEN[case]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReadError, match=rf"^farms: {name} "):
        _read(tmp_path / name, **(DEGREES if name == "f.csv" else {}))


@pytest.fixture
def hundred() -> gpd.GeoDataFrame:
    squares = [box(step / 10, 0, step / 10 + 0.05, 0.05) for step in range(100)]
    return gpd.GeoDataFrame({"n": range(100)}, geometry=squares, crs=4326)


@pytest.mark.parametrize("driver", ["GeoJSON", "GPKG", "FlatGeobuf"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_cut_short_is_refused(
    driver: str, share: float, written: Callable[..., Path], hundred: gpd.GeoDataFrame
) -> None:
    path = written(driver, frame=hundred)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(ReadError, match=r"^farms: f\."):
        _read(path)


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf"])
def test_a_shapefile_of_which_a_part_is_cut_short_is_refused(
    part: str, written: Callable[..., Path], hundred: gpd.GeoDataFrame
) -> None:
    path = written("ESRI Shapefile", frame=hundred)
    cut = path.with_suffix(part)
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    with pytest.raises(ReadError, match=r"^farms: f\.shp"):
        _read(path)


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_a_shapefile_of_which_a_part_is_missing_is_refused(part: str, written: Callable[..., Path]) -> None:
    path = written("ESRI Shapefile")
    path.with_suffix(part).unlink()
    with pytest.raises(ReadError, match=r"^farms: f\.shp"):
        _read(path)


def test_a_damaged_parquet_is_refused_not_a_crash(tmp_path: Path) -> None:
    _frame().to_parquet(tmp_path / "f.parquet")
    content = bytearray((tmp_path / "f.parquet").read_bytes())
    content[4:40] = bytes(36)
    (tmp_path / "f.parquet").write_bytes(content)
    with pytest.raises(ReadError, match=r"^farms: f\.parquet"):
        _read(tmp_path / "f.parquet")


@pytest.mark.parametrize("geo", ["{", "{}", '{"primary_column": "geometry", "columns": {"geometry": {}}}'])
def test_a_parquet_that_does_not_describe_its_geometry_is_refused(tmp_path: Path, geo: str) -> None:
    _frame().to_parquet(tmp_path / "f.parquet")
    table = pq.read_table(tmp_path / "f.parquet")
    pq.write_table(table.replace_schema_metadata({"geo": geo}), tmp_path / "f.parquet")
    with pytest.raises(ReadError, match=r"^farms: f\.parquet"):
        _read(tmp_path / "f.parquet")


def test_a_parquet_with_a_crs_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    _frame().to_parquet(tmp_path / "f.parquet")
    table = pq.read_table(tmp_path / "f.parquet")
    described = json.loads(table.schema.metadata[b"geo"])
    described["columns"]["geometry"]["crs"] = {"made": "up"}
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(described)}), tmp_path / "f.parquet")
    with pytest.raises(ReadError, match=r"^farms: f\.parquet"):
        _read(tmp_path / "f.parquet")


def test_a_shapefile_in_an_undeclared_encoding_is_read_when_declared_and_refused_when_not(tmp_path: Path) -> None:
    pyogrio.write_dataframe(_frame().replace("Łódź", "Lodz"), tmp_path / "f.shp", encoding="cp1252")
    (tmp_path / "f.cpg").unlink()
    found = _read(tmp_path / "f.shp", encoding="cp1252")
    assert found.attributes.column("name").to_pylist() == ["Müllrose", "Lodz"]
    with pytest.raises(ReadError, match=r"^farms: f\.shp"):
        _read(tmp_path / "f.shp").attributes.to_pylist()


def test_an_encoding_that_the_format_cannot_have_is_refused_not_a_crash(written: Callable[..., Path]) -> None:
    with pytest.raises(ReadError, match="encoding"):
        _read(written("GeoJSON"), encoding="cp1252")


@pytest.mark.parametrize("driver", ["ESRI Shapefile", "GPKG", "FlatGeobuf"])
def test_a_file_that_does_not_say_its_crs_needs_a_declared_one(driver: str, written: Callable[..., Path]) -> None:
    path = written(driver, crs=None)
    with pytest.raises(ReadError, match=r"does not say what its coordinates mean\. Add datasets\.farms\.read\.crs"):
        _read(path)
    assert _read(path, crs="EPSG:25832").crs.to_epsg() == 25832


def test_a_declared_crs_that_contradicts_the_file_is_refused(written: Callable[..., Path]) -> None:
    path = written("GPKG", crs="EPSG:3035")
    with pytest.raises(ReadError, match=r"f\.gpkg says that its CRS is ETRS89.*read\.crs in params\.yaml says WGS 84"):
        _read(path, crs="EPSG:4326")
    assert _read(path, crs="EPSG:3035").crs.to_epsg() == 3035


@pytest.mark.parametrize("declared", ["EPSG:4326", "OGC:CRS84"])
def test_the_order_of_the_axes_is_no_contradiction(declared: str, written: Callable[..., Path]) -> None:
    assert _read(written("GPKG"), crs=declared).crs.to_epsg() == 4326


@pytest.mark.parametrize("declared", ["EPSG:999999", "British"])
def test_an_unknown_crs_is_refused_with_the_setting(declared: str, written: Callable[..., Path]) -> None:
    with pytest.raises(ReadError, match=rf"datasets\.farms\.read\.crs in params\.yaml is '{declared}', unknown"):
        _read(written("GPKG"), crs=declared)


def test_coordinates_are_longitude_first_in_every_format(written: Callable[..., Path]) -> None:
    north = gpd.GeoDataFrame({"n": [1]}, geometry=[Point(10, 50)], crs="EPSG:4326")
    found = [_shapes(_read(written(driver, frame=north)))[0].wkt for driver in FORMATS]
    assert found == ["POINT (10 50)"] * 4


def test_a_geojson_without_a_crs_member_can_be_declared_to_be_projected(
    tmp_path: Path, geojson: Callable[..., str]
) -> None:
    (tmp_path / "f.geojson").write_text(geojson(Point(530_624, 178_388)))
    assert _read(tmp_path / "f.geojson", crs="EPSG:27700").crs.to_epsg() == 27700


def test_a_csv_with_semicolons_is_told_what_to_declare_and_is_then_read(csv: Callable[..., PublishedBatch]) -> None:
    text = "id;lon;lat\na;10,5;1.050,25\n"
    with pytest.raises(ReadError, match=r"id;lon;lat \(only one: if ';' stands .* datasets\.farms\.read\.delimiter"):
        csv(text)
    found = csv(text, delimiter=";", decimal=",", thousands=".", crs="EPSG:3035")
    assert [shape.coords[0] for shape in _shapes(found)] == [(10.5, 1050.25)]
    assert found.attributes.to_pylist() == [{"id": "a", "lon": "10,5", "lat": "1.050,25"}]


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
@pytest.mark.parametrize("name", ["f.geojson", "f.gpkg", "f.csv", "f.parquet", "f.shp"])
def test_a_file_is_the_same_in_batches_of_any_size(tmp_path: Path, name: str, rows: int) -> None:
    frame = gpd.GeoDataFrame({"n": range(7), "x": [1.5, 2.0, None, 4, 5, 6, 7]}, geometry=[SHAPES[0]] * 7, crs=4326)
    match name.rpartition(".")[2]:
        case "csv":
            frame.assign(lon=10, lat=50).drop(columns="geometry").to_csv(tmp_path / name, index=False)
        case "parquet":
            frame.to_parquet(tmp_path / name, row_group_size=3)
        case _:
            pyogrio.write_dataframe(frame, tmp_path / name)
    reading = ReadOptions.model_validate(DEGREES if name.endswith("csv") else {})
    batches = list(read_published(SourceFile(tmp_path / name, name), reading, "farms", rows))
    (whole,) = read_published(SourceFile(tmp_path / name, name), reading, "farms")
    assert sum(len(batch.wkb) for batch in batches) == 7
    assert max(len(batch.wkb) for batch in batches) <= rows
    assert pa.concat_tables(batch.attributes for batch in batches).to_pylist() == whole.attributes.to_pylist()
    assert [bytes(wkb) for batch in batches for wkb in batch.wkb] == [bytes(wkb) for wkb in whole.wkb]
    assert [row for batch in batches for row in range(batch.first_row, batch.first_row + len(batch.wkb))] == [
        *range(1, 8)
    ]


def test_ids_that_only_some_features_have_are_refused(tmp_path: Path, geojson: Callable[..., str]) -> None:
    document = json.loads(geojson(*SHAPES, rows=[{"n": 1}, {"n": 2}]))
    document["features"][1]["id"] = 77
    (tmp_path / "f.geojson").write_text(json.dumps(document))
    with pytest.raises(ReadError, match="some features have an id of their own"):
        _read(tmp_path / "f.geojson")


def test_a_bare_number_as_crs_is_an_epsg_code(csv: Callable[..., PublishedBatch]) -> None:
    assert ReadOptions.model_validate({"crs": 3035}).crs == "EPSG:3035"
    assert csv("id,lon,lat\na,10,50\n", crs=4326).crs.to_epsg() == 4326


def test_an_id_that_several_features_have_is_refused_and_not_changed(
    tmp_path: Path, geojson: Callable[..., str]
) -> None:
    document = json.loads(geojson(*SHAPES, rows=[{"n": 1}, {"n": 2}]))
    for feature in document["features"]:
        feature["id"] = 77
    (tmp_path / "f.geojson").write_text(json.dumps(document))
    with pytest.raises(ReadError, match="several features have the id 77"):
        _read(tmp_path / "f.geojson")


def test_a_property_called_id_may_be_shared(
    tmp_path: Path, geojson: Callable[..., str], recwarn: pytest.WarningsRecorder
) -> None:
    rows = [{"id": 5}, {"id": 5}]
    (tmp_path / "f.geojson").write_text(geojson(*SHAPES, rows=rows))
    assert _read(tmp_path / "f.geojson").attributes.to_pylist() == rows
    assert [str(warning.message) for warning in recwarn if "id" in str(warning.message)] == []


@pytest.mark.parametrize("ids", [(7, None), (None, 7), (0, None)])
def test_ids_are_never_invented(
    tmp_path: Path, geojson: Callable[..., str], ids: tuple[int | None, int | None]
) -> None:
    document = json.loads(geojson(*SHAPES, rows=[{"n": 1}, {"n": 2}]))
    for feature, number in zip(document["features"], ids, strict=True):
        if number is not None:
            feature["id"] = number
    (tmp_path / "f.geojson").write_text(json.dumps(document))
    with pytest.raises(ReadError, match="some features have an id of their own and others have none"):
        _read(tmp_path / "f.geojson")


def test_an_id_of_null_is_none(tmp_path: Path, geojson: Callable[..., str]) -> None:
    document = json.loads(geojson(*SHAPES, rows=[{"n": 1}, {"n": 2}]))
    for feature in document["features"]:
        feature["id"] = None
    (tmp_path / "f.geojson").write_text(json.dumps(document))
    assert _read(tmp_path / "f.geojson").attributes.to_pylist() == [{"n": 1}, {"n": 2}]


UNUSABLE_CRS = [
    None,
    {"type": "link", "properties": {"href": "https://example.org/crs"}},
    {"type": "name", "properties": {"name": "EPSG:999999"}},
]


@pytest.mark.parametrize("member", UNUSABLE_CRS)
def test_a_geojson_whose_crs_member_says_nothing_must_be_declared(
    tmp_path: Path, geojson: Callable[..., str], member: object
) -> None:
    (tmp_path / "f.geojson").write_text(geojson(*SHAPES, crs=member))
    with pytest.raises(ReadError, match="does not say what its coordinates mean"):
        _read(tmp_path / "f.geojson")
    assert _read(tmp_path / "f.geojson", crs="EPSG:4258").crs.to_epsg() == 4258


def test_a_property_called_crs_is_no_crs(tmp_path: Path, geojson: Callable[..., str]) -> None:
    (tmp_path / "f.geojson").write_text(geojson(SHAPES[0], rows=[{"crs": "x"}]))
    assert _read(tmp_path / "f.geojson").crs.to_epsg() == 4326
    assert _read(tmp_path / "f.geojson", crs="EPSG:27700").crs.to_epsg() == 27700


def test_a_geojson_has_no_other_encoding(tmp_path: Path, geojson: Callable[..., str]) -> None:
    (tmp_path / "f.geojson").write_text(geojson(SHAPES[0]))
    with pytest.raises(ReadError, match=r"leave read\.encoding out"):
        _read(tmp_path / "f.geojson", encoding="latin-1")


@pytest.mark.parametrize("geo", [{"primary_column": "g"}, {"primary_column": "g", "columns": []}, {"columns": {}}, []])
def test_geoparquet_that_does_not_describe_its_geometry_is_refused(tmp_path: Path, geo: object) -> None:
    table = pa.table({"g": [b""]}).replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, tmp_path / "f.parquet")
    with pytest.raises(ReadError, match="do not describe a column of geometries"):
        _read(tmp_path / "f.parquet")


def _geoparquet(path: Path, *names: str) -> Path:
    """Of one row: in each column its place, in the last one a point."""
    arrays = [*(pa.array([place]) for place in range(1, len(names))), pa.array([Point(10, 50).wkb])]
    geo = {"primary_column": "g", "columns": {"g": {"encoding": "WKB"}}}
    table = pa.Table.from_arrays(arrays, names=list(names))
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    return path


def test_geoparquet_columns_without_a_name_or_with_one_that_occurs_again_are_numbered(tmp_path: Path) -> None:
    found = _read(_geoparquet(tmp_path / "f.parquet", "s", "", "s", "column_2", "g"))
    assert found.attributes.to_pylist() == [{"s": 1, "column_2_2": 2, "s_2": 3, "column_2": 4}]
    assert _shapes(found) == [Point(10, 50)]


def test_geoparquet_whose_geometry_is_named_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="do not describe a column of geometries"):
        _read(_geoparquet(tmp_path / "f.parquet", "g", "g"))
