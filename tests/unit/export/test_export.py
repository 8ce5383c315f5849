"""Each format is read back, hostile names included; and with the programs of users, where they are installed."""

import csv
import datetime
import json
import math
import os
import shutil
import sqlite3
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest

from loaders.core.errors import SelectionError
from loaders.export.export import ENDINGS, Export, Request, export
from loaders.read.published import Published
from loaders.read.selection import Selection
from tests.unit.curated import FORMULA, MARKUP

Write = Callable[..., tuple[Path, Export]]
SAFE_CONTROLS = "nul\ufffd line\nend \ufffddlrow"  # in formats that cannot hold what it is made of
XLSX_NAMES = [f"'{FORMULA}", MARKUP, SAFE_CONTROLS, None, "太陽 Größe 🌞"]
NAMES = [FORMULA, *XLSX_NAMES[1:]]
CAPACITY_MW = 21.0
DAYS = ["2019-08-31", None, "2020-12-31", None, "2021-06-30"]


@pytest.fixture
def write(published_tables: Published, tmp_path: Path) -> Write:
    """Write a file to a new folder."""

    def written(
        name: str, *, table: str | None = None, model: str | None = None, wkt: bool = False, **filters: Any
    ) -> tuple[Path, Export]:
        path = tmp_path / name
        request = Request(path, table, Selection.of(**filters), model, wkt)
        return path, export(request, published_tables)

    return written


def days(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else str(value)[:10] for value in values]


def names(values: object) -> list[str | None]:
    return [None if not isinstance(value, str) else value for value in values]  # type: ignore[attr-defined]


@pytest.mark.parametrize("ending", [".gpkg", ".fgb", ".geojson"])
def test_vector_files_hold_all_rows_with_dates_nulls_and_text_as_it_is(ending: str, write: Write) -> None:
    path, result = write(f"installations{ending}")
    frame = pyogrio.read_dataframe(path).sort_values("installation_id", ignore_index=True)
    assert (result.rows, result.synthetic, len(frame)) == (5, 5, 5)
    assert frame.crs == "EPSG:4326"
    assert names(frame["name"]) == NAMES
    assert frame.capacity_mw.sum() == CAPACITY_MW
    assert math.isnan(frame.capacity_mw[1])
    assert days(frame.installed_to) == DAYS
    assert frame.record_ids.tolist() == ["n:1; s:1", "n:2", "s:2", "s:3", "s:4"]
    assert names(frame.identifiers) == ["eia_plant=7; eia_plant=9; osm=way/1", None, "", None, None]
    assert frame.is_synthetic.all()
    assert round(frame.geometry[0].area, 6) == 0.005


def test_a_geopackage_has_comments_and_no_time_and_is_of_a_version_that_qgis_3_22_knows(write: Write) -> None:
    path, _ = write("installations.gpkg")
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA user_version").fetchall() == [(10200,)]
        times = database.execute("SELECT last_change, description FROM gpkg_contents").fetchall()
        assert times == [
            ("1980-01-01T00:00:00.000Z", "curated_pv_installations; licences in installations.gpkg.licence.md")
        ]
        comments = database.execute("SELECT column_name, description FROM gpkg_data_columns ORDER BY 1").fetchall()
        assert comments == [
            ("capacity_mw", "Nameplate capacity [MW] in capacity_basis."),
            ("name", "The owner's word."),
        ]
        types = database.execute("SELECT DISTINCT typeof(name) FROM installations ORDER BY 1").fetchall()
        assert types == [("null",), ("text",)]


def test_geojson_is_rfc_7946(write: Write) -> None:
    path, _ = write("records.geojson")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert "crs" not in document
    texts = {each["properties"]["record_id"]: each["properties"]["source_attributes"] for each in document["features"]}
    assert texts["n:1"] == '{"a": [1]}'  # text that is JSON stays text
    assert texts["n:2"] == "[1]"
    path, _ = write("installations.geojson")
    document = json.loads(path.read_text(encoding="utf-8"))
    ring = document["features"][0]["geometry"]["coordinates"][0]
    assert sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in pairwise(ring)) < 0  # counterclockwise
    assert document["features"][0]["properties"]["installed_to"] == "2019-08-31"


