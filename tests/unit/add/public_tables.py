"""Tables with the columns of public inventories and invented rows, and what `eo-pv add` guesses from each."""

from pathlib import Path
from typing import Any

import numpy as np

from loaders.add.draft import Draft
from loaders.add.entry import draft_entry
from loaders.add.find_file import SelectedFile
from loaders.add.guess_coordinates import position_settings
from loaders.add.inspection import NOT_STATED, Inspection
from loaders.add.number_marks import find_table_marks, mark_settings
from loaders.add.source import SourceSpec
from loaders.settings.file_selection import SourceFile
from loaders.settings.params import Settings

TABLES, GUESSES = (Path(__file__).with_name(f"public_tables.{ending}") for ending in ("txt", "yaml"))


def public_tables() -> dict[str, str]:
    """The tables by name: a line with the areas of their outlines [m²], and lines with values separated by |."""
    parts = TABLES.read_text(encoding="utf-8").split("\n== ")[1:]
    titles = {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}
    return {title.split()[0]: f"{' '.join(title.split()[1:])}\n{rows}" for title, rows in titles.items()}


def guesses(table: str, settings: Settings) -> dict[str, Any]:
    """The entry that is drafted for a table; with what is to be looked at, each by its setting or its first words."""
    draft = _draft(table, settings)
    entry = {name: branch for name, branch in draft.entry.items() if name in {"read", "where", "columns"}}
    return entry | {"look_at": [_beginning(doubt) for doubt in draft.doubts]}


def _draft(table: str, settings: Settings) -> Draft:
    areas_m2, *lines = table.rstrip().splitlines()
    header, *rows = [line.split("|") for line in lines]
    columns = {name: [row[index].strip() or None for row in rows] for index, name in enumerate(header)}
    marks = find_table_marks(columns, comma_separates=False)
    positions, questions = position_settings(columns, marks) if not areas_m2 else ({}, [])
    inspection = Inspection(
        format="CSV",
        layers=(),
        features=len(rows),
        crs=NOT_STATED,
        shapes={"Polygon": len(rows)} if areas_m2 else {},
        columns=columns,
        types=dict.fromkeys(columns, "text"),
        area_m2=np.array([float(area) for area in areas_m2.split()] or [np.nan] * len(rows)),
        marks=marks,
        reading={**positions, **mark_settings(marks)},
        open_questions=tuple(questions),
    )
    selected = SelectedFile(SourceFile(Path("table.csv"), "table.csv"), None, (), None)
    return draft_entry(SourceSpec("path", "table.csv"), selected, inspection, "added", settings)


def _beginning(doubt: str) -> str:
    """The setting that a doubt is about; else its first words, without the number of records."""
    setting, colon, _ = doubt.partition(": ")
    return setting if colon and " " not in setting else doubt[:40]
