"""Look into a workbook: a sheet of it is a table with positions in two columns."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from loaders.add.draft import Guess
from loaders.add.guess_coordinates import POSITION_WORDS, readings
from loaders.add.guess_units import is_quantity
from loaders.add.inspect_vector import ChooseLayer
from loaders.add.inspection import NOT_STATED, Look
from loaders.add.names import tokens
from loaders.add.number_marks import as_settings
from loaders.add.values import find_marks, texts
from loaders.harmonise.readers.csv.table import column_names
from loaders.harmonise.readers.opening import open_published
from loaders.harmonise.readers.vector.gdal import open_arrow
from loaders.harmonise.readers.vector.reader import OPTIONS, sheets
from loaders.settings.file_selection import SourceFile


def look_into_workbook(file: SourceFile, choose_layer: ChooseLayer, rows: int) -> Look:
    """Look into the sheet that is meant.

    Args:
        file: on this disk.
        choose_layer: takes the names of several sheets and returns the one that is meant.
        rows: how many records to look at.
    """
    with open_published(file) as path:
        names = sheets(path)
        sheet = choose_layer(names) if len(names) > 1 else None
        table = _table(path, sheet, file.suffix)
    columns = {name: texts(table.column(name).slice(0, rows)) for name in table.column_names}
    measured = [values for name, values in columns.items() if set(tokens(name)) & POSITION_WORDS or is_quantity(name)]
    marks = find_marks(measured, comma_separates=False)
    where, open_questions = readings(columns, marks)
    held = min(rows, len(table))
    return Look(
        format=file.suffix.lstrip(".").upper(),
        layers=tuple(names),
        features=len(table),
        crs=NOT_STATED,
        shapes={"Point (from columns)": held} if where else {},
        columns=columns,
        types={field.name: "text" if pa.types.is_string(field.type) else "number" for field in table.schema},
        area_m2=np.full(held, np.nan),
        marks=marks,
        reading={
            **({"layer": Guess(sheet, f"one of {', '.join(names)}")} if sheet else {}),
            **where,
            **as_settings(marks),
        },
        open_questions=tuple(open_questions),
    )


def _table(path: Path, sheet: str | None, suffix: str) -> pa.Table:
    with open_arrow(path, layer=sheet, use_pyarrow=True, datetime_as_string=True, **OPTIONS[suffix]) as (_, stream):
        table = stream.read_all()
    return table.rename_columns(column_names(table.column_names))