def test_kml_has_names_and_descriptions_as_text(write: Write) -> None:
    path, _ = write("installations.kml")
    root = ET.fromstring(path.read_bytes())  # noqa: S314 (we wrote it)
    places = list(root.iter("{http://www.opengis.net/kml/2.2}Placemark"))
    assert [place.findtext("{*}name") for place in places] == [FORMULA, MARKUP, SAFE_CONTROLS, "pv_4", "太陽 Größe 🌞"]
    assert (places[0].findtext("{*}description") or "").split("<br/>")[:3] == [
        "status: operating",
        "technology: pv",
        "capacity_mw: 12.5",
    ]
    assert "<script" not in path.read_text(encoding="utf-8")
    frame = pyogrio.read_dataframe(path)
    assert frame.capacity_mw.sum() == CAPACITY_MW
    assert frame.is_synthetic.tolist() == ["true"] * 5


def test_csv_is_utf_8_for_excel_and_holds_no_formula(write: Write) -> None:
    path, result = write("installations.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbfinstallation_id,name,")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["name"] for row in rows] == [name or "" for name in XLSX_NAMES]
    assert [row["capacity_mw"] for row in rows] == ["12.5", "", "6.0", "0.5", "2.0"]
    assert rows[3]["quality_flags"] == "'-1+2"
    assert rows[0]["installed_to"] == "2019-08-31"
    assert (rows[0]["centroid_lon"], rows[0]["is_synthetic"]) == ("8.0666667", "true")
    assert "geometry" not in rows[0]
    assert result.columns == len(rows[0])


def test_spreadsheets_have_the_outlines_where_they_are_asked_for(write: Write) -> None:
    path, _ = write("wkt.csv", columns=["installation_id"], wkt=True)
    assert path.read_text(encoding="utf-8-sig").splitlines()[1] == 'pv_1,"POLYGON ((8 50, 8.1 50, 8.1 50.1, 8 50))"'
    path, _ = write("columns.csv", columns=["geometry", "installation_id"], countries="FR")
    assert path.read_text(encoding="utf-8-sig").splitlines() == ["geometry,installation_id", "POINT (2.5 48),pv_3"]
    path, _ = write("records.csv", where="record_id = 's:2'", columns=["record_id", "licence"])
    assert path.read_text(encoding="utf-8-sig").splitlines() == ["record_id,licence", "s:2,ODbL-1.0"]
    path, _ = write("positions.csv", table="records", where="record_id = 's:2'")
    assert path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")[-3:] == ["lon", "lat", "source_attributes"]


def test_a_workbook_has_numbers_dates_meanings_and_the_licence(write: Write) -> None:
    path, _ = write("installations.xlsx")
    assert [str(name) for name, _ in pyogrio.list_layers(path)] == ["installations", "columns", "licence"]
    frame = pyogrio.read_dataframe(path, layer="installations")
    assert names(frame["name"]) == XLSX_NAMES
    assert frame.capacity_mw.sum() == CAPACITY_MW
    assert days(frame.installed_to) == DAYS
    meanings = pyogrio.read_dataframe(path, layer="columns").to_numpy().tolist()
    assert ["name", "string", "The owner's word."] in meanings
    assert "# Whose data" in path.with_name("installations.xlsx.licence.md").read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)
        assert b"1980-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_a_text_that_is_too_long_for_a_cell_is_never_cut(write: Write, tmp_path: Path) -> None:
    with pytest.raises(
        SelectionError, match=r"records\.xlsx: source_attributes of s:3 has 40,000 characters, and a cell"
    ):
        write("records.xlsx")
    assert list(tmp_path.iterdir()) == []
    write("records.xlsx", where="record_id <> 's:3'")


def test_more_rows_than_a_sheet_holds_are_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loaders.export.spreadsheets.MAX_ROWS", 5)
    with pytest.raises(SelectionError, match=r"installations\.xlsx: 5 rows, and a sheet of a workbook holds 4\."):
        write("installations.xlsx")


