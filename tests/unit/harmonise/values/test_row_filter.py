import datetime as dt
import math
import re
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest

from loaders.core.errors import ReadError
from loaders.harmonise.values.row_filter import matching_rows, require_values_exist


def _wanted(values: Any, *wanted: str | float) -> list[bool]:
    return [bool(row) for row in matching_rows(pa.table({"v": values}), {"v": wanted}, "farms")[0]]


def _found(values: Any, *wanted: str | float) -> set[str]:
    return matching_rows(pa.table({"v": values}), {"v": wanted}, "farms")[1]["v"]


def _complaint(wanted: tuple[Any, ...], found: set[str], seen: list[str]) -> str:
    with pytest.raises(ReadError) as refused:
        require_values_exist({"fuel": wanted}, {"fuel": found}, {"fuel": Counter(seen)}, "farms")
    return str(refused.value)


@pytest.mark.parametrize(
    ("values", "wanted", "rows"),
    [
        (["Solar", " Solar ", "solar", "Solar PV", None], ("Solar",), [True, True, False, False, False]),
        (["a", "b", "c"], ("a", "c"), [True, False, True]),
        ([1, 2, None], (1,), [True, False, False]),
        ([1.0, 1.5, math.nan], (1,), [True, False, False]),
        (["1", "1.0", "01"], (1,), [True, True, False]),
        ([1.5, 2.5], (2.5,), [False, True]),
        ([1, 2], (1.0,), [True, False]),
        ([1, 2], ("1",), [True, False]),
        ([True, False, None], (True,), [True, False, False]),
        ([True, False, None], (False,), [False, True, False]),
        ([True, False], (1, 0), [False, False]),
        ([1, 0], (True,), [False, False]),
        (["True", "true"], (True,), [False, True]),
        (["None", None], ("None",), [True, False]),
        ([dt.date(2016, 6, 1), None], ("2016-06-01",), [True, False]),
        ([dt.datetime(2016, 6, 1), None], ("2016-06-01",), [True, False]),  # noqa: DTZ001 (as GDAL hands it out)
    ],
)
def test_a_row_is_wanted_where_its_value_is(values: Any, wanted: tuple[Any, ...], rows: list[bool]) -> None:
    assert _wanted(values, *wanted) == rows


def test_a_row_must_fulfil_every_condition() -> None:
    table = pa.table({"fuel": ["Solar", "Solar", "Hydro"], "status": ["built", "planned", "built"]})
    wanted, found = matching_rows(table, {"fuel": ("Solar",), "status": ("built",)}, "farms")
    assert wanted.tolist() == [True, False, False]
    assert found == {"fuel": {"Solar"}, "status": {"built"}}


def test_a_value_is_found_whatever_the_other_columns_hold() -> None:
    table = pa.table({"fuel": ["Hydro"], "status": ["built"]})
    wanted, found = matching_rows(table, {"fuel": ("Solar",), "status": ("built", "planned")}, "farms")
    assert wanted.tolist() == [False]
    assert found == {"fuel": set(), "status": {"built"}}


@pytest.mark.parametrize(
    ("values", "wanted", "found"),
    [
        ([1.0, 3.0], (1, 2), {"1"}),
        (["1.0"], (1,), {"1"}),
        ([True], (True, False), {"true"}),
        ([None, None], ("a",), set()),
    ],
)
def test_found_values_are_told_in_their_plain_form(values: Any, wanted: tuple[Any, ...], found: set[str]) -> None:
    assert _found(values, *wanted) == found


def test_a_value_that_is_wanted_in_two_spellings_is_found_in_both() -> None:
    assert _found(["1.0"], 1, "1.0") == {"1", "1.0"}


def test_without_a_condition_all_rows_are_wanted() -> None:
    wanted, found = matching_rows(pa.table({"v": [1, None]}), {}, "farms")
    assert wanted.tolist() == [True, True]
    assert found == {}


def test_no_rows_are_no_error() -> None:
    assert _wanted(pa.array([], pa.string()), "a") == []
    empty = pa.table({"v": pa.chunked_array([], pa.float64())})
    assert matching_rows(empty, {"v": (1,)}, "farms")[1] == {"v": set()}


def test_the_values_of_a_dictionary_column_are_compared() -> None:
    assert _wanted(pa.array(["a", "b", None]).dictionary_encode(), "b") == [False, True, False]


def test_a_missing_column_is_answered_with_the_present_ones() -> None:
    with pytest.raises(
        ReadError, match=r"farms: .*no column 'Fuel', which datasets\.farms\.where .* It has: fuel, name\."
    ):
        matching_rows(pa.table({"fuel": ["a"], "name": ["b"]}), {"Fuel": ("a",)}, "farms")


@pytest.mark.parametrize("values", [[[1.0, 2.0]], [{"x": 1.0}], [b"\xff"]], ids=["list", "struct", "bytes"])
def test_a_column_that_has_no_text_form_is_refused_not_a_crash(values: Any) -> None:
    with pytest.raises(ReadError, match=r"farms: column 'v' holds .*datasets\.farms\.where"):
        _wanted(values, "a")


def test_a_wanted_value_that_never_occurs_is_answered_with_those_that_do() -> None:
    assert _complaint(("solar",), set(), ["Hydro", "Hydro", "Solar"]) == (
        "farms: where asks for 'fuel': 'solar': no record has it; the column holds 'Solar' (1), 'Hydro' (2). "
        "Correct datasets.farms.where in params.yaml."
    )


def test_the_twelve_values_that_are_most_like_the_missing_one_are_shown() -> None:
    seen = [f"plant {number}" for number in range(30)] + ["Solar"]
    shown = re.findall(r"'([^']*)'", _complaint(("solar",), set(), seen).split("holds")[1])
    assert shown[0] == "Solar"
    assert len(shown) == 12
    assert _complaint(("solar",), set(), seen).count(" and 19 more.") == 1


def test_only_the_missing_values_are_blamed() -> None:
    assert "where asks for 'fuel': 'wind' or 7: no record" in _complaint(("Solar", "wind", 7), {"Solar"}, ["Solar"])


def test_a_column_without_any_value_is_said_to_hold_nothing() -> None:
    assert "the column holds nothing." in _complaint((True,), set(), [])


def test_what_was_found_in_any_batch_is_not_missing() -> None:
    require_values_exist({"v": (1, 2.5, True, "a ")}, {"v": {"1", "2.5", "true", "a"}}, {}, "farms")
    require_values_exist({}, {}, {}, "farms")
