import datetime as dt
import math
from typing import Any

import pyarrow as pa
import pytest

from loaders.catalog_columns import Column
from loaders.columns import identifiers, intervals, numbers
from loaders.errors import ReadError


def _table(**columns: Any) -> pa.Table:
    return pa.table(columns)


def _column(*names: str, unknown: tuple[Any, ...] = ()) -> Column:
    return Column(column=names, null_values=unknown)


def _numbers(values: Any, *unknown: Any) -> list[float | None]:
    found = numbers(_table(v=values), _column("v", unknown=unknown), "farms").tolist()
    return [None if math.isnan(value) else value for value in found]


def _interval(text: Any, *unknown: Any) -> tuple[dt.date | None, dt.date | None]:
    (found,) = intervals(_table(v=[text]), _column("v", unknown=unknown), "farms")
    return found


def _ids(values: Any, *unknown: Any) -> list[str | None]:
    return identifiers(_table(v=values), _column("v", unknown=unknown), "farms")


@pytest.mark.parametrize(
    ("values", "unknown"),
    [
        ([2.5, -9999.0, None], -9999),
        ([2.5, math.nan, math.inf], -9999),
        (["2.5", "-9999", ""], -9999),
        ([" 2.5 ", "-9999.0", " "], -9999),
        (["2.5", "n/a", None], "n/a"),
    ],
)
def test_what_stands_for_unknown_becomes_null_and_nothing_else(values: Any, unknown: Any) -> None:
    assert _numbers(values, unknown) == [2.5, None, None]


def test_minus_9999_in_whole_numbers_is_unknown_and_zero_is_zero() -> None:
    assert _numbers([7, -9999, 0, None], -9999) == [7.0, None, 0.0, None]


def test_of_several_columns_the_first_that_is_known_counts() -> None:
    table = _table(a=[1.0, -9999.0, None, None], b=[10.0, 20.0, 30.0, None])
    found = numbers(table, _column("a", "b", unknown=(-9999,)), "farms").tolist()
    assert found[:3] == [1.0, 20.0, 30.0]
    assert math.isnan(found[3])


@pytest.mark.parametrize(("values", "shown"), [([3.0, -1.5], "-1.5"), ([3, -2], "-2"), (["-3"], "-3")])
def test_a_negative_quantity_is_refused_with_the_remedy(values: Any, shown: str) -> None:
    with pytest.raises(ReadError, match=rf"farms: column 'v' holds '{shown}'.*null_values in datasets\.farms\.columns"):
        _numbers(values)


def test_a_negative_quantity_is_blamed_on_the_column_that_holds_it() -> None:
    with pytest.raises(ReadError, match="column 'b' holds '-5'"):
        numbers(_table(a=[1.0, None], b=[2.0, -5.0]), _column("a", "b"), "farms")


@pytest.mark.parametrize("value", ["302,219", "n/a", "5 MW", "0x10", "inf", "-inf"])
def test_text_that_is_no_finite_number_is_refused_with_the_remedy(value: str) -> None:
    with pytest.raises(ReadError, match=rf"farms: column 'v' holds '{value}'.*null_values in datasets\.farms\.columns"):
        _numbers(["1", value])


@pytest.mark.parametrize("mapped", [numbers, intervals, identifiers])
def test_a_missing_column_is_answered_with_the_present_ones(mapped: Any) -> None:
    with pytest.raises(ReadError, match=r"no column 'Area', which datasets\.farms\.columns.* It has: area, name\."):
        mapped(_table(area=[1.0], name=["a"]), _column("Area"), "farms")


