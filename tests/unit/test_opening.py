import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
from shapely import Point

from loaders import gdal
from loaders.adding.looking import look
from loaders.catalog_columns import Reading
from loaders.errors import ReadError
from loaders.formats import DRIVERS, FORMATS
from loaders.opening import opened
from loaders.reading import Published, read_published
from loaders.wanted import SourceFile

GDAL_ENDINGS = [ending for ending, found in FORMATS.items() if found.drivers]
POINT = {"type": "Feature", "properties": {"n": 1}, "geometry": {"type": "Point", "coordinates": [10, 50]}}
LONLAT_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],'
    'UNIT["degree",0.0174532925199433]]'
)


def _read(path: Path, **reading: Any) -> Published:
    (published,) = read_published(SourceFile(path, path.name), Reading.model_validate(reading), "farms")
    return published


def _collection(**members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", **members, "features": [POINT]})


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[str]]]:
    """An address that answers anything with a CRS, and the paths that were asked for."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(LONLAT_WKT.encode())

        do_HEAD = do_POST = do_GET

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
        look(SourceFile(path, path.name), lambda layers: layers[0])
    assert asked == []
