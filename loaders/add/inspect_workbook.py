"""Inspects a workbook: one sheet is a table with positions in two columns."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from loaders.add.draft import Guess
from loaders.add.guess_coordinates import position_settings
from loaders.add.inspect_vector import ChooseLayer
from loaders.add.inspection import NOT_STATED, Inspection
from loaders.add.number_marks import find_table_marks, mark_settings
from loaders.add.values import column_texts
from loaders.harmonise.readers.csv.table import column_names
from loaders.harmonise.readers.opening import open_published
from loaders.harmonise.readers.vector.gdal import open_arrow
from loaders.harmonise.readers.vector.reader import OPTIONS, sheets
from loaders.settings.file_selection import SourceFile


def inspect_workbook(file: SourceFile, choose_layer: ChooseLayer, rows: int) -> Inspection:
    """Inspect one sheet.

    Args:
        file: the local file.
        choose_layer: picks one of several sheet names.
        rows: number of records to sample.
    """
    with open_published(file) as path:
        names = sheets(path)
        sheet = choose_layer(names) if len(names) > 1 else None
        table = _read_sheet(path, sheet, file.suffix)
    sampled = table.take(np.linspace(0, len(table) - 1, rows).astype(np.int64)) if len(table) > rows else table
    columns = {name: column_texts(sampled.column(name)) for name in sampled.column_names}
    marks = find_table_marks(columns, comma_separates=False)
    positions, open_questions = position_settings(columns, marks, lambda names: _filled_values(table, names))
    sample_size = min(rows, len(table))
    return Inspection(
        format=file.suffix.lstrip(".").upper(),
        layers=tuple(names),
        features=len(table),
        crs=NOT_STATED,
        shapes={"Point (from columns)": sample_size} if positions else {},
        columns=columns,
        types={field.name: "text" if pa.types.is_string(field.type) else "number" for field in table.schema},
        area_m2=np.full(sample_size, np.nan),
        marks=marks,
        reading={
            **({"layer": Guess(sheet, f"one of {', '.join(names)}")} if sheet else {}),
            **positions,
            **mark_settings(marks),
        },
        open_questions=tuple(open_questions),
    )


def _filled_values(table: pa.Table, names: Sequence[str]) -> dict[str, list[str | None]]:
    """The values of the rows in which these columns are filled."""
    filled = table.select(names).drop_null()
    return {name: column_texts(filled.column(name)) for name in names}


def _read_sheet(path: Path, sheet: str | None, suffix: str) -> pa.Table:
    with open_arrow(path, layer=sheet, use_pyarrow=True, datetime_as_string=True, **OPTIONS[suffix]) as (_, stream):
        table = stream.read_all()
    return table.rename_columns(column_names(table.column_names))
