"""Restores values of a shapefile's .dbf that GDAL would change: long numbers, and values of another type."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from loaders.harmonise.values.exact_numbers import WHOLE, are_whole

HEADER_BYTES, FIELD_BYTES, END_OF_FIELDS = 32, 32, 0x0D
ROUNDED_WIDTH = 19  # from here on GDAL reads floats
ROUNDED_DIGITS = 16
CHUNK_ROWS = 100_000  # held at a time
TEXT, NUMBERS, DATE, LOGICAL = "C", "NF", "D", "L"
BLANK_BYTES = np.isin(np.arange(256), np.frombuffer(b" \0", np.uint8))
WHOLE_NUMBER_BYTES = np.isin(np.arange(256), np.frombuffer(b" \0*+-0123456789", np.uint8))
LOGICAL_BYTES = np.isin(np.arange(256), np.frombuffer(b" \0?TtFfYyNn", np.uint8))

Bytes = npt.NDArray[np.uint8]
# https://www.dbf2002.com/dbf-file-format.html


@dataclass(frozen=True, slots=True)
class _Field:
    """Position of a value in each row; `index` is that of the column."""

    index: int
    name: str
    kind: str
    decimals: int
    begin: int
    end: int


class DbfColumns:
    """The columns with numbers too long for GDAL, or with values that do not have their type.

    Raises:
        ValueError: a column has a type that cannot be read, as memos, which are in another file.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        fields = [field for field in _fields(path) if field.index < len(schema)]
        self._rows = _rows(path) if fields else np.empty((0, 0), np.uint8)
        types = {schema.names[field.index]: self._type(field) for field in fields}
        self._types = {name: kind for name, kind in types.items() if kind is not None}
        self._fields = {name: field for name, field in zip(types, fields, strict=True) if name in self._types}

    def restore(self, table: pa.Table, rows: npt.NDArray[np.int64]) -> pa.Table:
        """These rows of the file, counted from 0, these columns as published."""
        for name, field in self._fields.items():
            values = _texts(self._rows[rows, field.begin : field.end]).cast(self._types[name])
            table = table.set_column(table.column_names.index(name), name, values)
        return table

    def _type(self, field: _Field) -> pa.DataType | None:
        """The type that holds the values of a column as published; None where GDAL's type does."""
        pieces = [
            self._rows[first : first + CHUNK_ROWS, field.begin : field.end]
            for first in range(0, len(self._rows), CHUNK_ROWS)
        ]
        if field.kind == DATE:
            return None if all(_are_days(_texts(piece)) for piece in pieces) else pa.string()
        if field.kind == LOGICAL:
            return None if all(LOGICAL_BYTES[piece].all() for piece in pieces) else pa.string()
        if field.kind not in NUMBERS:
            if not all(BLANK_BYTES[piece].all() for piece in pieces):
                raise ValueError(
                    f"column {field.name!r} is of the dBASE type {field.kind!r}, which cannot be read; save it as text"
                )
            return None
        if field.decimals:
            return pa.string() if any(_are_rounded(piece) for piece in pieces) else None
        if field.end - field.begin < ROUNDED_WIDTH and all(WHOLE_NUMBER_BYTES[piece].all() for piece in pieces):
            return None
        return WHOLE if all(are_whole(_texts(piece)) for piece in pieces) else pa.string()


def _are_rounded(cells: Bytes) -> bool:
    """Whether some number has more digits before its point than a float."""
    if cells.shape[1] < ROUNDED_DIGITS or not len(cells):
        return False
    points = cells == ord(".")
    digits_before_point = np.where(points.any(axis=1), points.argmax(axis=1), cells.shape[1])
    return bool(
        (digits_before_point - (~BLANK_BYTES[cells]).argmax(axis=1) >= ROUNDED_DIGITS).any() and _have_long(cells)
    )


def _have_long(cells: Bytes) -> bool:
    return bool(pc.any(pc.match_substring_regex(_texts(cells), rf"^[+-]?[0-9]{{{ROUNDED_DIGITS}}}")).as_py())


def _are_days(texts: pa.Array) -> bool:
    return all(_is_day(text) for text in pc.unique(texts).drop_null().to_pylist())


def _is_day(text: str) -> bool:
    try:
        dt.datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return text.strip("0") == ""  # zeros mean that there is none
    return True


def _texts(cells: Bytes) -> pa.Array:
    """The text of cells; null where blank, or stars for a number that did not fit."""
    width = cells.shape[1]
    raw = np.ascontiguousarray(cells).view(f"S{width}").ravel().tolist()
    texts = pc.utf8_trim_whitespace(pa.array([cell.decode("latin-1") for cell in raw], pa.string()))
    return pc.if_else(pc.match_substring_regex(texts, r"^\**$"), pa.scalar(None, pa.string()), texts)


def _fields(path: Path) -> list[_Field]:
    """The columns to check: all except text."""
    fields: list[_Field] = []
    with path.open("rb") as stream:
        header = stream.read(_header_bytes(stream.read(HEADER_BYTES)) - HEADER_BYTES)
    begin = 1  # behind the mark of a deleted row
    for index in range(len(header) // FIELD_BYTES):
        field = header[index * FIELD_BYTES : (index + 1) * FIELD_BYTES]
        if field[0] == END_OF_FIELDS:
            break
        name, kind = field[:11].partition(b"\0")[0].decode("latin-1"), chr(field[11])
        width, decimals = field[16], field[17]
        if kind != TEXT:
            fields.append(_Field(index, name, kind, decimals, begin, begin + width))
        begin += width
    return fields


def _header_bytes(head: bytes) -> int:
    return int.from_bytes(head[8:10], "little")


def _rows(path: Path) -> Bytes:
    """All rows of the file, as bytes."""
    with path.open("rb") as stream:
        head = stream.read(HEADER_BYTES)
    count, width = int.from_bytes(head[4:8], "little"), int.from_bytes(head[10:12], "little")
    content = np.memmap(path, dtype=np.uint8, mode="r", offset=_header_bytes(head))
    rows: Bytes = content[: count * width].reshape(count, width)
    return rows
