"""Reads a CSV with positions; every value stays text."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa

from loaders.core.arrays import Shapes
from loaders.core.errors import ReadError
from loaders.harmonise.readers.csv.table import Header, csv_rows, header
from loaders.harmonise.readers.positions import position_columns, positions
from loaders.settings.columns import ReadOptions

LISTED_COLUMNS = 50  # in an error


def read_csv(path: Path, reading: ReadOptions, name: str, key: str, rows: int) -> Iterator[tuple[pa.Table, Shapes]]:
    """Batches of the columns as text, null where blank, and of the positions as well-known binary.

    A position is null where a coordinate is blank, and empty bytes where it is not a number.

    Raises:
        ReadError: a coordinate column is not named or missing, or a row has more fields than the header.
        UnicodeDecodeError: the file has another encoding.
        csv.Error: a quotation is not closed.
        LookupError: the encoding is unknown.
    """
    lines = csv_rows(path, reading)
    columns = header(next(lines, (0, []))[1], lambda: islice(csv_rows(path, reading), 1, None))
    _require_columns(columns.names, reading, name, key)
    fields = (_fit_to_header(row, columns, f"{key}: {name}, line {line}", reading) for line, row in lines)
    yield _batch(islice(fields, rows), columns, reading)
    while len((batch := _batch(islice(fields, rows), columns, reading))[1]):
        yield batch


def _batch(fields: Iterable[list[str]], columns: Header, reading: ReadOptions) -> tuple[pa.Table, Shapes]:
    rows = list(fields)
    values = {
        name: pa.array([row[index] or None for row in rows], type=pa.string())
        for index, name in zip(columns.indices, columns.names, strict=True)
    }
    table = pa.table(values)
    return table, positions(table, reading)


def _require_columns(columns: tuple[str, ...], reading: ReadOptions, name: str, key: str) -> None:
    listing = ", ".join(columns[:LISTED_COLUMNS]) or "no columns"
    listing += f" and {len(columns) - LISTED_COLUMNS:,} more" if len(columns) > LISTED_COLUMNS else ""
    if len(columns) == 1 and (likely_delimiter := next((mark for mark in ",;\t|" if mark in columns[0]), None)):
        listing += (
            f" (only one: if {likely_delimiter!r} stands between the columns, say so in datasets.{key}.read.delimiter)"
        )
    for setting, column in position_columns(reading):
        if column not in columns:
            raise ReadError(
                f"{key}: {name} is a table: expected datasets.{key}.read.{setting} in params.yaml to name its "
                f"{setting} column, found {column or 'nothing'}. The file has: {listing}. If another line names the "
                f"columns, say which in datasets.{key}.read.header_line."
            )


def _fit_to_header(row: list[str], columns: Header, location: str, reading: ReadOptions) -> list[str]:
    """The row with as many fields as the header; extra blank fields are dropped."""
    width = columns.width
    if any(map(str.strip, row[width:])):
        raise ReadError(
            f"{location}: expected {width} fields, found {len(row)}: {reading.delimiter.join(row)[:80]!r}. Which "
            f"value belongs to which column is not known. Quote values that hold {reading.delimiter!r}, in a copy of "
            "the file that source.path names if the publisher does not."
        )
    return [*row[:width], *[""] * (width - len(row))]