def test_geoparquet_keeps_lists_and_maps(write: Write) -> None:
    path, _ = write("installations.PARQUET", countries="DE")
    rows = pq.read_table(path)
    assert rows["record_ids"].to_pylist() == [["n:1", "s:1"], ["n:2"], ["s:4"]]
    assert rows.schema.field("name").metadata == {b"comment": b"The owner's word."}
    assert gpd.read_parquet(path).geometry.geom_type.tolist() == ["Polygon", "MultiPolygon", "Point"]
    assert b"# Whose data" in pq.read_metadata(path).metadata[b"licence_note"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_rows_are_the_same_bytes(ending: str, write: Write) -> None:
    first, _ = write(f"a/installations{ending}")
    second, _ = write(f"b/installations{ending}")
    assert first.read_bytes() == second.read_bytes()


def test_the_note_counts_the_records_of_exactly_these_rows(write: Write) -> None:
    _, result = write("france.csv", countries="FR", columns=["name"])
    note = result.note.read_text(encoding="utf-8")
    assert "# Whose data france.csv is made of\n\n1 rows of `curated_pv_installations`." in note
    assert "| `b_south_2021` | 1 | - | ODbL-1.0 | no | synthetic twin |" in note
    assert "a_north_2020" not in note
    assert "**SYNTHETIC: `b_south_2021`." in note
    assert "@misc{b_south_2021," in note
    assert "Natural Earth" in note


@pytest.mark.parametrize(
    ("table", "where", "licences"),
    [
        ("installations", "installation_id = 'pv_1'", {"CC-BY-4.0", "ODbL-1.0"}),
        ("records", "record_id = 's:4'", {"CC0-1.0"}),
        ("by_country", "country = 'FR'", {"ODbL-1.0"}),
        ("by_country", "country IS NULL", {"ODbL-1.0"}),
    ],
)
def test_the_note_of_any_table_names_the_licences_of_its_rows(
    table: str, where: str, licences: set[str], write: Write
) -> None:
    _, result = write("rows.csv", table=table, where=where)
    note = result.note.read_text(encoding="utf-8")
    assert {each for each in ("CC-BY-4.0", "ODbL-1.0", "CC0-1.0") if f"| {each} |" in note} == licences


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("installations.shp", {}, r"installations\.shp: its ending names no format\. Expected one of: \.gpkg"),
        ("by_country.geojson", {}, r"curated_pv_by_country has no shapes\. Write it as \.csv"),
        ("x.csv", {"table": "plants"}, "no published table 'plants'"),
        ("x.csv", {"countries": "IT"}, r"no row .* nothing is written\. Its countries are: DE, FR\."),
        ("x.gpkg", {"model": "pypsa"}, r"`--for pypsa` writes a table\. Expected \.csv or \.xlsx\."),
    ],
)
def test_what_cannot_be_written_is_refused_and_leaves_no_file(
    name: str, arguments: dict[str, str], message: str, write: Write, tmp_path: Path
) -> None:
    with pytest.raises(SelectionError, match=message):
        write(name, **arguments)
    assert list(tmp_path.iterdir()) == []


def test_the_files_of_the_workflow_are_not_overwritten(published_tables: Published) -> None:
    path = published_tables.paths.curated / "curated_pv_installations.parquet"
    before = path.read_bytes()
    with pytest.raises(SelectionError, match="files of the workflow"):
        export(Request(path), published_tables)
    assert path.read_bytes() == before


def test_a_write_that_fails_leaves_the_file_as_it_was(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _ = write("installations.csv")
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("loaders.export.spreadsheets.spreadsheet_cell", fail)
    with pytest.raises(OSError):  # noqa: PT011 (its own)
        write("installations.csv", countries="DE")
    assert path.read_bytes() == before
    assert sorted(each.name for each in path.parent.iterdir()) == ["installations.csv", "installations.csv.licence.md"]


def test_power_plants_have_the_columns_and_units_of_powerplantmatching(write: Write) -> None:
    path, result = write("plants.csv", model="powerplantmatching")
    assert path.read_bytes().startswith(b"id,Name,Fueltype,Technology,Set,Country,Capacity,Efficiency,DateIn,")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["Name"] for row in rows] == [f"'{FORMULA}", "pv_4", "太陽 Größe 🌞"]
    assert [row["Capacity"] for row in rows] == ["9.615385", "0.5", "2.0"]  # 12.5 MW DC over 1.3
    assert [row["Country"] for row in rows] == ["Germany", "", "Germany"]
    assert [row["Technology"] for row in rows] == ["PV", "", "PV"]
    assert [row["DateIn"] for row in rows] == ["2019.0", "", "2021.0"]
    assert rows[0]["projectID"] == "{'eo-pv': ['pv_1']}"
    assert (rows[0]["lat"], rows[0]["lon"], rows[0]["Efficiency"]) == ("50.0333333", "8.0666667", "")
    assert (result.without_capacity, result.not_operating, result.rows, result.synthetic) == (1, 1, 3, 3)
    assert "`a_north_2020` | 1 |" in result.note.read_text(encoding="utf-8")


