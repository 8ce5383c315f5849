"""Look into a file of any format that a load reads."""

import numpy as np
import typer

from loaders.add.guess_coordinates import POSITION_WORDS, readings
from loaders.add.guess_units import is_quantity
from loaders.add.inspect_csv import read_table
from loaders.add.inspect_vector import ChooseLayer, look_into_shapes
from loaders.add.inspect_workbook import look_into_workbook
from loaders.add.inspection import NOT_STATED, ROWS, Look
from loaders.add.names import tokens
from loaders.add.number_marks import as_settings
from loaders.add.values import PLAIN, find_marks, is_numeric
from loaders.core.errors import ReadError
from loaders.core.escape import one_line
from loaders.harmonise.readers.opening import open_published
from loaders.harmonise.readers.published_file import READ_ERRORS
from loaders.harmonise.readers.vector.restored import SPREADSHEETS
from loaders.settings.file_selection import SourceFile


def look(file: SourceFile, choose_layer: ChooseLayer, rows: int = ROWS) -> Look:
    """Look into a file.

    Args:
        file: on this disk.
        choose_layer: takes the names of several layers and returns the one that is meant.
        rows: how many records to look at.

    Raises:
        ReadError: it cannot be read, or holds no record with a shape.
    """
    try:
        if file.suffix == ".csv":
            found = _look_into_table(file, rows)
        elif file.suffix in SPREADSHEETS:
            found = look_into_workbook(file, choose_layer, rows)
        else:
            found = look_into_shapes(file, choose_layer, rows)
    except typer.Abort:  # no answer: a RuntimeError by its family, as what GDAL raises
        raise
    except READ_ERRORS as error:
        reason = one_line(str(error))
        raise ReadError(
            f"{one_line(file.name)} cannot be read as {file.suffix.lstrip('.') or 'a vector file'}: {reason}. Open it "
            f"in QGIS to see what it is."
        ) from error
    if not found.features:
        raise ReadError(f"{one_line(file.name)} holds no records. Choose another file of the source with --file.")
    return found


def _look_into_table(file: SourceFile, rows: int) -> Look:
    with open_published(file) as path:
        table = read_table(path, one_line(file.name), rows)
    measured = [
        column for name, column in table.columns.items() if set(tokens(name)) & POSITION_WORDS or is_quantity(name)
    ]
    marks = find_marks(measured, comma_separates=table.delimiter == ",")
    where, open_questions = readings(table.columns, marks)
    if 2 * sum(PLAIN.number(name) is not None for name in table.columns) > len(table.columns):
        open_questions.append("its first line holds numbers, not names: it may have no header, and a load needs one")
    if table.wide_line:
        open_questions.append(f"line {table.wide_line:,} has more values than there are columns: the load stops there")
    types = {name: "number" if is_numeric(column, marks, 1.0) else "text" for name, column in table.columns.items()}
    return Look(
        format="CSV",
        layers=(),
        features=table.rows,
        crs=NOT_STATED,
        shapes={"Point (from columns)": min(rows, table.rows)} if where else {},
        columns=table.columns,
        types=types,
        area_m2=np.full(min(rows, table.rows), np.nan),
        marks=marks,
        reading={**where, **table.reading, **as_settings(marks)},
        open_questions=tuple(open_questions),
    )
