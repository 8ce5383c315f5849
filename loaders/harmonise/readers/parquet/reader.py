"""Reads GeoParquet (all versions) and Parquet with native geometry types, batch by batch."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from loaders.core.arrays import Shapes
from loaders.harmonise.readers.csv.table import column_names
from loaders.harmonise.readers.parquet.geoarrow import ENCODINGS, wkb_from_geoarrow
from loaders.harmonise.readers.vector.reader import Batch, at_least_one, split_shapes

WITHOUT_CRS = "OGC:CRS84"  # default of both standards for a column without a CRS
NATIVE = frozenset({"GEOMETRY", "GEOGRAPHY"})
WELL_KNOWN_BINARY = "WKB"
# https://geoparquet.org/releases/v1.1.0/ and https://github.com/apache/parquet-format/blob/master/Geospatial.md


@dataclass(frozen=True, slots=True)
class _GeometryColumn:
    """The geometry column: its name, its encoding, and its CRS; None where unknown."""

    name: str
    encoding: str
    crs: Any


def read_geoparquet(path: Path, rows: int) -> Iterator[Batch]:
    """Batches of the columns, the shapes and the stated CRS.

    Raises:
        pa.ArrowException: the file is damaged, or does not state its geometry column and encoding.
    """
    with pq.ParquetFile(path, pre_buffer=False) as parquet:  # otherwise, memory grows with what has been read
        geometry = _geoparquet_column(parquet) or _native_column(parquet)
        _require_readable(parquet.schema_arrow, geometry)
        names = column_names(parquet.schema_arrow.names)
        geometry = replace(geometry, name=names[parquet.schema_arrow.get_field_index(geometry.name)])
        for table in at_least_one(parquet.iter_batches(batch_size=rows), parquet.schema_arrow):
            yield *_split(table.rename_columns(names), geometry), geometry.crs


def _require_readable(schema: pa.Schema, geometry: _GeometryColumn) -> None:
    """Check the encoding and the type of the geometry column.

    Raises:
        pa.ArrowException: one of them cannot be read.
    """
    if geometry.encoding != WELL_KNOWN_BINARY and geometry.encoding not in ENCODINGS:
        encodings = ", ".join([WELL_KNOWN_BINARY, *ENCODINGS])
        raise pa.ArrowNotImplementedError(
            f"its column {geometry.name} is encoded as {geometry.encoding}, expected one of {encodings}"
        )
    index = schema.get_field_index(geometry.name)
    if index < 0:
        raise pa.ArrowNotImplementedError(f"its shapes are in a part of a column, {geometry.name}")
    if geometry.encoding == WELL_KNOWN_BINARY and not _is_binary(schema.types[index]):
        raise pa.ArrowInvalid(f"its column {geometry.name} should hold shapes as binary, and is {schema.types[index]}")


def _is_binary(kind: pa.DataType) -> bool:
    kind = getattr(kind, "storage_type", kind)  # of an extension
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    tests = (
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_binary_view,
        pa.types.is_fixed_size_binary,
    )
    return any(test(kind) for test in tests) and not pa.types.is_decimal(kind)


def _geoparquet_column(parquet: pq.ParquetFile) -> _GeometryColumn | None:
    """The geometry column of GeoParquet metadata; None without such metadata."""
    metadata = parquet.schema_arrow.metadata or {}
    if b"geo" not in metadata:
        return None
    try:
        geo = json.loads(metadata[b"geo"])
        column = geo["primary_column"]
        attributes = geo["columns"][column]
        (_,) = parquet.schema_arrow.get_all_field_indices(column)
        return _GeometryColumn(column, str(attributes["encoding"]), attributes.get("crs", WITHOUT_CRS))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise pa.ArrowInvalid("its GeoParquet metadata do not describe a column of geometries") from error


def _native_column(parquet: pq.ParquetFile) -> _GeometryColumn:
    """The only column with a native geometry type of Parquet."""
    fields = [parquet.schema.column(index) for index in range(len(parquet.schema))]
    geometry_fields = [field for field in fields if field.logical_type.type in NATIVE]
    if len(geometry_fields) != 1:
        several_message = (
            f"several columns are geometries: {', '.join(field.path for field in geometry_fields)}; keep one of them"
        )
        missing_message = "it is Parquet, but not GeoParquet: it does not say which column is the geometry"
        raise pa.ArrowInvalid(several_message if geometry_fields else missing_message)
    crs = json.loads(geometry_fields[0].logical_type.to_json()).get("crs") or WITHOUT_CRS
    return _GeometryColumn(geometry_fields[0].path, WELL_KNOWN_BINARY, _crs(crs, parquet))


def _crs(text: str, parquet: pq.ParquetFile) -> Any:
    """A CRS in Parquet notation: a name, PROJJSON, or a reference into the metadata; None where unknown."""
    kind, _, name = text.partition(":")
    if kind == "srid":  # a number of the writer's own system
        return None
    if kind == "projjson":
        text = (parquet.schema_arrow.metadata or {}).get(name.encode(), b"").decode()
    try:
        return json.loads(text)
    except ValueError:
        return text or None


def _split(table: pa.Table, geometry: _GeometryColumn) -> tuple[pa.Table, Shapes]:
    if geometry.encoding == WELL_KNOWN_BINARY:
        return split_shapes(table, table.schema.get_field_index(geometry.name))
    column = table.column(geometry.name).combine_chunks()
    if isinstance(column, pa.ChunkedArray):  # as it remains if there are no rows
        column = pa.array([], column.type)
    return table.drop_columns([geometry.name]), wkb_from_geoarrow(column, geometry.encoding)
