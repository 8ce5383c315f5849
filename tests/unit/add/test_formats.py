"""`eo-pv add` looks into every format that a load reads."""

import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely import Point

from loaders.add.inspect import inspect_file
from loaders.add.inspection import Inspection
from loaders.settings.file_selection import SourceFile

TABLE = pd.DataFrame({"plant_id": ["007", "8", "9"], "longitude": [10.5, 11, 12], "latitude": [50.25, 51, 52]})
FOLDER = "<Folder><name>{0}</name><Placemark><Point><coordinates>{0},50</coordinates></Point></Placemark></Folder>"
DISC = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII10d", 1, 8, 5, 10, 50, 11, 51, 12, 50, 11, 49, 10, 50)


def _inspect(path: Path, layer: int = 0) -> Inspection:
    return inspect_file(SourceFile(path, path.name), lambda layers: layers[layer], 2)


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_a_workbook_is_a_table_with_positions(tmp_path: Path, suffix: str) -> None:
    pyogrio.write_dataframe(TABLE, tmp_path / f"f{suffix}", driver=suffix[1:].upper())
    inspection = _inspect(tmp_path / f"f{suffix}")
    assert (inspection.features, inspection.shapes) == (3, {"Point (from columns)": 2})
    assert (inspection.columns["plant_id"], inspection.types["longitude"]) == (["007", "9"], "number")
    guesses = {setting: guess.value for setting, guess in inspection.reading.items()}
    assert guesses == {"crs": "EPSG:4326", "longitude": "longitude", "latitude": "latitude"}


@pytest.mark.parametrize(("shift", "crs"), [(0, "EPSG:4326"), (5e8, None)])
def test_a_column_of_well_known_text_is_the_shapes(tmp_path: Path, shift: float, crs: str | None) -> None:
    rows = "".join(f'{n},"MULTIPOLYGON (((0 0, {shift + n} 0, 0 1, 0 0)))",{n},5\n' for n in (1, 2, 3))
    (tmp_path / "f.csv").write_text(f"id,outline,lon,lat\n{rows}")
    guesses = {setting: guess.value for setting, guess in _inspect(tmp_path / "f.csv").reading.items()}
    assert guesses == {"wkt": "outline"} | ({"crs": crs} if crs else {})


def test_the_chosen_sheet_of_a_workbook_is_a_setting(tmp_path: Path) -> None:
    pyogrio.write_dataframe(TABLE[:1], tmp_path / "f.ods", driver="ODS", layer="notes")
    pyogrio.write_dataframe(TABLE, tmp_path / "f.ods", driver="ODS", layer="plants", append=True)
    inspection = _inspect(tmp_path / "f.ods", layer=1)
    assert (inspection.layers, inspection.features, inspection.reading["layer"].value) == (
        ("notes", "plants"),
        3,
        "plants",
    )


def test_the_folders_of_a_kml_are_one_table_and_no_choice(tmp_path: Path) -> None:
    folders = "".join(map(FOLDER.format, range(3)))
    (tmp_path / "f.kml").write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{folders}</Document></kml>')
    inspection = _inspect(tmp_path / "f.kml")
    assert (inspection.features, inspection.shapes, inspection.reading) == (3, {"Point": 2}, {})


def test_numbers_beyond_all_integers_are_inspected_too(tmp_path: Path, geojson: Callable[..., str]) -> None:
    rows = [{"id": 2**63 + 1, "note": "9999999999999999999, quoted"}, {"id": 7, "note": ""}]
    (tmp_path / "f.geojson").write_text(geojson(*[Point(10, 50)] * 2, rows=rows))
    inspection = _inspect(tmp_path / "f.geojson")
    assert (inspection.columns["id"], inspection.columns["note"][0]) == ([str(2**63 + 1), "7"], rows[0]["note"])


def test_curves_are_shapes(tmp_path: Path) -> None:
    path = tmp_path / "f.gpkg"
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[Point(10, 50)], crs=4326)
    pyogrio.write_dataframe(frame, path, layer="l", geometry_type="Unknown", SPATIAL_INDEX="NO")
    with sqlite3.connect(path) as database:
        for (trigger,) in database.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            database.execute(f'drop trigger "{trigger}"')
        database.execute("update l set geom = ?", [b"GP\x00\x01" + struct.pack("<i", 4326) + DISC])
    assert _inspect(path).shapes == {"Polygon": 1}
