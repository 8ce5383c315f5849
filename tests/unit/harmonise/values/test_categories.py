from typing import Any

import pyarrow as pa
import pytest

from loaders.core.errors import ReadError
from loaders.harmonise.values.categories import CategoryCounts, stated_categories
from loaders.settings.categories import CategoryColumn, StatusColumn, TechnologyColumn

STATUS = StatusColumn.model_validate(
    {"column": ("status",), "operating": ["Operational", 1, True], "rejected": "Application Refused", "unknown": "?"}
)
TECHNOLOGY = TechnologyColumn.model_validate({"column": ("tech",), "pv": ["PV"], "csp": ["Tower", "Trough"]})


def _words(column: CategoryColumn, **columns: Any) -> list[str]:
    return stated_categories(pa.table(columns), {"status": column}, "farms")["status"].words


def _complaint(name: str, column: CategoryColumn, *batches: list[str | None]) -> str:
    counts = CategoryCounts({name: column}, "farms")
    for values in batches:
        table = pa.table({column.column[0]: pa.array(values, pa.string())})
        counts.add(stated_categories(table, {name: column}, "farms"), len(values))
    with pytest.raises(ReadError) as refused:
        counts.require_usable()
    return str(refused.value)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["Operational", " OPERATIONAL ", "application refused"], ["operating", "operating", "rejected"]),
        (["?", "", " ", None], ["unknown"] * 4),
        ([1, None], ["operating", "unknown"]),
        ([1.0, None], ["operating", "unknown"]),
        ([True, None], ["operating", "unknown"]),
        (pa.array(["Operational", None]).dictionary_encode(), ["operating", "unknown"]),
        (pa.array([], pa.string()), []),
    ],
)
def test_a_published_value_means_the_category_that_lists_it_in_any_case(values: Any, words: list[str]) -> None:
    assert _words(STATUS, status=values) == words


def test_of_several_columns_the_first_that_states_a_value_counts_in_each_row() -> None:
    column = StatusColumn.model_validate(
        {"column": ("repd", "osm"), "operating": "built", "planned": "idea", "null_values": ("n/a",)}
    )
    assert _words(column, repd=["idea", "n/a", None], osm=["built", "built", "BUILT"]) == [
        "planned", "operating", "operating",
    ]  # fmt: skip


def test_a_constant_is_the_category_of_all_and_without_a_column_it_is_unknown() -> None:
    assert _words(StatusColumn(constant="operating"), n=[1, 2]) == ["operating", "operating"]
    stated = stated_categories(pa.table({"n": [1, 2]}), {"status": None}, "farms")
    assert stated["status"].words == ["unknown", "unknown"]


def test_a_missing_column_is_answered_with_the_present_ones() -> None:
    with pytest.raises(ReadError, match=r"no column 'status', which datasets\.farms\.columns .* It has: state\."):
        _words(STATUS, state=["Operational"])


def test_values_of_no_list_are_counted_over_all_batches_and_shown_with_the_line_to_write() -> None:
    assert _complaint("status", STATUS, ["Operational", "On hold", None], ["On hold", "Im Bau: bald"]) == (
        "farms: column 'status' holds values that datasets.farms.columns.status in params.yaml does not list: "
        "'On hold' (2), 'Im Bau: bald' (1). Add each to the category that it means (operating, construction, planned, "
        "retired, rejected or unknown), in the form `rejected: ['Im Bau: bald', On hold]`."
    )


def test_another_technology_in_no_list_is_to_be_left_out_with_where() -> None:
    assert "(pv, csp or unknown), in the form `csp: [Wind]`; leave out other technologies with `where`." in _complaint(
        "technology", TECHNOLOGY, ["PV", "Wind"]
    )


def test_a_table_of_concentrating_plants_alone_is_an_error_with_its_values() -> None:
    said = _complaint("technology", TECHNOLOGY, ["Tower", "Trough"], ["Tower"])
    assert said.startswith("farms: column 'tech' holds no photovoltaics: 'Tower' (2), 'Trough' (1). ")
    assert "`technology: {constant: csp}`" in said


@pytest.mark.parametrize("values", [["Tower", "PV"], ["Tower", None], []], ids=["pv", "blank", "no rows"])
def test_a_table_with_one_plant_that_may_be_photovoltaic_is_none(values: list[str | None]) -> None:
    counts = CategoryCounts({"technology": TECHNOLOGY}, "farms")
    table = pa.table({"tech": pa.array(values, pa.string())})
    counts.add(stated_categories(table, {"technology": TECHNOLOGY}, "farms"), len(values))
    counts.require_usable()


def test_values_that_nobody_has_seen_all_of_are_counted_as_unknown_where_the_settings_say_so() -> None:
    column = StatusColumn.model_validate({"column": ("status",), "operating": "built", "otherwise": "unknown"})
    assert _words(column, status=["Built", "idea", None]) == ["operating", "unknown", "unknown"]
    counts = CategoryCounts({"status": column}, "farms")
    table = pa.table({"status": ["built", "idea", "idea"]})
    counts.add(stated_categories(table, {"status": column}, "farms"), 3)
    counts.require_usable()
    assert counts.warnings() == [
        "farms: column 'status' holds values that columns.status does not list, counted as unknown: 'idea' (2)."
    ]


def test_several_columns_are_named_with_their_verb() -> None:
    column = StatusColumn.model_validate({"column": ("now", "then"), "otherwise": "unknown"})
    counts, table = (
        CategoryCounts({"status": column}, "farms"),
        pa.table({"now": [None, "idea"], "then": ["lost", "x"]}),
    )
    counts.add(stated_categories(table, {"status": column}, "farms"), 2)
    assert counts.warnings() == [
        "farms: columns 'now' and 'then' hold values that columns.status does not list, counted as unknown: "
        "'idea' (1), 'lost' (1)."
    ]
