"""Read a published file as it is, a batch of records at a time: attributes untouched, shapes in the CRS of the file."""

import csv
import json
from collections.abc import Iterator
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
from loaders.csv_table import column_names
from loaders.errors import ReadError
from loaders.feature_ids import FeatureIds
from loaders.geojson import GEOJSON, says_crs
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
PARQUET = frozenset({".parquet", ".geoparquet"})
BATCH_ROWS = 20_000  # what a load holds at a time; no result depends on it

Batch = tuple[pa.Table, Shapes, Any]  # attributes, well-known binary, the CRS that the file states


@dataclass(frozen=True, slots=True)
class Published:
    """Consecutive records of a published file.

    Attributes:
        name: the file, inside its archive.
        attributes: every published column, one row a record, in the order of the file.
        wkb: the shape of each record as well-known binary in `crs`; null where the file has none.
        crs: the coordinate reference system of the shapes.
        first_row: position of the first of them in the file; that of the file's first is 1.
    """

    name: str
    attributes: pa.Table
    wkb: Shapes
    crs: pyproj.CRS
    first_row: int = 1


def read_published(file: SourceFile, reading: Reading, key: str, rows: int = BATCH_ROWS) -> Iterator[Published]:
    """Read a file of any format that GDAL reads, GeoParquet, or CSV with coordinates, a batch of records at a time.

    Args:
        file: what to read.
        reading: what the file does not say of itself.
        key: the dataset, for error messages.
        rows: how many records to hold at a time.

    Raises:
        ReadError: the file is damaged, its CRS is unknown or contradicts the settings, or a layer or coordinate
            column must be named.
    """
    try:
        crs, first_row = None, 1
        for attributes, wkb, found in _batches(file, reading, key, rows):
            attributes.validate(full=True)
            if crs is None:
                stated = pyproj.CRS.from_user_input(found) if found else None
                crs = _crs(stated, reading, file, key, needed=bool(len(wkb)))
            yield Published(file.name, attributes, wkb, crs, first_row)
            first_row += len(wkb)
    except UNREADABLE as error:
        raise _unreadable(error, file, key) from error


def _unreadable(error: Exception, file: SourceFile, key: str) -> ReadError:
    reason = " ".join(str(error).split())
    encoding = (
        f" If it is in another encoding, say so in datasets.{key}.read.encoding." if "UTF" in reason.upper() else ""
    )
    return ReadError(
        f"{key}: {file.name} cannot be read as {file.suffix.lstrip('.') or 'a vector file'}: {reason}.{encoding} "
        f"Open it in QGIS to see what it is; if it is damaged, get it again and run `make update KEY={key}`."
    )


def _batches(file: SourceFile, reading: Reading, key: str, rows: int) -> Iterator[Batch]:
    if file.suffix == ".csv":
        return ((attributes, wkb, None) for attributes, wkb in read_csv(file.path, reading, file.name, key, rows))
    if file.suffix in PARQUET:
        return _read_geoparquet(file, rows)
    return _read_with_gdal(file, reading, key, rows)


def _read_with_gdal(file: SourceFile, reading: Reading, key: str, rows: int) -> Iterator[Batch]:
    if file.suffix == ".shp":
        require_whole_shapefile(file, key)
    layer = reading.layer or _only_layer(file, key)
    # GDAL would otherwise rewrite text that looks like a date
    options = {"DATE_AS_STRING": "YES"} if file.suffix in GEOJSON else {}
    states_crs = file.suffix not in GEOJSON or _says_crs(file, reading)
    with pyogrio.open_arrow(
        file.path,
        layer=layer,
        encoding=reading.encoding,
        return_fids=True,
        batch_size=rows,
        use_pyarrow=True,
        **options,
    ) as (meta, stream):
        with_ids = FeatureIds(file, meta["fid_column"])
        for batch in _at_least_one(with_ids.guarded(stream), stream.schema):
            yield (
                *_split(with_ids.kept(batch), meta["geometry_name"] or "wkb_geometry"),
                meta["crs"] if states_crs else None,
            )


def _says_crs(file: SourceFile, reading: Reading) -> bool:
    """Whether a GeoJSON says what its coordinates are: by its member `crs`, or by having none and none declared."""
    if reading.encoding:
        raise ValueError("it is UTF-8 by definition: save it as that, and leave read.encoding out")
    said = says_crs(file.path)
    return not reading.crs if said is None else said


def _at_least_one(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """The batches as tables; an empty one if there are none."""
    empty = True
    for batch in batches:
        empty = False
        yield pa.Table.from_batches([batch])
    if empty:
        yield schema.empty_table()


def _split(table: pa.Table, geometry: str) -> tuple[pa.Table, Shapes]:
    """Attributes and shapes; no shapes where the file has none."""
    places = table.schema.get_all_field_indices(geometry)
    if not places:
        return table, np.full(len(table), None, dtype=object)
    last = max(places)  # GDAL's own; a property may have its name
    return table.remove_column(last), table.column(last).to_numpy(zero_copy_only=False)


def _only_layer(file: SourceFile, key: str) -> str | None:
    if file.suffix == ".geojson":
        return None  # there is one, and listing it reads the whole file
    layers = [name for name, geometry_type in pyogrio.list_layers(file.path) if geometry_type is not None]
    if len(layers) > 1:
        raise ReadError(
            f"{key}: {file.name} has several layers: {', '.join(layers)}. "
            f"Name the wanted one in datasets.{key}.read.layer in params.yaml."
        )
    return layers[0] if layers else None


def _read_geoparquet(file: SourceFile, rows: int) -> Iterator[Batch]:
    with pq.ParquetFile(file.path, pre_buffer=False) as parquet:  # else what has been read stays in memory
        metadata = parquet.schema_arrow.metadata or {}
        if b"geo" not in metadata:
            raise pa.ArrowInvalid("it is Parquet, but not GeoParquet: it does not say which column is the geometry")
        try:
            stated = json.loads(metadata[b"geo"])
            column = stated["primary_column"]
            described = stated["columns"][column]
            (place,) = parquet.schema_arrow.get_all_field_indices(column)
            encoding = described["encoding"]
        except (LookupError, TypeError, ValueError) as error:
            raise pa.ArrowInvalid("its GeoParquet metadata do not describe a column of geometries") from error
        if encoding != "WKB":
            raise pa.ArrowNotImplementedError(
                f"geometry is encoded as {described['encoding']}, expected WKB in a column {column}"
            )
        names = column_names(parquet.schema_arrow.names)
        for table in _at_least_one(parquet.iter_batches(batch_size=rows), parquet.schema_arrow):
            yield *_split(table.rename_columns(names), names[place]), described.get("crs", "OGC:CRS84")


def declared_crs(reading: Reading, key: str) -> pyproj.CRS | None:
    """The CRS that the settings state; null where they state none.

    Raises:
        ReadError: it is none that PROJ knows.
    """
    place = f"datasets.{key}.read.crs in params.yaml"
    try:
        return pyproj.CRS.from_user_input(reading.crs) if reading.crs else None
    except CRSError as error:
        raise ReadError(
            f"{key}: {place} is {reading.crs!r}, unknown to PROJ. Expected, say, EPSG:4326 (degrees) or EPSG:32632 "
            f"(UTM zone 32 north)."
        ) from error


def _crs(stated: pyproj.CRS | None, reading: Reading, file: SourceFile, key: str, *, needed: bool) -> pyproj.CRS:
    """The CRS that the file states, or else the declared one; never a guess."""
    place = f"datasets.{key}.read.crs in params.yaml"
    declared = declared_crs(reading, key)
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
