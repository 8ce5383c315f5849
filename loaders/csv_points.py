"""Read a CSV of positions as it was written: every value is kept as text."""

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa

from loaders.arrays import Shapes
from loaders.catalog_columns import Reading
from loaders.errors import ReadError
from loaders.positions import position_columns, positions


def read_csv(path: Path, reading: Reading, name: str, key: str, rows: int) -> Iterator[tuple[pa.Table, Shapes]]:
    """The columns as text, null where blank; the positions as well-known binary; so many rows at a time.

    The position is null where a coordinate is blank, and no bytes at all where it is not a number.

    Raises:
        ReadError: a coordinate column is not named or not there, a column occurs twice, or a row has more fields
            than there are columns.
        UnicodeDecodeError: the encoding is another.
        csv.Error: a quotation never ends.
        LookupError: there is no such encoding.
    """
    with path.open(encoding=reading.encoding or "utf-8-sig", newline="") as text:
        lines = csv.reader(text, delimiter=reading.delimiter, strict=True)
        columns = next(lines, [])
        _require_columns(columns, reading, name, key)
        fields = (_fitted(row, columns, f"{key}: {name}, line {lines.line_num}", reading) for row in lines if row)
        yield _batch(islice(fields, rows), columns, reading)
        while len((batch := _batch(islice(fields, rows), columns, reading))[1]):
            yield batch


def _batch(fields: Iterable[list[str]], columns: list[str], reading: Reading) -> tuple[pa.Table, Shapes]:
    held = list(fields)
    values = {
        column: pa.array([row[position] or None for row in held], type=pa.string())
        for position, column in enumerate(columns)
    }
    table = pa.table(values)
    return table, positions(table, reading)


def _require_columns(columns: list[str], reading: Reading, name: str, key: str) -> None:
    listing = ", ".join(columns) or "no columns"
    if len(columns) == 1 and (other := next((mark for mark in ",;\t|" if mark in columns[0]), None)):
        listing += f" (only one: if {other!r} stands between the columns, say so in datasets.{key}.read.delimiter)"
    for setting, column in position_columns(reading):
        if column not in columns:
            raise ReadError(
                f"{key}: {name} is a table: expected datasets.{key}.read.{setting} in params.yaml to name its "
                f"{setting} column, found {column or 'nothing'}. The file has: {listing}."
            )
    if len(set(columns)) < len(columns):
        raise ReadError(f"{key}: {name} names a column twice: {listing}. Rename one of them in the file.")


def _fitted(row: list[str], columns: list[str], place: str, reading: Reading) -> list[str]:
    """A row of just the columns; blank fields behind the last one mean nothing."""
    width = len(columns)
    if any(row[width:]):
        raise ReadError(
            f"{place}: expected {width} fields, found {len(row)}: {reading.delimiter.join(row)[:80]}. "
            f"Quote values that hold {reading.delimiter!r}."
        )
    return [*row[:width], *[""] * (width - len(row))]
