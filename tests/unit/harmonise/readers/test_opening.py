import ast
import json
import os
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
from shapely import Point

from loaders.add.inspect import inspect_file
from loaders.core.errors import ReadError
from loaders.core.file_formats import DRIVERS, FORMATS
from loaders.harmonise.readers.opening import open_published
from loaders.harmonise.readers.published_file import PublishedBatch, read_published
from loaders.harmonise.readers.vector import gdal
from loaders.settings.columns import ReadOptions
from loaders.settings.file_selection import SourceFile

ROOT = Path(__file__).resolve().parents[4]
GDAL_ENDINGS = [ending for ending, found in FORMATS.items() if found.drivers]
POINT = {"type": "Feature", "properties": {"n": 1}, "geometry": {"type": "Point", "coordinates": [10, 50]}}
LONLAT_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
)


def _read(path: Path, **reading: Any) -> PublishedBatch:
    (published,) = read_published(SourceFile(path, path.name), ReadOptions.model_validate(reading), "farms")
    return published


def _collection(**members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", **members, "features": [POINT]})


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[str]]]:
    """An address that answers anything with a CRS, and the paths that were asked for."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(LONLAT_WKT.encode())

        do_GET = do_HEAD = do_POST = _answer  # noqa: N815 (names of http.server's)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()


def _sends_elsewhere(address: str, other: Path) -> dict[str, str]:
    """Documents from which GDAL would take its orders."""
    vrt = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    return {
        "a file": vrt.format(other),
        "an address": vrt.format(f"/vsicurl/{address}/x.geojson"),
        "a WFS": f"<OGRWFSDataSource><URL>{address}/wfs</URL></OGRWFSDataSource>",
        "an OGC API": f"OAPIF:{address}",
        "a pipeline": json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {other}"}),
    }


@pytest.mark.parametrize("where", ["a file", "an address", "a WFS", "an OGC API", "a pipeline"])
@pytest.mark.parametrize("ending", FORMATS)
def test_a_text_that_sends_gdal_elsewhere_is_refused_under_every_ending(
    ending: str, where: str, tmp_path: Path, server: tuple[str, list[str]]
) -> None:
    address, asked = server
    other = tmp_path / "other.geojson"
    other.write_text(_collection())
    path = tmp_path / f"farms{ending}"
    path.write_text(_sends_elsewhere(address, other)[where])
    with pytest.raises(ReadError, match=r"^farms: farms\."):
        _read(path, crs="EPSG:4326")
    with pytest.raises(ReadError, match=r"^farms\."):
        inspect_file(SourceFile(path, path.name), lambda layers: layers[0])
    assert asked == []


def _drivers_without_us(folder: Path) -> dict[str, list[str]]:
    """What the GDAL of pyogrio has by itself: all drivers, and of those that can write, a file each."""
    code = """
import json, sys, warnings
import geopandas, pyogrio
from shapely import Point
warnings.simplefilter("ignore")
frame, written = geopandas.GeoDataFrame({"n": [1]}, geometry=[Point(10, 50)], crs="EPSG:4326"), []
for driver, modes in pyogrio.list_drivers().items():
    if "w" in modes and driver not in {"MEM", "Elasticsearch", "NGW", "Carto", "AmigoCloud", "GPSBabel"}:
        try:
            pyogrio.write_dataframe(frame, f"{sys.argv[1]}/{driver}", driver=driver)
            written.append(driver)
        except Exception:
            pass