@pytest.mark.parametrize("values", [[[1.0, 2.0]], [{"x": 1.0}], [b"\xff"]], ids=["list", "struct", "bytes"])
@pytest.mark.parametrize("mapped", [numbers, intervals, identifiers])
def test_a_column_that_has_no_text_form_is_refused_not_a_crash(mapped: Any, values: Any) -> None:
    with pytest.raises(ReadError, match=r"farms: column 'v'"):
        mapped(_table(v=values), _column("v"), "farms")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2016", "2016-01-01", "2016-12-31"),
        (2016, "2016-01-01", "2016-12-31"),
        (2016.0, "2016-01-01", "2016-12-31"),
        ("2016-06", "2016-06-01", "2016-06-30"),
        ("201606", "2016-06-01", "2016-06-30"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2015-02", "2015-02-01", "2015-02-28"),
        ("2016-06-01", "2016-06-01", "2016-06-01"),
        (" 20160601 ", "2016-06-01", "2016-06-01"),
        (20160229, "2016-02-29", "2016-02-29"),
        (dt.date(2016, 6, 1), "2016-06-01", "2016-06-01"),
        (dt.datetime(2016, 6, 1, 23, 59), "2016-06-01", "2016-06-01"),  # noqa: DTZ001 (as GDAL hands it out)
        ("2016-06-01T23:59:00Z", "2016-06-01", "2016-06-01"),
        ("<2016-06-01", None, "2016-05-31"),
        ("<2016-03", None, "2016-02-29"),
        ("<2016", None, "2015-12-31"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_date_is_the_interval_of_days_that_it_can_mean(text: Any, first: str | None, last: str | None) -> None:
    assert _interval(text) == tuple(dt.date.fromisoformat(day) if day else None for day in (first, last))


@pytest.mark.parametrize(
    "text",
    [
        "2016-13",
        "2016-00",
        "0000",
        "0",
        "1900",
        "2015-02-29",
        "2016-02-30",
        "2016-6",
        "20160",
        "06/2016",
        ">2016",
        "soon",
    ],
)
def test_a_date_that_does_not_exist_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(ReadError, match=rf"column 'v' holds '{text}'; expected a date such as 2016.*null_values"):
        _interval(text)


@pytest.mark.parametrize("text", ["2016 - 2018", "2016 or 2017", "2016-06 to 2018", "2016 (planned)", "2016 Q3"])
def test_a_date_with_words_behind_it_is_refused_not_cut_short(text: str) -> None:
    with pytest.raises(ReadError, match="expected a date"):
        _interval(text)


def test_of_several_date_columns_the_first_that_is_known_counts() -> None:
    found = intervals(_table(a=["2016", None, None], b=["2001", "2002", None]), _column("a", "b"), "farms")
    assert [first.year if first else None for first, _ in found] == [2016, 2002, None]


@pytest.mark.parametrize("unknown", [-9999, -9999.0, "-9999"])
@pytest.mark.parametrize("value", [-9999, -9999.0, "-9999"])
def test_a_year_of_minus_9999_is_unknown_however_it_is_written(value: Any, unknown: Any) -> None:
    assert _interval(value, unknown) == (None, None)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([7, 12, None], ["7", "12", None]),
        ([7.0, 12.0, None], ["7", "12", None]),
        ([7.0, 12.0, math.nan], ["7", "12", None]),
        ([7.0, 2.5], ["7", "2.5"]),
        (["007", " a ", ""], ["007", "a", None]),
        ([2**53 + 1, 0], ["9007199254740993", "0"]),
        ([None, None], [None, None]),
        ([], []),
    ],
)
def test_identifiers_are_the_published_ones_as_text(values: Any, texts: list[str | None]) -> None:
    assert _ids(values) == texts


@pytest.mark.parametrize("unknown", [-9999, -9999.0])
def test_an_identifier_of_minus_9999_is_none_where_it_stands_for_unknown(unknown: float) -> None:
    assert _ids([1.0, -9999.0], unknown) == ["1", None]


def test_a_dataset_without_an_identifier_column_has_none() -> None:
    assert identifiers(_table(v=[1, 2]), None, "farms") == [None, None]


@pytest.mark.parametrize("values", [[1e308], [1.0, 1e16]])
def test_a_number_beyond_all_measure_is_refused(values: list[float]) -> None:
    with pytest.raises(ReadError, match=r"expected no negative number and none above 1e\+15"):
        _numbers(values)


def test_truth_values_are_no_numbers() -> None:
    with pytest.raises(ReadError, match=r"column 'v' holds bool; expected numbers or text"):
        _numbers([True, False])
