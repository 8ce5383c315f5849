"""Read a published file as it is: attributes untouched, shapes in the CRS of the file."""

import json
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

from loaders.catalog import Reading
from loaders.errors import ReadError
from loaders.geometry import Shapes
from loaders.wanted import SourceFile

GDAL_ERRORS = (DataLayerError, DataSourceError, FeatureError, GeometryError, RuntimeError, pa.ArrowException)


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
            attributes, wkb, found = _read_csv(file, reading, key)
        elif file.suffix in {".parquet", ".geoparquet"}:
            attributes, wkb, found = _read_geoparquet(file)
        else:
            attributes, wkb, found = _read_with_gdal(file, reading, key)
    except (*GDAL_ERRORS, UnicodeDecodeError, pd.errors.ParserError, zipfile.BadZipFile, KeyError) as error:
        reason = " ".join(str(error).split())
        raise ReadError(
            f"{key}: {file.name} cannot be read as {file.suffix.lstrip('.') or 'a vector file'}: {reason}. "
            f"Open it in QGIS to see what it is; if it is damaged, get it again and run `make update KEY={key}`."
        ) from error
    return Published(file.name, attributes, wkb, _crs(found, reading, file, key, needed=bool(len(wkb))))


def _read_with_gdal(file: SourceFile, reading: Reading, key: str) -> tuple[pa.Table, Shapes, str | None]:
    layer = reading.layer or _only_layer(file, key)
    # GDAL would otherwise rewrite text that looks like a date
    options = {"DATE_AS_STRING": "YES"} if file.suffix in {".geojson", ".json"} else {}
    meta, table = pyogrio.read_arrow(file.gdal_path, layer=layer, encoding=reading.encoding, **options)
    column = meta["geometry_name"] or "wkb_geometry"
    if column not in table.column_names:
        return table, np.full(len(table), None, dtype=object), meta["crs"]
    wkb = table.column(column).to_numpy(zero_copy_only=False)
    return table.drop_columns([column]), wkb, meta["crs"]


def _only_layer(file: SourceFile, key: str) -> str | None:
    layers = [name for name, geometry_type in pyogrio.list_layers(file.gdal_path) if geometry_type is not None]
    if len(layers) > 1:
        raise ReadError(
            f"{key}: {file.name} has several layers: {', '.join(layers)}. "
            f"Name the wanted one in datasets.{key}.read.layer in params.yaml."
        )
    return layers[0] if layers else None


def _read_geoparquet(file: SourceFile) -> tuple[pa.Table, Shapes, Any]:
    table = pq.read_table(_stream(file))
    if b"geo" not in (table.schema.metadata or {}):
        raise pa.ArrowInvalid("it is Parquet, but not GeoParquet: it does not say which column is the geometry")
    stated = json.loads(table.schema.metadata[b"geo"])
    column = stated["primary_column"]
    described = stated["columns"][column]
    if described["encoding"] != "WKB":
        raise pa.ArrowNotImplementedError(f"geometry is encoded as {described['encoding']}, expected WKB")
    wkb = table.column(column).to_numpy(zero_copy_only=False)
    return table.drop_columns([column]), wkb, described.get("crs", "OGC:CRS84")


def _read_csv(file: SourceFile, reading: Reading, key: str) -> tuple[pa.Table, Shapes, None]:
    # as text: what the publisher wrote is kept, and numbers are made only of the columns that are mapped
    frame = pd.read_csv(_stream(file), dtype=str, keep_default_na=False, encoding=reading.encoding or "utf-8-sig")
    frame = frame.mask(frame == "", None)
    for name, column in (("longitude", reading.longitude), ("latitude", reading.latitude)):
        if column not in frame.columns:
            raise ReadError(
                f"{key}: {file.name} is a table: expected datasets.{key}.read.{name} in params.yaml to name its "
                f"{name} column, found {column or 'nothing'}. The file has: {', '.join(frame.columns)}."
            )
    x, y = (pd.to_numeric(frame[column], errors="coerce") for column in (reading.longitude, reading.latitude))
    known = (x.notna() & y.notna()).to_numpy()
    wkb = np.full(len(frame), None, dtype=object)
    wkb[known] = shapely.to_wkb(shapely.points(x[known], y[known]))
    return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None), wkb, None


def _stream(file: SourceFile) -> Any:
    if file.member is None:
        return file.path.open("rb")
    with zipfile.ZipFile(file.path) as archive:
        return BytesIO(archive.read(file.member))


def _crs(found: Any, reading: Reading, file: SourceFile, key: str, *, needed: bool) -> pyproj.CRS:
    """The CRS that the file states, or else the declared one; never a guess."""
    place = f"datasets.{key}.read.crs in params.yaml"
    try:
        declared = pyproj.CRS.from_user_input(reading.crs) if reading.crs else None
    except pyproj.exceptions.CRSError as error:
        raise ReadError(f"{key}: {place} is {reading.crs!r}, unknown to PROJ. Expected, say, EPSG:4326.") from error
    stated = pyproj.CRS.from_user_input(found) if found else None
    if stated and declared and not stated.equals(declared, ignore_axis_order=True):
        raise ReadError(
            f"{key}: {file.name} says that its CRS is {stated.name}, but {place} says {declared.name}. "
            f"Remove the setting; it is only for files that do not say."
        )
    if stated or declared or not needed:
        return stated or declared or pyproj.CRS.from_epsg(4326)
    raise ReadError(f"{key}: {file.name} does not say what its coordinates mean. Add {place}, say `crs: EPSG:4326`.")