json.dump({"all": list(pyogrio.list_drivers()), "written": written}, sys.stdout)
"""
    run = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    found: dict[str, list[str]] = json.loads(run.stdout)
    return found


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_of_all_drivers_that_gdal_has_only_the_listed_ones_can_open_a_file(tmp_path: Path) -> None:
    found = _drivers_without_us(tmp_path)
    others = set(found["all"]) - DRIVERS
    assert set(found["all"]) > DRIVERS
    assert {"OGR_VRT", "WFS", "HTTP", "CSV", "SQLite", "GDALG", "OAPIF", "MEM", "ADBC"} <= others
    assert set(gdal.list_drivers()) == DRIVERS
    assert len(others & set(found["written"])) > 10
    opened_by = set()
    for driver in found["written"]:
        for path in (each for each in [tmp_path / driver, *(tmp_path / driver).glob("*")] if each.is_file()):
            opened_by.add(_opened_by(path))
            for ending in GDAL_ENDINGS:
                _require_opened_by_its_own_driver(path.read_bytes(), ending, tmp_path / "as_another")
    assert {"GeoJSON", "GPKG", "LIBKML", "GML", "FlatGeobuf", "ESRI Shapefile"} <= opened_by <= DRIVERS | {""}


def _opened_by(path: Path) -> str:
    try:
        return str(gdal.read_info(path)["driver"])
    except gdal.GDAL_ERRORS:
        return ""


def _require_opened_by_its_own_driver(content: bytes, ending: str, folder: Path) -> None:
    """What a driver wrote, under any ending, is refused or opened by a driver of that ending."""
    folder.mkdir(exist_ok=True)
    file = SourceFile(folder / f"farms{ending}", f"farms{ending}")
    file.path.write_bytes(content)
    try:
        with open_published(file, "farms") as path:
            driver = _opened_by(path)
    except ReadError:
        return
    assert driver in {*FORMATS[ending].drivers, ""}


def test_no_environment_brings_another_driver_or_the_network_back(tmp_path: Path) -> None:
    (tmp_path / "gdalrc").write_text("[configoptions]\nGDAL_SKIP=\nOGR_SQLITE_STATIC_VIRTUAL_OGR=YES\n")
    hostile = {
        "GDAL_CONFIG_FILE": str(tmp_path / "gdalrc"),
        "GDAL_DRIVER_PATH": str(tmp_path),
        "GDAL_SKIP": "",
        "GML_DOWNLOAD_SCHEMA": "YES",
        "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "YES",
        "OGR_SQLITE_LOAD_EXTENSIONS": "ENABLE_SQL_LOAD_EXTENSION",
        "PROJ_NETWORK": "ON",
    }
    code = """
