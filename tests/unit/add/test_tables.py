"""The tables of `eo-pv add` fit the terminal, with every name in full."""

import pytest

from loaders.add.candidates import Candidate, candidates_table
from loaders.add.messages import _columns_table
from tests.unit.add.made_inspections import made_inspection
from tests.unit.core.test_fitted_table import shown

WIDTHS = [60, 80, 100, 120, None]


@pytest.mark.parametrize("width", WIDTHS)
def test_files_are_listed_with_their_size_and_with_the_name_to_type(width: int | None) -> None:
    name = "global_wind_solar_2020/global_solar_2020_WGS84.gpkg"
    files = [Candidate(name, 1_234_567_890, "archive.zip"), Candidate("a.csv", None)]
    lines = shown(candidates_table(files), width)
    assert max(map(len, lines)) <= (width or 1000)
    words = " ".join(lines).split()
    assert {"1", "2", "1.2", "GB", "a.csv"} <= set(words)
    assert width == 60 or f"archive.zip/{name}" in words
    assert "archive.zip/" + name in "".join(line[3:50].strip() for line in lines) or width != 60


@pytest.mark.parametrize("width", WIDTHS)
def test_columns_are_shown_with_examples(width: int | None) -> None:
    inspection = made_inspection(
        capacity_kw=["33.500,0", "1.234.567,8"], a_rather_long_name_of_a_column=["x y " * 9, "z"]
    )
    lines = shown(_columns_table(inspection), width)
    assert max(map(len, lines)) <= (width or 1000)
    words = " ".join(lines).replace(",", " ").split()
    assert {"33.500", "0", "1.234.567", "8", "capacity_kw", "text"} <= set(words)
    assert words.count("x") == 9
