import datetime as dt
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from loaders.core.errors import ReadError
from loaders.harmonise.values.date_intervals import Interval
from loaders.harmonise.values.installed_dates import UnusableDates, stated_dates
from loaders.settings.columns import InstalledColumn

BETWEEN = InstalledColumn(after=("a",), before=("b",))


def _table(**columns: Any) -> pa.Table:
    return pa.table(columns)


def _column(*names: str, unknown: tuple[Any, ...] = (), pattern: tuple[str, ...] = ()) -> InstalledColumn:
    return InstalledColumn(column=names, null_values=unknown, pattern=pattern)


def _interval(value: Any, *unknown: Any, pattern: tuple[str, ...] = ()) -> Interval:
    values = value if isinstance(value, pa.Array) else [value]
    (found,) = stated_dates(_table(v=values), _column("v", unknown=unknown, pattern=pattern), "farms").intervals
    return found


def _warning(*batches: Sequence[Any], column: InstalledColumn | None = None) -> str:
    column = column or _column("v")
    undated = UnusableDates(column, "farms")
    for values in batches:
        undated.add(stated_dates(_table(v=values), column, "farms"), "f.csv")
    return undated.warning()


@pytest.mark.parametrize("values", [[[1.0, 2.0]], [{"x": 1.0}], [b"\xff"]], ids=["list", "struct", "bytes"])
def test_a_column_that_has_no_text_form_is_refused_not_a_crash(values: Any) -> None:
    with pytest.raises(ReadError, match=r"farms: column 'v'"):
        _interval(pa.array(values))