def test_power_plants_of_pypsa_eur_have_country_codes(write: Write) -> None:
    path, _ = write("custom_powerplants.csv", model="pypsa-eur", countries="DE", where="capacity_mw > 5 OR false -- c")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [(row["Country"], row["Fueltype"], row["Set"]) for row in rows] == [("DE", "Solar", "PP")]


def test_generators_have_the_attributes_of_pypsa(write: Write) -> None:
    path, _ = write("generators.csv", model="pypsa")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "name,bus,carrier,p_nom,build_year,lon,lat,country,plant_name"
    assert lines[1] == f"pv_1,,solar,9.615385,2019,8.0666667,50.0333333,DE,'{FORMULA}"
    assert lines[2] == "pv_4,,solar,0.5,,179.5,-17.0,,"


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="GDAL's programs are not installed (Debian: gdal-bin)")
@pytest.mark.parametrize("ending", [".gpkg", ".fgb", ".geojson", ".kml", ".csv", ".xlsx"])
def test_gdal_of_this_machine_reads_it(ending: str, write: Write, tmp_path: Path) -> None:
    path, _ = write(f"installations{ending}")
    query = "SELECT count(*) AS n, sum(CAST(capacity_mw AS float)) AS mw FROM installations"
    command = ["ogr2ogr", "-f", "CSV", "-dialect", "SQLITE", "-sql", query, str(tmp_path / "sum.csv"), str(path)]
    completed = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Warning" not in completed.stderr
    n, mw = (tmp_path / "sum.csv").read_text().splitlines()[1].replace('"', "").split(",")
    assert (int(n), float(mw)) == (5, CAPACITY_MW)


QGIS = """
import sys
from qgis.core import QgsApplication, QgsVectorLayer
application = QgsApplication([], False)
application.initQgis()
for path in sys.argv[1:]:
    layer = QgsVectorLayer(path, "layer", "ogr")
    values = [feature["capacity_mw"] for feature in layer.getFeatures()]
    print(layer.isValid(), len(values), sum(float(value) for value in values if str(value) not in ("NULL", "")))
"""
DEBIAN_PYTHON = "/usr/bin/python3"


def has_qgis() -> bool:
    """Debian's QGIS is a module of Debian's Python."""
    return Path(DEBIAN_PYTHON).exists() and any(Path("/usr/lib/python3").glob("dist-packages/qgis/__init__.py"))


@pytest.mark.skipif(not has_qgis(), reason="QGIS is not installed (Debian: python3-qgis)")
def test_qgis_opens_it(write: Write) -> None:
    endings = (".gpkg", ".fgb", ".geojson", ".kml", ".csv", ".xlsx")
    files = [str(write(f"installations{ending}")[0]) for ending in endings]
    completed = subprocess.run(
        [DEBIAN_PYTHON, "-c", QGIS, *files],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert completed.stdout.splitlines() == [f"True 5 {CAPACITY_MW}"] * len(files)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed (libreoffice-calc-nogui)")
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_libreoffice_reads_it(ending: str, write: Write, tmp_path: Path) -> None:
    path, _ = write(f"installations{ending}")
    home, folder = f"-env:UserInstallation=file://{tmp_path}/home", tmp_path / "read"
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1"
    encoding = ["--infilter=Text - txt - csv (StarCalc):44,34,76,1"] if ending == ".csv" else []
    subprocess.run(
        ["soffice", home, "--headless", *encoding, "--convert-to", form, "--outdir", str(folder), str(path)],
        capture_output=True,
        check=True,
    )
    (read,) = folder.iterdir()
    with read.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["name"] for row in rows] == [name or "" for name in XLSX_NAMES]
    assert sum(float(row["capacity_mw"] or 0) for row in rows) == CAPACITY_MW
    assert datetime.date.fromisoformat(rows[0]["installed_to"]) == datetime.date(2019, 8, 31)
