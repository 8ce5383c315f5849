"""Read a published file as it is: attributes untouched, shapes in the CRS of the file."""

import csv
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError
from pyproj.exceptions import CRSError

from loaders.arrays import Shapes
from loaders.catalog_columns import Reading
from loaders.csv_points import read_csv
from loaders.errors import ReadError
from loaders.geometry import LONLAT
from loaders.shapefile import require_whole_shapefile
from loaders.wanted import SourceFile

# what the libraries raise for a file that is damaged, or is not what its name says
UNREADABLE = (
    CRSError,
    DataLayerError,
    DataSourceError,
    FeatureError,
    GeometryError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
    csv.Error,
    pa.ArrowException,
)
GEOJSON = frozenset({".geojson", ".json"})
PARQUET = frozenset({".parquet", ".geoparquet"})


@dataclass(frozen=True, slots=True)
class Published:
    """A published file in memory.

    Attributes:
        name: the file, inside its archive.
        attributes: every published column, one row a record, in the order of the file.
        wkb: the shape of each record as well-known binary in `crs`; null where the file has none.
        crs: the coordinate reference system of the shapes.
    """

    name: str
    attributes: pa.Table
    wkb: Shapes
    crs: pyproj.CRS


def read_published(file: SourceFile, reading: Reading, key: str) -> Published:
    """Read a file of any format that GDAL reads, GeoParquet, or CSV with coordinates.

    Args:
        file: what to read.
        reading: what the file does not say of itself.
        key: the dataset, for error messages.

    Raises:
        ReadError: the file is damaged, its CRS is unknown or contradicts the settings, or a layer or coordinate
            column must be named.
    """
    try:
        if file.suffix == ".csv":
            with file.path.open("rb") as stream:
                attributes, wkb = read_csv(stream, reading, file.name, key)
            found = None
        elif file.suffix in PARQUET:
            attributes, wkb, found = _read_geoparquet(file)
        else:
            attributes, wkb, found = _read_with_gdal(file, reading, key)
        attributes.validate(full=True)
        stated = pyproj.CRS.from_user_input(found) if found else None
    except UNREADABLE as error:
        reason = " ".join(str(error).split())
        encoding = (
            f" If it is in another encoding, say so in datasets.{key}.read.encoding." if "UTF" in reason.upper() else ""
        )
        raise ReadError(
            f"{key}: {file.name} cannot be read as {file.suffix.lstrip('.') or 'a vector file'}: {reason}.{encoding} "
            f"Open it in QGIS to see what it is; if it is damaged, get it again and run `make update KEY={key}`."
        ) from error
    return Published(file.name, attributes, wkb, _crs(stated, reading, file, key, needed=bool(len(wkb))))


def _read_with_gdal(file: SourceFile, reading: Reading, key: str) -> tuple[pa.Table, Shapes, str | None]:
    if file.suffix == ".shp":
        require_whole_shapefile(file, key)
    layer = reading.layer or _only_layer(file, key)
    # GDAL would otherwise rewrite text that looks like a date
    options = {"DATE_AS_STRING": "YES"} if file.suffix in GEOJSON else {}
    meta, table = pyogrio.read_arrow(file.path, layer=layer, encoding=reading.encoding, return_fids=True, **options)
    table = _with_published_ids(table, meta["fid_column"], file)
    column = meta["geometry_name"] or "wkb_geometry"
    crs = None if file.suffix in GEOJSON and reading.crs and not _has_crs_member(file) else meta["crs"]
    if column not in table.column_names:
        return table, np.full(len(table), None, dtype=object), crs
    wkb = table.column(column).to_numpy(zero_copy_only=False)
    return table.drop_columns([column]), wkb, crs


def _with_published_ids(table: pa.Table, fid_column: str, file: SourceFile) -> pa.Table:
    """Keep the feature ids of a GeoPackage, and of a GeoJSON that gives some; elsewhere they only number the rows."""
    fids = table.column(0)  # by position: a property may have its name
    table = table.remove_column(0)
    if file.suffix == ".gpkg" and fid_column not in table.column_names:
        return table.add_column(0, fid_column, fids)
    numbered = fids.to_pylist() == list(range(len(fids)))
    if file.suffix in GEOJSON and not numbered and "id" not in table.column_names:
        return table.add_column(0, "id", fids)
    return table


def _has_crs_member(file: SourceFile) -> bool:
    """Whether a GeoJSON states its CRS; where it does not, GDAL says WGS 84, which older files do not mean."""
    return b'"crs"' in file.path.read_bytes()


def _only_layer(file: SourceFile, key: str) -> str | None:
    layers = [name for name, geometry_type in pyogrio.list_layers(file.path) if geometry_type is not None]
    if len(layers) > 1:
        raise ReadError(
            f"{key}: {file.name} has several layers: {', '.join(layers)}. "
            f"Name the wanted one in datasets.{key}.read.layer in params.yaml."
        )
    return layers[0] if layers else None


def _read_geoparquet(file: SourceFile) -> tuple[pa.Table, Shapes, Any]:
    table = pq.read_table(file.path)
    if b"geo" not in (table.schema.metadata or {}):
        raise pa.ArrowInvalid("it is Parquet, but not GeoParquet: it does not say which column is the geometry")
    stated = json.loads(table.schema.metadata[b"geo"])
    column = stated["primary_column"]
    described = stated["columns"][column]
    if described["encoding"] != "WKB":
        raise pa.ArrowNotImplementedError(f"geometry is encoded as {described['encoding']}, expected WKB")
    wkb = table.column(column).to_numpy(zero_copy_only=False)
    return table.drop_columns([column]), wkb, described.get("crs", "OGC:CRS84")


def _crs(stated: pyproj.CRS | None, reading: Reading, file: SourceFile, key: str, *, needed: bool) -> pyproj.CRS:
    """The CRS that the file states, or else the declared one; never a guess."""
    place = f"datasets.{key}.read.crs in params.yaml"
    try:
        declared = pyproj.CRS.from_user_input(reading.crs) if reading.crs else None
    except CRSError as error:
        raise ReadError(f"{key}: {place} is {reading.crs!r}, unknown to PROJ. Expected, say, EPSG:4326.") from error
    if stated and declared and not stated.equals(declared, ignore_axis_order=True):
        raise ReadError(
            f"{key}: {file.name} says that its CRS is {stated.name}, but {place} says {declared.name}. "
            f"Remove the setting; it is only for files that do not say."
        )
    crs = stated or declared or (None if needed else LONLAT)
    if crs is None:
        raise ReadError(
            f"{key}: {file.name} does not say what its coordinates mean. Add {place}, say `crs: EPSG:4326`."
        )
    if not (crs.is_geographic or crs.is_projected):
        raise ReadError(f"{key}: the CRS of {file.name} is {crs.name}: no positions on Earth. Correct {place}.")
    return crs