import json, sys
import pyogrio  # before us, with every driver
from loaders.harmonise.readers.vector import gdal
import pyproj
options = [pyogrio.get_gdal_config_option(name) for name in gdal.SETTINGS]
options = [{False: "NO", None: ""}.get(option, option) for option in options]
json.dump([list(gdal.list_drivers()), gdal.file_systems(), options, pyproj.network.is_network_enabled()], sys.stdout)
"""
    run = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | hostile, cwd=ROOT, capture_output=True, text=True, check=True
    )
    drivers, file_systems, options, network = json.loads(run.stdout)
    assert set(drivers) == DRIVERS
    assert sorted(file_systems) == ["/vsimem/", "/vsizip/"]
    assert options == list(gdal.SETTINGS.values())
    assert network is False


def test_only_one_module_reads_with_pyogrio_and_none_with_geopandas() -> None:
    importing = set()
    for path in (ROOT / "loaders").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.partition(".")[0] in {"pyogrio", "fiona", "osgeo"} for name in names):
                importing.add(path.relative_to(ROOT / "loaders").as_posix())
            assert not (isinstance(node, ast.Attribute) and node.attr in {"read_file", "read_dataframe"}), path
    assert importing == {"harmonise/readers/vector/gdal.py", "export/vector.py"}  # the second one writes
    assert "pyogrio.read" not in (ROOT / "loaders" / "export" / "vector.py").read_text()


KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
PLACEMARK = "<Placemark><name>a</name><Point><coordinates>10,50</coordinates></Point></Placemark>"
GML = '<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml"{0}><gml:featureMember><ogr:farms{1}><ogr:n>1</ogr:n><gml:Point><gml:coordinates>10,50</gml:coordinates></gml:Point></ogr:farms></gml:featureMember></ogr:FeatureCollection>'
SCHEMA = "?SERVICE=WFS&amp;VERSION=1.0.0&amp;REQUEST=DescribeFeatureType&amp;TYPENAME=ogr:farms"
XSI = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://ogr.maptools.org/ {}{}"'
NAMING_ADDRESSES: dict[str, tuple[str, Callable[[str], str]]] = {
    "GeoJSON, link": ("f.geojson", lambda to: _collection(crs={"type": "link", "properties": {"href": to, "url": to}})),
    "GeoJSON, url": ("f.json", lambda to: _collection(crs={"type": "url", "properties": {"url": to}})),
    "GeoJSON, name": ("f.geojson", lambda to: _collection(crs={"type": "name", "properties": {"name": to}})),
    "TopoJSON": (
        "f.json",
        lambda to: json.dumps(
            {
                "type": "Topology",
                "crs": {"type": "link", "properties": {"url": to}},
                "objects": {"a": {"type": "GeometryCollection", "geometries": [POINT["geometry"]]}},
                "arcs": [],
            }
        ),
    ),
    "GML, schema": ("f.gml", lambda to: GML.format(XSI.format(to, SCHEMA), "")),
    "GML, xlink": (
        "f.gml",
        lambda to: GML.format('  xmlns:xlink="http://www.w3.org/1999/xlink"', f' xlink:href="{to}"'),
    ),
    "KML": (
        "f.kml",
        lambda to: KML.format(
            f"<NetworkLink><Link><href>{to}/x.kml</href></Link></NetworkLink>"
            + PLACEMARK.replace("<Point>", f"<styleUrl>{to}/s#x</styleUrl><Point>")
        ),
    ),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("kind", NAMING_ADDRESSES)
def test_an_address_in_a_file_is_never_asked(kind: str, tmp_path: Path, server: tuple[str, list[str]]) -> None:
    address, asked = server
    name, document = NAMING_ADDRESSES[kind]
    (tmp_path / name).write_text(document(f"{address}/asked"))
    assert _read(tmp_path / name, crs="EPSG:4326").crs.to_epsg() == 4326
    assert asked == []
    assert [path.name for path in tmp_path.iterdir()] == [name]  # GDAL writes what it learnt of a GML beside it


def test_no_path_reaches_an_address_although_nothing_checks_it(server: tuple[str, list[str]]) -> None:
    address, asked = server
    for path in (f"/vsicurl/{address}/x.geojson", f"GeoJSON:{address}/x.geojson", f"{address}/x.geojson", "/vsistdin/"):
        with pytest.raises(gdal.GDAL_ERRORS):
            gdal.read_info(path)
    assert asked == []


@pytest.mark.parametrize(
    "name",
    [
        "a;b",
        "a!b",
        "a?b=1",
        "a#b",
        "a;!?#b",
        "%2e%2e",
        "a b'\"",
        "{a}",
        "x.zip!y",
        "zip+file:a",
        "vsizip",
        "ö" * 100,
        "-a",
    ],
)
def test_a_published_name_is_only_a_name(name: str, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": [1], "lon": [10], "lat": [50]}, geometry=[Point(10, 50)], crs="EPSG:4326")
    folder = tmp_path / f"{name}.zip"
    folder.mkdir()
    for driver, ending in {"GeoJSON": ".geojson", "ESRI Shapefile": ".SHP", "GPKG": ".gpkg", "XLSX": ".xlsx"}.items():
        (tmp_path / "plain").mkdir(exist_ok=True)
        made = tmp_path / "plain" / f"made{ending.lower()}"
        pyogrio.write_dataframe(frame if driver != "XLSX" else frame.drop(columns="geometry"), made, driver=driver)
        for part in (tmp_path / "plain").glob("made.*"):
            part.rename(folder / f"{name}{part.suffix.upper() if ending.isupper() else part.suffix}")
        reading = {"crs": "EPSG:4326", "longitude": "lon", "latitude": "lat"} if driver == "XLSX" else {}
        assert _read(folder / f"{name}{ending}", **reading).attributes["n"][0].as_py() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("f.geojson", b"\xef\xbb\xbf" + _collection().encode()),
        ("f.json", b" \r\n\t" + _collection().encode()),
        ("f.geojsonl", b"\x1e" + json.dumps(POINT).encode() + b"\n\x1e" + json.dumps(POINT).encode()),
        ("f.ndjson", json.dumps(POINT).encode() + b"\n" + json.dumps(POINT).encode()),
        ("f.kml", b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x > -->" + KML.format(PLACEMARK).encode()),
        ("f.KML", ("\ufeff<?xml version='1.0' encoding='UTF-16'?>" + KML.format(PLACEMARK)).encode("utf-16-le")),
        ("f.gml", b"<?xml version='1.0'?>" + GML.format("", "").encode()),
    ],
)
def test_what_may_stand_before_the_content_is_passed_over(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert len(_read(tmp_path / name, crs=None if name != "f.gml" else "EPSG:4326").wkb) in {1, 2}


ENTITIES = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "f.geojson",
            "<OGRVRTDataSource>\n",
            r"is not GeoJSON: it begins with '<OGRVRTDataSource>', expected \{ or \[",
        ),
        ("f.geojson", "", "is not GeoJSON: it is empty"),
        ("f.geojson", "\ufeff {".encode("utf-16-le"), "is not GeoJSON: it is UTF-16, expected UTF-8"),
        ("f.kml", "<!DOCTYPE html><html>", "is not KML: it begins with '<!DOCTYPE html>', expected <kml>"),
        ("f.kml", f"{ENTITIES}]>{KML.format('&j;')}", "can declare entities without end, and is not read"),
        ("f.gml", f"{ENTITIES}]>{GML.format('', '')}", "can declare entities without end, and is not read"),
        ("f.gml", KML.format(PLACEMARK), "is not GML: it begins with '<kml xmlns"),
        ("f.kml", GML.format("", ""), "is not KML: it begins with '<ogr:FeatureCollection .*, expected <kml>"),
        ("f.gpkg", b"\x1f\x8b\x08", "is not a GeoPackage: it is compressed with gzip, expected 'SQLite format 3'"),
        ("f.fgb", b"PK\x03\x04", "is not FlatGeobuf: it is a zip archive, expected 'fgb'"),
        ("f.shp", "hello", "is not a shapefile: it begins with 'hello', expected the bytes 00 00 27 0a"),
        ("f.parquet", '{"message": 1}', "is not Parquet: it begins with '{\"message\": 1}', expected 'PAR1'"),
        ("f.csv", b"PK\x03\x04", "is not CSV: it is a zip archive"),
        ("f.gdb", "x", "is not a file geodatabase: it is a file, expected a folder"),
        ("f.kmz", b"PK\x03\x04xx", "is not KMZ: it is a damaged zip archive"),
        ("f.dat", "{}", r"has the ending \.dat, which says no format that can be read; expected one of \.geojson, "),
        ("f", "{}", "has no ending, which says no format that can be read"),
        ("f.gpkg", b"SQLite format 3\x00" + bytes(99), r"cannot be read as gpkg: file is not a database.*\. Open"),
        ("f.geojson", "{}", "it begins like GeoJSON, but is none"),
    ],
)
def test_content_that_is_not_what_the_ending_says_is_named(
    name: str, content: str | bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ReadError, match=f"^farms: {name} .*{said}"):
        _read(tmp_path / name)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"doc.txt": b"x"}, r"it is a zip archive without any \.kml"),
        ({"doc.kml": b" " * 200_000_000}, "it would unpack to 200 MB, which is 1,0.. times its own size"),
        (
            {"b.kml": KML.format(PLACEMARK).encode(), "doc.kml": KML.format(PLACEMARK).encode()},
            r"it holds several documents \(b\.kml, doc\.kml\), of which one would be read: call it \.zip",
        ),
        ({"doc.kml": f"{ENTITIES}]>{KML.format('&j;')}".encode()}, "cannot be read as kmz"),
    ],
)
def test_a_kmz_is_not_unpacked_without_end(files: dict[str, bytes], said: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "f.kmz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    with pytest.raises(ReadError, match=rf"^farms: f\.kmz .*{said}"):
        _read(tmp_path / "f.kmz")


def test_a_kmz_of_many_pictures_is_not_opened_for_each_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "f.kmz", "w") as archive:
        archive.writestr("doc.kml", KML.format(PLACEMARK))
        for number in range(500):
            archive.writestr(f"files/{number}.png", b"")
    opened_archives: list[object] = []
    begin = zipfile.ZipFile.__init__

    def counted(self: zipfile.ZipFile, *args: Any) -> None:
        opened_archives.append(args)
        begin(self, *args)

    monkeypatch.setattr(zipfile.ZipFile, "__init__", counted)
    assert len(_read(tmp_path / "f.kmz").wkb) == 1
    assert len(opened_archives) == 2  # for what it is, and for its times


def test_a_member_that_is_longer_than_it_states_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "f.kmz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", KML.format(PLACEMARK + " " * 5_000_000))
        archive.filelist[0].file_size = 1000
    with pytest.raises(ReadError, match=r"its 'doc\.kml' (states 1,000 bytes, but holds another number|is damaged)"):
        _read(tmp_path / "f.kmz")


def _geopackage(path: Path, statement: str, *values: str) -> None:
    """A layer `farms`, and one `w` if the statement makes it."""
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[Point(10, 50)], crs="EPSG:4326")
    pyogrio.write_dataframe(frame, path, layer="farms")
    base = sqlite3.connect(path)
    base.execute("PRAGMA writable_schema = on")
    base.execute(statement, values)
    if " w " in statement or "'w'" in statement:
        base.execute("INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('w', 'attributes', 'x')")
    base.commit()
    base.close()


@pytest.mark.parametrize(
    "sql",
    [
        """CREATE VIRTUAL TABLE w USING VirtualOGR("{}")""",
        "CREATE VIEW w AS SELECT ogr_geocode('Berlin') AS n",
        "CREATE VIEW w AS SELECT load_extension('{}') AS n",
        "CREATE VIEW w AS SELECT gdal_get_pixel_value('{}', 1, 'georef', 1, 2) AS n",
    ],
)
def test_a_geopackage_cannot_reach_out_of_itself(sql: str, tmp_path: Path) -> None:
    (tmp_path / "other.geojson").write_text(_collection())
    made = sql.format(tmp_path / "other.geojson")
    kind = "table" if "TABLE" in sql else "view"
    _geopackage(tmp_path / "f.gpkg", "INSERT INTO sqlite_master VALUES (?, 'w', 'w', 0, ?)", kind, made)
    with pytest.raises(
        ReadError, match=r"^farms: f\.gpkg (cannot be read as gpkg|is not .* is a view that cannot be read)"
    ):
        _read(tmp_path / "f.gpkg", layer="w")


@pytest.mark.parametrize("driver", ["GML", "LIBKML", "GeoJSONSeq", "OpenFileGDB"])
@pytest.mark.parametrize("share", [0.1, 0.6, 0.99])
def test_what_was_cut_short_does_not_lose_its_last_records(driver: str, share: float, tmp_path: Path) -> None:
    ending = {"GML": ".gml", "LIBKML": ".kml", "GeoJSONSeq": ".ndjson", "OpenFileGDB": ".gdb"}[driver]
    shapes = [Point(10, n / 10).buffer(1) for n in range(100)]
    frame = gpd.GeoDataFrame({"n": range(100)}, geometry=shapes, crs="EPSG:4326")
    path = tmp_path / f"f{ending}"
    pyogrio.write_dataframe(frame, path, driver=driver)
    parts = [path] if path.is_file() else sorted(path.glob("a00000009.gdbtabl*"))
    assert len(_read(path).wkb) == 100
    for part in parts:
        whole = part.read_bytes()
        part.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(
            ReadError, match=rf"^farms: f\{ending} is not .*(line|last feature|should be [0-9,]+ bytes)"
        ):
            _read(path)
        part.write_bytes(whole)


def test_a_prj_that_is_not_utf_8_is_read(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[Point(10, 50)], crs="EPSG:4326")
    pyogrio.write_dataframe(frame, tmp_path / "f.shp")
    prj = (tmp_path / "f.prj").read_text().replace("GCS_WGS_1984", "Syst\u00e8me_WGS_1984")
    (tmp_path / "f.prj").write_bytes(prj.encode("cp1252"))
    crs = _read(tmp_path / "f.shp").crs
    assert crs.datum
    assert (crs.name, crs.datum.name) == ("Syst\u00e8me_WGS_1984", "World Geodetic System 1984")
    assert (tmp_path / "f.prj").read_bytes() == prj.encode("cp1252")


def test_shared_lines_do_not_make_a_small_topojson_huge(tmp_path: Path) -> None:
    ring = [[10, 50], [11, 50], [11, 51], [10, 50]]
    polygons = [{"type": "Polygon", "arcs": [[0]]}, {"type": "MultiPolygon", "arcs": [[[-1]], [[0]]]}]
    topology = {"type": "Topology", "objects": {"a": {"type": "GeometryCollection", "geometries": polygons}}}
    (tmp_path / "f.json").write_text(json.dumps(topology | {"arcs": [ring]}))
    assert len(_read(tmp_path / "f.json", crs="EPSG:4326").wkb) == 2
    polygons *= 20_000
    (tmp_path / "f.json").write_text(json.dumps(topology | {"arcs": [ring * 1000]}))
    with pytest.raises(ReadError, match=r"its shapes have 240,000,000 corners, expected 50,000,000 at most"):
        _read(tmp_path / "f.json", crs="EPSG:4326")


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ("with recursive c (x) as (select 1 union all select x + 1 from c) select x from c", "of more than 1,000 rows"),
        ("with c (x) as (select 1 union all select x + 1 from c) select x from c where x < 0", "cannot be read"),
        ("select load_extension('x') as n", "cannot be read"),
    ],
)
def test_a_view_without_end_is_refused(view: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.formats.geopackage_views.MAX_ROWS", 1000)
    monkeypatch.setattr("loaders.formats.geopackage_views.MAX_STEPS", 3_000_000)
    _geopackage(tmp_path / "f.gpkg", f"CREATE VIEW w AS {view}")
    with pytest.raises(ReadError, match=rf"^farms: f\.gpkg is not a GeoPackage: its layer 'w' is a view .*{said}"):
        _read(tmp_path / "f.gpkg", layer="farms")


def test_a_view_that_ends_is_read(tmp_path: Path) -> None:
    _geopackage(tmp_path / "f.gpkg", "CREATE VIEW w AS SELECT n + 1 AS more FROM farms")
    assert _read(tmp_path / "f.gpkg", layer="w", crs="EPSG:4326").attributes.to_pylist() == [{"more": 2}]


def test_a_geopackage_in_wal_mode_is_read_and_leaves_nothing_behind(tmp_path: Path) -> None:
    _geopackage(tmp_path / "f.gpkg", "PRAGMA journal_mode = wal")
    before = (tmp_path / "f.gpkg").read_bytes()
    assert _read(tmp_path / "f.gpkg").attributes["n"].to_pylist() == [1]
    assert [path.name for path in tmp_path.iterdir()] == ["f.gpkg"]
    assert (tmp_path / "f.gpkg").read_bytes() == before


def test_the_neighbours_of_a_file_say_nothing(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": [1, 2]}, geometry=[Point(10, 50), Point(11, 51)], crs="EPSG:4326")
    pyogrio.write_dataframe(frame, tmp_path / "f.shp")
    (tmp_path / "f.gml").write_text(GML.format("", ""))
    neighbours = ("f.qix", "f.sbn", "f.shp.xml", "f.gfs", "f.xsd", "f.shp.aux.xml", "f.ind", "f.idm")
    for neighbour in neighbours:
        (tmp_path / neighbour).write_text("<OGRVRTDataSource/>")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with open_published(SourceFile(tmp_path / "f.shp", "f.shp")) as path:
        assert sorted(part.suffix for part in path.parent.iterdir()) == [".cpg", ".dbf", ".prj", ".shp", ".shx"]
    assert _read(tmp_path / "f.shp").attributes["n"].to_pylist() == [1, 2]
    assert _read(tmp_path / "f.gml", crs="EPSG:4326").attributes["n"].to_pylist() == ["1"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_of_temporary_files_with_an_odd_name_is_avoided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a!b").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "a!b"))
    (tmp_path / "f.geojson").write_text(_collection())
    assert len(_read(tmp_path / "f.geojson").wkb) == 1


def test_a_file_geodatabase_is_read_as_one_file(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"name": ["a"]}, geometry=[Point(10, 50)], crs="EPSG:4326")
    pyogrio.write_dataframe(frame, tmp_path / "f.gdb", driver="OpenFileGDB", layer="farms")
    (tmp_path / "f.gdb").rename(tmp_path / "f!.gdb")
    assert _read(tmp_path / "f!.gdb").attributes.to_pylist() == [{"OBJECTID": 1, "name": "a"}]
    for path in (tmp_path / "f!.gdb").glob("*.gdbtable"):
        path.unlink()
    with pytest.raises(ReadError, match=r"is not a file geodatabase: it is a folder without any \.gdbtable"):
        _read(tmp_path / "f!.gdb")