def test_a_missing_column_is_answered_with_the_present_ones() -> None:
    with pytest.raises(ReadError, match=r"no column 'Year', which datasets\.farms\.columns.* It has: area, name\."):
        stated_dates(_table(area=[1.0], name=["a"]), _column("Year"), "farms")


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2016", "2016-01-01", "2016-12-31"),
        (2016, "2016-01-01", "2016-12-31"),
        (2016.0, "2016-01-01", "2016-12-31"),
        (" 20160601 ", "2016-06-01", "2016-06-01"),
        (20160229, "2016-02-29", "2016-02-29"),
        (dt.date(2016, 6, 1), "2016-06-01", "2016-06-01"),
        (dt.datetime(2016, 6, 1, 23, 59), "2016-06-01", "2016-06-01"),  # noqa: DTZ001 (as GDAL hands it out)
        ("<2016", None, "2015-12-31"),
        (">2016", "2017-01-01", None),
        ("2015 to 2017", "2015-01-01", "2017-12-31"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_date_is_read_whatever_type_the_file_gives_it(value: Any, first: str | None, last: str | None) -> None:
    assert _interval(value) == tuple(dt.date.fromisoformat(day) if day else None for day in (first, last))


@pytest.mark.parametrize(
    "kind",
    [
        *(pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("ns"), pa.timestamp("us", "UTC")),
        *(pa.timestamp("ms", "Europe/Berlin"), pa.timestamp("s", "America/New_York"), pa.date32(), pa.date64()),
    ],
    ids=str,
)
def test_a_day_in_a_column_of_days_or_of_moments_is_that_day(kind: Any) -> None:
    noon = pa.scalar(dt.datetime(2014, 10, 1, 12, tzinfo=dt.UTC), pa.timestamp("s", "UTC"))
    assert (
        _interval(pa.array([noon.as_py()]).cast(pa.timestamp("s")).cast(kind, safe=False))
        == (dt.date(2014, 10, 1),) * 2
    )


@pytest.mark.parametrize("moment", [dt.datetime(1970, 1, 1), dt.date(1970, 1, 1)])  # noqa: DTZ001 (as GDAL hands it out)
def test_a_day_that_stands_for_unknown_is_unknown_also_as_a_moment(moment: Any) -> None:
    assert _interval(moment, "1970-01-01") == (None, None)


@pytest.mark.parametrize("text", ["2016-13", "0", "1900", "2016-6", "06/2016", "soon", "2017-2015", "2016 or 2017"])
def test_dates_that_do_not_exist_are_refused_with_counts_and_remedies(text: str) -> None:
    remedies = r"null_values in datasets\.farms\.columns.*datasets\.farms\.columns\.installed\.pattern"
    counts = rf"^farms: 3 of the 4 dates in 'v' cannot be used: '{text}' \(3\), the first of them in f\.csv; "
    found = rf"{counts}expected a date such as 2016.*{remedies}"
    with pytest.raises(ReadError, match=found):
        _warning([text, "2016", text], [None, text])


@pytest.mark.parametrize("odd", ["2007.5.1", "0", "9999", "20155.0", "soon", "2017-2015", "2007.", "2007,2009"])
def test_a_few_dates_that_are_none_are_unknown_counted_and_shown(odd: str) -> None:
    found = stated_dates(_table(v=[odd, "2016", None]), _column("v"), "farms")
    assert (found.intervals[0], found.unusable, found.count) == ((None, None), [odd, None, None], 2)
    said = f"farms: 2 of the 10 dates in 'v' cannot be used: '{odd}' (2), the first of them in f.csv; they are"
    assert _warning([odd, *["2016"] * 4, None], [*["2017"] * 4, odd]).startswith(said)


@pytest.mark.parametrize("year", ["2007.278571", 2007.278571, "2007.0", "2007,28", "2007.2008", 2007.999])
def test_a_year_with_a_fraction_is_that_year(year: Any) -> None:
    assert _interval(year) == (dt.date(2007, 1, 1), dt.date(2007, 12, 31))


def test_a_date_is_read_as_the_pattern_says_and_no_other_way() -> None:
    column = _column("v", pattern=("DD/MM/YYYY",))
    found = stated_dates(_table(v=["1/5/2014", "2014-05-01"]), column, "farms")
    assert (found.intervals, found.unusable) == ([(dt.date(2014, 5, 1),) * 2, (None, None)], [None, "2014-05-01"])
    with pytest.raises(ReadError, match="expected a date that is written as DD/MM/YYYY"):
        _warning(["2014-05-01"], column=column)


def test_of_several_columns_one_that_is_no_date_does_not_hide_one_that_is() -> None:
    found = stated_dates(_table(a=["soon", "soon", "2015"], b=["2001", None, "later"]), _column("a", "b"), "farms")
    assert [first.year if first else None for first, _ in found.intervals] == [2001, None, 2015]
    assert (found.unusable, found.count) == ([None, "soon", None], 3)


@pytest.mark.parametrize(
    ("after", "before", "first", "last"),
    [
        ("2022-09-11 08:17:01.53 +00", "2023-03-11 08:16:58.363 +00", "2022-09-12", "2023-03-11"),
        (None, "2023-03-10 08:16:58.363 +00", None, "2023-03-10"),
        ("2022-09-11", None, "2022-09-12", None),
        (None, None, None, None),
        ("2022-09-11 08:00", "2022-09-11 16:00", "2022-09-11", "2022-09-11"),
        ("2022", "2022", "2022-01-01", "2022-12-31"),
        ("2022-03", "2023", "2022-03-01", "2023-12-31"),
        ("2020.5", "2021.5", "2020-01-01", "2021-12-31"),
    ],
)
def test_a_date_lies_after_one_and_not_after_another(
    after: str | None, before: str | None, first: str | None, last: str | None
) -> None:
    found = stated_dates(_table(a=[after], b=[before]), BETWEEN, "farms")
    assert found.intervals == [tuple(dt.date.fromisoformat(day) if day else None for day in (first, last))]
    assert (found.unusable, found.count) == ([None], int(bool(after or before)))


def test_a_date_that_ends_before_it_begins_is_unknown_and_shown() -> None:
    found = stated_dates(_table(a=["2023-05-01", "never"], b=["2022-05-01", "2020"]), BETWEEN, "farms")
    assert found.intervals == [(None, None), (None, dt.date(2020, 12, 31))]
    assert found.unusable == ["after 2023-05-01 > before 2022-05-01", "never"]


def test_exchanged_columns_of_an_interval_are_said_to_be_so() -> None:
    unusable = UnusableDates(BETWEEN, "farms")
    unusable.add(stated_dates(_table(a=["2023-05-01"], b=["2022-05-01"]), BETWEEN, "farms"), "a.csv")
    with pytest.raises(
        ReadError, match=r"'after 2023-05-01 > before 2022-05-01' .* exchange the two in datasets\.farms"
    ):
        unusable.warning()


def test_the_date_of_a_satellite_scene_is_only_an_upper_bound() -> None:
    found = stated_dates(_table(b=["2020-06-01"]), InstalledColumn(before=("b",)), "farms")
    assert found.intervals == [(None, dt.date(2020, 6, 1))]


QUARTERLY, MONTHLY = InstalledColumn(year=("y",), quarter=("p",)), InstalledColumn(year=("y",), month=("p",))


@pytest.mark.parametrize(
    ("column", "year", "part", "first", "last"),
    [
        (QUARTERLY, 2024, 2, "2024-04-01", "2024-06-30"),
        (QUARTERLY, 2024.0, 2.0, "2024-04-01", "2024-06-30"),
        (QUARTERLY, "2024.0", "Q1", "2024-01-01", "2024-03-31"),
        (QUARTERLY, "2024", " q4 ", "2024-10-01", "2024-12-31"),
        (QUARTERLY, 2024, None, "2024-01-01", "2024-12-31"),
        (QUARTERLY, None, 2, None, None),
        (MONTHLY, 2024, 2, "2024-02-01", "2024-02-29"),
        (MONTHLY, "2024", "12.0", "2024-12-01", "2024-12-31"),
    ],
)
def test_a_year_and_a_quarter_or_a_month_in_two_columns_are_one_date(
    column: InstalledColumn, year: Any, part: Any, first: str | None, last: str | None
) -> None:
    found = stated_dates(_table(y=[year], p=[part]), column, "farms")
    assert found.intervals == [tuple(dt.date.fromisoformat(day) if day else None for day in (first, last))]
    assert (found.unusable, found.count) == ([None], int(year is not None))


def test_a_quarter_that_there_is_not_is_shown_with_its_year_and_its_columns() -> None:
    found = stated_dates(_table(y=[2024, 2023], p=[5, 4]), QUARTERLY, "farms")
    assert (found.intervals[0], found.unusable) == ((None, None), ["2024-Q5", None])
    unusable = UnusableDates(QUARTERLY, "farms")
    unusable.add(found, "f.csv")
    with pytest.raises(ReadError, match=r"1 of the 2 dates in 'y', 'p' cannot be used: '2024-Q5' \(1\)"):
        unusable.warning()


@pytest.mark.parametrize(
    "extra",
    [{"year": "y"}, {"quarter": "q"}, {"year": "y", "quarter": "q", "month": "m"}],
    ids=["a year alone", "a quarter alone", "two parts"],
)
def test_a_date_in_parts_is_a_year_and_one_other(extra: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="give year, and either quarter or month"):
        InstalledColumn.model_validate(extra)


def test_a_date_in_parts_has_no_pattern() -> None:
    with pytest.raises(ValidationError, match="pattern is for dates in one column"):
        InstalledColumn.model_validate({"year": "y", "quarter": "q", "pattern": "MM/YYYY"})


@pytest.mark.parametrize("extra", [{}, {"column": "a", "before": "b"}, {"constant": 2020, "after": "a"}])
def test_a_date_is_a_column_or_a_constant_or_lies_between_two_columns(extra: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"columns that it lies between \(after, before\)"):
        InstalledColumn.model_validate(extra)


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(ReadError, match=r"farms: 'MM/MM/YYYY' is no pattern of a date"):
        _interval("2014", pattern=("MM/MM/YYYY",))


def test_of_several_date_columns_the_first_that_is_known_counts() -> None:
    found = stated_dates(_table(a=["2016", None, None], b=["2001", "2002", None]), _column("a", "b"), "farms")
    assert [first.year if first else None for first, _ in found.intervals] == [2016, 2002, None]


@pytest.mark.parametrize("unknown", [-9999, -9999.0, "-9999"])
@pytest.mark.parametrize("value", [-9999, -9999.0, "-9999"])
def test_a_year_of_minus_9999_is_unknown_however_it_is_written(value: Any, unknown: Any) -> None:
    assert _interval(value, unknown) == (None, None)


@pytest.mark.parametrize("constant", [2020, 2020.0, "2020", " 2020"])
def test_a_constant_date_is_that_of_every_row(constant: Any) -> None:
    year = (dt.date(2020, 1, 1), dt.date(2020, 12, 31))
    assert stated_dates(_table(v=["a", None]), InstalledColumn(constant=constant), "farms").intervals == [year, year]


def test_a_constant_date_may_be_a_bound() -> None:
    found = stated_dates(_table(v=[1]), InstalledColumn(constant="<2021"), "farms")
    assert found.intervals == [(None, dt.date(2020, 12, 31))]


def test_a_constant_that_is_no_date_is_refused() -> None:
    with pytest.raises(
        ReadError, match=r"datasets\.farms\.columns .* the constant 'soon'; expected a date such as 2016"
    ):
        stated_dates(_table(v=[1]), InstalledColumn(constant="soon"), "farms")


def test_a_year_among_fractions_reads_the_same_as_one_among_years() -> None:
    whole = stated_dates(_table(v=[2016.0, 2017.0]), _column("v"), "farms").intervals
    with_fraction = stated_dates(_table(v=[2016.0, 2017.0, 0.5]), _column("v", unknown=(0.5,)), "farms").intervals
    assert whole == with_fraction[:2]
