import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow.parquet as pq
import pyproj
import pytest
from pyproj.exceptions import CRSError
from shapely import Point

from loaders.core.errors import ReadError
from loaders.harmonise.readers.crs import crs_from_text
from loaders.harmonise.readers.published_file import read_published
from loaders.settings.columns import ReadOptions
from loaders.settings.file_selection import SourceFile

BERLIN = pyproj.CRS("EPSG:31468")


@pytest.mark.parametrize(
    ("stated", "epsg"),
    [
        ("EPSG:4326", 4326),
        ("urn:ogc:def:crs:EPSG::25832", 25832),
        ("http://www.opengis.net/def/crs/EPSG/0/3857", 3857),
        ("WGS84", 4326),
        ("+proj=utm +zone=32 +datum=WGS84 +units=m +type=crs", 32632),
        (BERLIN.to_wkt("WKT1_ESRI"), 31468),
        (BERLIN.to_wkt(), 31468),
        (BERLIN.to_json_dict(), 31468),
    ],
)
def test_what_files_say_is_understood(stated: Any, epsg: int) -> None:
    assert crs_from_text(stated).to_epsg(min_confidence=20) == epsg


WKT_GRID = (
    'GEOGCS["x",DATUM["x",SPHEROID["WGS 84",6378137,298.257223563],EXTENSION["PROJ4_GRIDS","{}"]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
)
WKT_DERIVED = (
    'GEOGCRS["x",BASEGEOGCRS["x",DATUM["x",ELLIPSOID["WGS 84",6378137,298.257223563]]],DERIVINGCONVERSION["x",'
    'METHOD["PROJ-based operation method: +proj=tinshift +file={}"]],CS[ellipsoidal,2],AXIS["lat",north],'
    'AXIS["lon",east],ANGLEUNIT["degree",0.0174532925199433]]'
)


@pytest.mark.parametrize("place", ["{}", "./{}", "~/x", "https://127.0.0.1/x.gsb", "C:\\x.gsb", "@{}", "null,{}"])
def test_a_file_by_its_path_or_address_is_refused(place: str, tmp_path: Path) -> None:
    path = place.format(tmp_path / "x.gsb")
    for stated in (f"+proj=longlat +nadgrids={path} +type=crs", WKT_GRID.format(path), WKT_DERIVED.format(path)):
        with pytest.raises(CRSError, match="its CRS names a file by the path"):
            crs_from_text(stated)


def test_a_grid_by_its_name_is_allowed() -> None:
    assert crs_from_text(WKT_GRID.format("BETA2007.gsb")).is_bound


@pytest.mark.parametrize(
    "stated",
    [
        "+init={}:x",
        "init={}:x",
        "+proj=pipeline +step +init={}:x",
        " +INIT = {}:x",
        {"init": "{}:x"},
        {"proj": "utm"},
        7,
    ],
)
def test_definitions_in_another_file_are_never_opened(stated: Any, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")  # to open it is to wait for ever
    text = stated.format(tmp_path / "pipe") if isinstance(stated, str) else stated
    if isinstance(stated, dict):
        text = {name: value.format(tmp_path / "pipe") for name, value in stated.items()}
    with pytest.raises(CRSError, match="its CRS"):
        crs_from_text(text)


def test_a_geoparquet_whose_crs_names_a_file_is_refused(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"n": [1]}, geometry=[Point(10, 50)], crs="EPSG:31468").to_parquet(tmp_path / "f.parquet")
    table = pq.read_table(tmp_path / "f.parquet")
    geo = table.schema.metadata[b"geo"]
    start = geo.index(b'"crs": {')
    end = geo.index(b'"geometry_types"')
    os.mkfifo(tmp_path / "pipe")
    said = b'"crs": "+init=%s:x", ' % str(tmp_path / "pipe").encode()
    pq.write_table(table.replace_schema_metadata({b"geo": geo[:start] + said + geo[end:]}), tmp_path / "g.parquet")
    with pytest.raises(ReadError, match=r"^farms: g\.parquet cannot be read as parquet: its CRS '\+init="):
        next(read_published(SourceFile(tmp_path / "g.parquet", "g.parquet"), ReadOptions(), "farms"))
