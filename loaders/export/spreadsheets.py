"""CSV and XLSX: for Excel, LibreOffice and programs that read tables."""

import csv
import datetime
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely
import xlsxwriter

from loaders.contract import GEOMETRY
from loaders.core.errors import SelectionError
from loaders.core.escape import spreadsheet_cell

MAX_ROWS = 1_048_576  # of a sheet, with its header
MAX_CHARACTERS = 32_767  # of a cell
BATCH_ROWS = 5_000
EXCEL_ENCODING = "utf-8-sig"  # Excel takes a file without the mark for text in the encoding of Windows
NO_TIME = datetime.datetime(1980, 1, 1)  # noqa: DTZ001 (XlsxWriter writes it as it is): the same bytes each time
POSITION = ("lon", "lat")
DECIMALS = 7


def without_shapes(rows: pa.Table, *, wkt: bool) -> pa.Table:
    """A table whose shapes are WKT; or left out, with `lon` and `lat` of their centroids if no column has them yet."""
    if GEOMETRY not in rows.column_names:
        return rows
    place = rows.column_names.index(GEOMETRY)
    shapes = shapely.from_wkb(rows.column(GEOMETRY).to_numpy(zero_copy_only=False))
    if wkt:
        texts = pa.array(shapely.to_wkt(shapes, rounding_precision=DECIMALS), pa.string(), from_pandas=True)
        return rows.set_column(place, GEOMETRY, texts)
    rows = rows.drop_columns([GEOMETRY])
    if "centroid_lon" in rows.column_names:
        return rows
    centroids = shapely.centroid(shapes)
    for offset, values in enumerate((shapely.get_x(centroids), shapely.get_y(centroids))):
        rows = rows.add_column(place + offset, POSITION[offset], pa.array(values.round(DECIMALS), from_pandas=True))
    return rows


def write_csv(rows: pa.Table, path: Path, encoding: str = EXCEL_ENCODING) -> None:
    """Write CSV: null as an empty cell, dates in ISO 8601, an apostrophe before text that would be a formula."""
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(rows.column_names)
        for batch in _batches(rows):
            writer.writerows(map(_csv_cell, row) for row in batch)


def write_xlsx(rows: pa.Table, path: Path, sheet: str, comments: Mapping[str, str], licence: str) -> None:
    """Write a workbook: the rows, a sheet `columns` with what each means, and a sheet `licence`.

    Args:
        rows: to write; see `require_workbook_size`.
        path: of the workbook.
        sheet: name of the sheet with the rows.
        comments: the meaning of each column.
        licence: text of the sheet `licence`.
    """
    options = {"constant_memory": True, "strings_to_numbers": False, "in_memory": False}
    with xlsxwriter.Workbook(path, options) as workbook:
        workbook.set_properties({"created": NO_TIME})
        writer = _SheetWriter(workbook)
        writer.write(sheet, rows.column_names, (row for batch in _batches(rows) for row in batch))
        types = {field.name: str(field.type) for field in rows.schema}
        meanings = ([name, types[name], comments.get(name)] for name in rows.column_names)
        writer.write("columns", ["column", "type", "meaning"], meanings)
        writer.write("licence", ["licence"], ([line] for line in licence.splitlines()))


class _SheetWriter:
    """Writes sheets of a workbook."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._header = workbook.add_format({"bold": True, "bottom": 1})
        self._date = workbook.add_format({"num_format": "yyyy-mm-dd"})

    def write(self, name: str, header: list[str], rows: Iterator[list[Any]]) -> None:
        sheet = self._workbook.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(header) - 1, 18)
        for column, text in enumerate(header):
            sheet.write_string(0, column, text, self._header)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._write_cell(sheet, number, column, value)

    def _write_cell(self, sheet: Any, row: int, column: int, value: object) -> None:
        """A value by its type: text is never taken for a formula, a number or a link."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float) and math.isfinite(value):
            sheet.write_number(row, column, value)
        elif isinstance(value, datetime.date):
            sheet.write_datetime(row, column, value, self._date)
        else:
            sheet.write_string(row, column, spreadsheet_cell(str(value)))


def require_workbook_size(rows: pa.Table, path: Path) -> None:
    """Refuse rows that no sheet can hold, and texts that no cell can.

    Raises:
        SelectionError: see above.
    """
    if len(rows) >= MAX_ROWS:
        raise SelectionError(
            f"{path.name}: {len(rows):,} rows, and a sheet of a workbook holds {MAX_ROWS - 1:,}. Select fewer with "
            "--country, --bbox or --where; or write .csv, .gpkg or .parquet."
        )
    for name in rows.column_names:
        column = rows.column(name)
        if not pa.types.is_string(column.type):
            continue
        for number, text in enumerate(column.to_pylist()):
            if text is not None and _cell_length(text) > MAX_CHARACTERS:
                row = rows.column(0)[number].as_py()
                raise SelectionError(
                    f"{path.name}: {name} of {row} has {len(text):,} characters, and a cell of a workbook holds "
                    f"{MAX_CHARACTERS:,}. Leave the column out with --columns; or write .csv, .gpkg or .parquet."
                )


def _cell_length(text: str) -> int:
    """Characters as Excel counts them, in UTF-16, with the apostrophe of a formula."""
    return len(spreadsheet_cell(text).encode("utf-16-le")) // 2 if len(text) > MAX_CHARACTERS // 2 - 1 else 0


def _batches(rows: pa.Table) -> Iterator[Iterator[list[Any]]]:
    for batch in rows.to_batches(max_chunksize=BATCH_ROWS):
        columns = [column.to_pylist() for column in batch.columns]
        yield (list(row) for row in zip(*columns, strict=True))


def _csv_cell(value: object) -> object:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return spreadsheet_cell(value) if isinstance(value, str) else value
