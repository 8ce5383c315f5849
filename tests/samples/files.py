"""File formats, each written so that equal records give equal bytes on any day and machine."""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from tests.samples.shapes import Geometry

METRE_DECIMALS = 3
MADE_ON = "2000-01-01"
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Record:
    """One published feature.

    Attributes:
        geometry: GeoJSON geometry in degrees, longitude first.
        properties: The columns, in the publisher's order.
        observed: Name of the installation on view; empty where nothing can be matched with it.
        source_id: The publisher's identifier as text.
    """

    geometry: Geometry
    properties: dict[str, Any]
    observed: str = ""
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """One dataset: its wanted records, and every file of its folder by name."""

    key: str
    records: tuple[Record, ...]
    files: Mapping[str, bytes]


def geojson(name: str, records: Iterable[Record], crs: str | None = None) -> bytes:
    """A FeatureCollection with one feature a line, and the `crs` member of old GeoJSON if one is given."""
    head: dict[str, Any] = {"type": "FeatureCollection", "name": name}
    if crs:
        head["crs"] = {"type": "name", "properties": {"name": crs}}
    features = ({"type": "Feature", "properties": record.properties, "geometry": record.geometry} for record in records)
    lines = ",\n".join(_compact(feature) for feature in features)
    return f'{_compact(head)[:-1]},"features":[\n{lines}\n]}}\n'.encode()


def csv_table(records: Sequence[Record], encoding: str = "utf-8") -> bytes:
    """A CSV of the columns, without the shapes."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, records[0].properties, lineterminator="\n")
    writer.writeheader()
    writer.writerows(record.properties for record in records)
    return text.getvalue().encode(encoding)


def frame(records: Sequence[Record], crs: str | None = None) -> gpd.GeoDataFrame:
    """The records as a table, reprojected from EPSG:4326 to `crs` if one is given, to the millimetre."""
    table = gpd.GeoDataFrame(
        [record.properties for record in records],
        geometry=[shapely.geometry.shape(record.geometry) for record in records],
        crs="EPSG:4326",
    )
    if crs is None:
        return table
    table = table.to_crs(crs)
    return table.set_geometry(shapely.transform(table.geometry.array, _to_millimetre), crs=crs)


def geopackage(layer: str, table: gpd.GeoDataFrame) -> bytes:
    """A GeoPackage with one layer."""
    # GDAL stamps the time of writing into gpkg_contents unless it is told another.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{MADE_ON}T00:00:00Z"})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{layer}.gpkg")
        # A polygon stays a polygon beside multipolygons: promoted, it would equal no copy of it.
        pyogrio.write_dataframe(table, path, layer=layer, driver="GPKG", promote_to_multi=False)
        return path.read_bytes()


def shapefile(stem: str, table: gpd.GeoDataFrame) -> dict[str, bytes]:
    """The five files of a shapefile, by name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{stem}.shp")
        options = {"DBF_DATE_LAST_UPDATE": MADE_ON}
        pyogrio.write_dataframe(table, path, driver="ESRI Shapefile", layer_options=options)
        return {part.name: part.read_bytes() for part in sorted(Path(folder).iterdir())}


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip of the members, in their order.

    They are stored, not deflated: what deflate makes of them depends on the zlib that Python was built with.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression=zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(_member(name), content)
    return buffer.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=ZIP_EPOCH)
    info.create_system = 3  # Unix; Python writes another number on Windows
    info.external_attr = 0o644 << 16
    return info


def _compact(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))


def _to_millimetre(coordinates: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.float64]:
    return coordinates.round(METRE_DECIMALS)
