"""Read a CSV of positions as it was written: every value is kept as text."""

import csv
import io
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import shapely

from loaders.arrays import Shapes
from loaders.catalog_columns import Reading
from loaders.errors import ReadError


def read_csv(stream: BinaryIO, reading: Reading, name: str, key: str) -> tuple[pa.Table, Shapes]:
    """The columns as text, null where blank; the positions as well-known binary.

    The position is null where a coordinate is blank, and no bytes at all where it is not a number.

    Raises:
        ReadError: a coordinate column is not named or not there, a column occurs twice, or a row has more fields
            than there are columns.
        UnicodeDecodeError: the encoding is another.
        csv.Error: a quotation never ends.
        LookupError: there is no such encoding.
    """
    text = io.TextIOWrapper(stream, encoding=reading.encoding or "utf-8-sig", newline="")
    rows = csv.reader(text, strict=True)
    columns = next(rows, [])
    _require_columns(columns, reading, name, key)
    fields = [_fitted(row, len(columns), f"{key}: {name}, line {rows.line_num}") for row in rows if row]
    table = pa.table(
        {
            column: pa.array([row[position] or None for row in fields], type=pa.string())
            for position, column in enumerate(columns)
        }
    )
    return table, _positions(table, reading)


def _require_columns(columns: list[str], reading: Reading, name: str, key: str) -> None:
    listing = ", ".join(columns) or "no columns"
    if len(columns) == 1 and any(other in listing for other in ";\t|"):
        listing += " (only one: expected commas between the columns; save it as comma-separated)"
    for setting, column in (("longitude", reading.longitude), ("latitude", reading.latitude)):
        if column not in columns:
            raise ReadError(
                f"{key}: {name} is a table: expected datasets.{key}.read.{setting} in params.yaml to name its "
                f"{setting} column, found {column or 'nothing'}. The file has: {listing}."
            )
    if len(set(columns)) < len(columns):
        raise ReadError(f"{key}: {name} names a column twice: {listing}. Rename one of them in the file.")


def _fitted(row: list[str], width: int, place: str) -> list[str]:
    """A row of just the columns; blank fields behind the last one mean nothing."""
    if any(row[width:]):
        raise ReadError(
            f"{place}: expected {width} fields, found {len(row)}: {','.join(row)[:80]}. Quote values that hold a comma."
        )
    return [*row[:width], *[""] * (width - len(row))]


def _positions(table: pa.Table, reading: Reading) -> Shapes:
    x, y = (table.column(column).to_pylist() for column in (reading.longitude, reading.latitude))
    wkb = np.full(len(table), None, dtype=object)
    for row, (east, north) in enumerate(zip(x, y, strict=True)):
        if east is None or north is None:
            continue
        try:
            wkb[row] = shapely.to_wkb(shapely.Point(float(east), float(north)))
        except ValueError:
            wkb[row] = b""
    return wkb
