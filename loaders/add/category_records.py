"""The columns with categories and coordinates of all records, where an inspection looked at some of them only."""

from dataclasses import replace

import numpy as np

from loaders.add import guess_categories
from loaders.add.guess_technology import technology_filter
from loaders.add.inspection import NOT_STATED, Inspection
from loaders.add.values import column_texts
from loaders.core.errors import ReadError
from loaders.core.escape import one_line
from loaders.harmonise.readers.published_file import read_published
from loaders.settings.columns import ReadOptions
from loaders.settings.file_selection import SourceFile

POSITIONS = ("longitude", "latitude")


def category_records(file: SourceFile, inspection: Inspection) -> Inspection:
    """An inspection of all records, with those columns whose rare values would otherwise stop a load.

    Args:
        file: the local file.
        inspection: of a sample of its records.

    Returns:
        The same inspection where it has all records, where no column holds categories and each record of the sample
        has a position, or where the settings do not suffice to read the file to its end.
    """
    sample_size = max(map(len, inspection.columns.values()), default=0)
    positions = [inspection.reading[axis].value for axis in POSITIONS if axis in inspection.reading]
    names = _category_columns(inspection)
    if not names and not any(None in inspection.columns[name] for name in positions):
        return inspection
    if sample_size >= inspection.features:
        return inspection
    try:
        columns = _read_columns(file, inspection, list(dict.fromkeys([*names, *positions])))
    except ReadError:
        return inspection
    blank = np.full(len(next(iter(columns.values()))), np.nan)
    return replace(inspection, columns=columns, area_m2=blank, planar_area=np.empty(0))


def _category_columns(inspection: Inspection) -> list[str]:
    row_filter = technology_filter(inspection)
    guesses = (guess_categories.status, guess_categories.technology, guess_categories.mounting)
    values = [guess.value for guess in (each(inspection) for each in guesses) if guess]
    return [*(row_filter.value if row_filter else ()), *(str(value["column"]) for value in values)]


def _read_columns(file: SourceFile, inspection: Inspection, names: list[str]) -> dict[str, list[str | None]]:
    settings = {name: guess.value for name, guess in inspection.reading.items()}
    if inspection.crs == NOT_STATED:
        settings.setdefault("crs", "EPSG:4326")
    reading = ReadOptions(**settings)
    columns: dict[str, list[str | None]] = {name: [] for name in names}
    for batch in read_published(file, reading, one_line(file.name)):
        for name in names:
            columns[name] += column_texts(batch.attributes.column(name))
    return columns
