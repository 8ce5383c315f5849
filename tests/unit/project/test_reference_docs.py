"""The reference pages say what the code and dbt say, and every column says what a newcomer needs."""

import re
from itertools import chain

import pytest

from loaders.report.reference_docs import INSTALLATION_FLAGS, MODELS, REFERENCE, columns_md, curated_tables, flags_md
from loaders.warehouse.data_dictionary import Column

COLUMNS = [(table.name, column) for table in curated_tables() for column in table.columns]
UNITS = {
    "_m2": "m²",
    "_km2": "km²",
    "kwh_per_m2": "kWh/m²",
    "w_per_m2": "W/m²",
    "_mw": "MW",
    "_mwh": "MWh",
    "_lon": "°",
    "_lat": "°",
    "_deg": "°",
    "_m": "m",
}


@pytest.mark.parametrize(("name", "text"), [("columns.md", columns_md()), ("flags.md", flags_md())])
def test_the_page_is_up_to_date(name: str, text: str) -> None:
    assert (REFERENCE / name).read_text("utf-8") == text, "run `python -m loaders.report.contract_docs`"


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[f"{table}.{column.name}" for table, column in COLUMNS])
def test_a_column_says_what_it_means_its_unit_and_when_it_is_null(table: str, column: Column) -> None:
    unit = next((UNITS[ending] for ending in sorted(UNITS, key=len, reverse=True) if column.name.endswith(ending)), "")
    assert (column.unit.startswith(unit), column.null != "", len(column.meaning) > 5) == (True, True, True)
    assert "{{" not in column.description


def test_the_page_defines_the_flags_of_installations() -> None:
    places = (MODELS / "prepared" / "places" / "prep_pv_places.sql").read_text("utf-8")
    macro = (MODELS.parent / "macros" / "confidence.sql").read_text("utf-8").partition("installation_flags")[2]
    named = chain(re.findall(r"then '(\w+)' end", macro), re.findall(r"\['(\w+)'\]", places))
    assert sorted(INSTALLATION_FLAGS) == sorted(named)
