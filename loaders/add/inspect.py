"""Inspects a file of any supported format."""

import numpy as np
import typer

from loaders.add.guess_coordinates import position_settings
from loaders.add.inspect_csv import filled_values, read_table
from loaders.add.inspect_vector import ChooseLayer, inspect_vector
from loaders.add.inspect_workbook import inspect_workbook
from loaders.add.inspection import NOT_STATED, SAMPLE_ROWS, Inspection
from loaders.add.number_marks import find_table_marks, mark_settings
from loaders.add.values import PLAIN_MARKS, is_numeric
from loaders.core.errors import ReadError
from loaders.core.escape import one_line
from loaders.harmonise.readers.opening import open_published
from loaders.harmonise.readers.published_file import READ_ERRORS
from loaders.harmonise.readers.vector.restored import SPREADSHEETS
from loaders.settings.file_selection import SourceFile


def inspect_file(file: SourceFile, choose_layer: ChooseLayer, rows: int = SAMPLE_ROWS) -> Inspection:
    """Inspect a file: format, columns, sampled values, and the `read` settings it needs.

    Args:
        file: the local file.
        choose_layer: picks one of several layer names.
        rows: number of records to sample.

    Raises:
        ReadError: it cannot be read, or no record has a shape.
    """
    try:
        if file.suffix == ".csv":
            inspection = _inspect_csv(file, rows)
        elif file.suffix in SPREADSHEETS:
            inspection = inspect_workbook(file, choose_layer, rows)
        else:
            inspection = inspect_vector(file, choose_layer, rows)
    except typer.Abort:  # an aborted prompt is a RuntimeError, as GDAL's errors are
        raise
    except READ_ERRORS as error:
        reason = one_line(str(error))
        raise ReadError(
            f"{one_line(file.name)} cannot be read as {file.suffix.lstrip('.') or 'a vector file'}: {reason}. Open it "
            "in QGIS to see what it is."
        ) from error
    if not inspection.features:
        raise ReadError(f"{one_line(file.name)} holds no records. Choose another file of the source with --file.")
    return inspection


def _inspect_csv(file: SourceFile, rows: int) -> Inspection:
    with open_published(file) as path:
        table = read_table(path, one_line(file.name), rows)
        marks = find_table_marks(table.columns, comma_separates=table.delimiter == ",")
        positions, open_questions = position_settings(
            table.columns, marks, lambda names: filled_values(path, table, names, rows)
        )
    if 2 * sum(PLAIN_MARKS.parse(name) is not None for name in table.columns) > len(table.columns):
        open_questions.append("its first line holds numbers, not names: it may have no header, and a load needs one")
    if table.wide_line:
        open_questions.append(f"line {table.wide_line:,} has more values than there are columns: the load stops there")
    types = {name: "number" if is_numeric(column, marks, 1.0) else "text" for name, column in table.columns.items()}
    return Inspection(
        format="CSV",
        layers=(),
        features=table.rows,
        crs=NOT_STATED,
        shapes={"Point (from columns)": min(rows, table.rows)} if positions else {},
        columns=table.columns,
        types=types,
        area_m2=np.full(min(rows, table.rows), np.nan),
        marks=marks,
        reading={**positions, **table.reading, **mark_settings(marks)},
        open_questions=tuple(open_questions),
    )
