"""Restores the published values that GDAL rounds or changes, from the text of the file where possible."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from loaders.harmonise.readers.vector.dbase import DbfColumns
from loaders.harmonise.readers.vector.geojson import GEOJSON
from loaders.harmonise.readers.vector.geojson_values import JsonColumns
from loaders.harmonise.readers.vector.kml import without_gdal_defaults
from loaders.harmonise.readers.vector.shapefile import part
from loaders.harmonise.values.exact_numbers import EXACT
from loaders.settings.file_selection import SourceFile

KML = frozenset({".kml", ".kmz"})  # numbers are text in the file, and read as floats; also in:
SPREADSHEETS = frozenset({".xlsx", ".ods"})
FLATGEOBUF, LARGEST_UNSIGNED = ".fgb", 2.0**64  # its unsigned numbers of 64 bits are read as floats
LARGEST_ID = 1e30  # larger values are placeholders, as -1.8e308
Restore = Callable[[pa.Table, pa.ChunkedArray], pa.Table]


def value_restorer(file: SourceFile, schema: pa.Schema) -> Restore:
    """A function that restores the published values of a file, batch by batch in order.

    Args:
        file: to read.
        schema: its columns as GDAL reads them, in the order of the file.

    Returns:
        A function of the next rows and their ids, which returns the rows with the published values.

    Raises:
        ValueError: they cannot be read from the text of the file.
    """
    if file.suffix in GEOJSON:
        json = JsonColumns(file.path, schema)
        return lambda table, _: json.restore(table)
    if file.suffix == ".shp" and (dbf := part(file, ".dbf")):
        columns = DbfColumns(dbf, schema)
        return lambda table, ids: columns.restore(table, ids.to_numpy())
    if file.suffix in KML:
        return lambda table, _: without_gdal_defaults(_require_exact(table))
    if file.suffix in SPREADSHEETS:
        return lambda table, _: _require_exact(table)
    if file.suffix == FLATGEOBUF:
        return lambda table, _: _require_exact(table, LARGEST_UNSIGNED)
    return lambda table, _: table


def _require_exact(table: pa.Table, largest: float = LARGEST_ID) -> pa.Table:
    """The table itself, unless a number was rounded that may be an identifier."""
    for name, values in zip(table.column_names, table.columns, strict=True):
        is_rounded = pa.types.is_floating(values.type) and _are_long(pc.abs(values), largest)
        if is_rounded or (pa.types.is_int64(values.type) and _are_cut(values)):
            raise ValueError(
                f"column {name!r} holds numbers of 16 digits or more, which were rounded on the way; write them as text"
            )
    return table


def _are_long(sizes: pa.ChunkedArray, largest: float) -> bool:
    return bool(pc.any(pc.and_(pc.greater_equal(sizes, float(EXACT)), pc.less_equal(sizes, largest))).as_py())


def _are_cut(numbers: pa.ChunkedArray) -> bool:
    """Whether a number is the first or last of its type, which stands for all beyond."""
    return bool(pc.any(pc.is_in(numbers, pa.array([-(2**63), 2**63 - 1]))).as_py())
