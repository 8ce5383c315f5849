import datetime as dt

import pytest

from loaders.core.errors import ReadError
from loaders.harmonise.values.date_intervals import date_format, interval


def _days(*texts: str | None) -> tuple[dt.date | None, ...]:
    return tuple(dt.date.fromisoformat(text) if text else None for text in texts)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2016", "2016-01-01", "2016-12-31"),
        ("2016-06", "2016-06-01", "2016-06-30"),
        ("201606", "2016-06-01", "2016-06-30"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2015-02", "2015-02-01", "2015-02-28"),
        ("2015-12", "2015-12-01", "2015-12-31"),
        ("2024Q2", "2024-04-01", "2024-06-30"),
        ("2024-Q1", "2024-01-01", "2024-03-31"),
        ("2024 q4", "2024-10-01", "2024-12-31"),
        ("Q3 2024", "2024-07-01", "2024-09-30"),
        ("Q3/2024", "2024-07-01", "2024-09-30"),
        ("2016-06-01", "2016-06-01", "2016-06-01"),
        ("20160601", "2016-06-01", "2016-06-01"),
        ("20160229", "2016-02-29", "2016-02-29"),
        ("2016-06-01Z", "2016-06-01", "2016-06-01"),
        ("2016-06-01T23:59:00Z", "2016-06-01", "2016-06-01"),
        ("2016-06-01 23:59", "2016-06-01", "2016-06-01"),
        ("2016-06-01 23:59:59.999999", "2016-06-01", "2016-06-01"),
        ("2016-06-01 02:00:00.000+0200", "2016-06-01", "2016-06-01"),
        ("2016-06-01T02:00:00-05:00", "2016-06-01", "2016-06-01"),
        ("20160601T23:59", "2016-06-01", "2016-06-01"),
    ],
)
def test_a_date_is_the_interval_of_days_that_it_can_mean(text: str, first: str, last: str) -> None:
    assert interval(text) == _days(first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("<2016-06-01", None, "2016-05-31"),
        ("< 2016-03", None, "2016-02-29"),
        ("<2016", None, "2015-12-31"),
        ("<2024Q2", None, "2024-03-31"),
        (">Q2 2024", "2024-07-01", None),
        ("<=2016", None, "2016-12-31"),
        ("<=2016-06-01", None, "2016-06-01"),
        (">2016", "2017-01-01", None),
        (">2016-06", "2016-07-01", None),
        (">2016-12-31", "2017-01-01", None),
        (">=2016", "2016-01-01", None),
        (">= 2016-06-01", "2016-06-01", None),
    ],
)
def test_a_bound_leaves_the_other_end_open(text: str, first: str | None, last: str | None) -> None:
    assert interval(text) == _days(first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2015/2017", "2015-01-01", "2017-12-31"),
        ("2023-Q4..2024-Q2", "2023-10-01", "2024-06-30"),
        ("2023Q4 - 2024Q2", "2023-10-01", "2024-06-30"),
        ("2015-06/2016-01-15", "2015-06-01", "2016-01-15"),
        ("2015..2017", "2015-01-01", "2017-12-31"),
        ("2015-06..2016-01", "2015-06-01", "2016-01-31"),
        ("2015-2017", "2015-01-01", "2017-12-31"),
        ("2015\u20132017", "2015-01-01", "2017-12-31"),
        ("2015 - 2017", "2015-01-01", "2017-12-31"),
        ("2015 to 2017", "2015-01-01", "2017-12-31"),
        ("2016-06 to 2018", "2016-06-01", "2018-12-31"),
        ("2015/2015", "2015-01-01", "2015-12-31"),
        ("2016-06-01T00:00Z/2016-06-03T00:00Z", "2016-06-01", "2016-06-03"),
    ],
)
def test_a_range_is_from_the_first_day_of_one_date_to_the_last_of_the_other(text: str, first: str, last: str) -> None:
    assert interval(text) == _days(first, last)


@pytest.mark.parametrize(
    "text", ["2017/2015", "2017-2015", "2017 to 2015", "2016-06..2016-05", "2016-06-02/2016-06-01"]
)
def test_a_range_that_ends_before_it_begins_is_no_date(text: str) -> None:
    assert interval(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "0000", "1900", "1949", "2101", "20160", "soon", "<", "<soon", "<<2016", "<2015..2017"),
        *("2016-13", "2016-00", "2015-02-29", "2016-02-30", "2016-06-00", "2016-6", "06/2016", "2016-0601"),
        *(
            "2016 or 2017",
            "2016 (planned)",
            "2016 Q5",
            "2016Q0",
            "Q32016-06",
            "2016--Q1",
            "2016-Q1-01",
            "2016-06-01 00:00 or 2017",
            "2016-06-01 soon",
        ),
        *("2015/2016/2017", "2015/..", "2015-06-2016", "201506-201601", "2015-06/08", "2016-06-01-2017"),
        *("\u0662\u0660\u0661\u0666", "2016\n"),
    ],
)
def test_what_is_not_just_a_date_is_none(text: str) -> None:
    assert interval(text) is None


@pytest.mark.parametrize(
    ("pattern", "text", "first", "last"),
    [
        ("DD/MM/YYYY", "01/05/2014", "2014-05-01", "2014-05-01"),
        ("DD/MM/YYYY", "1/5/2014", "2014-05-01", "2014-05-01"),
        ("MM/DD/YYYY", "1/5/2014", "2014-01-05", "2014-01-05"),
        ("DD.MM.YYYY", "31.12.2014", "2014-12-31", "2014-12-31"),
        ("DD/MM/YYYY", "01/05/2014 00:00:00", "2014-05-01", "2014-05-01"),
        ("MM/DD/YYYY", "12/31/2014 12:00:00 AM", "2014-12-31", "2014-12-31"),
        ("MM/YYYY", "2/2016", "2016-02-01", "2016-02-29"),
        ("YYYY/MM/DD", "2014/5/1", "2014-05-01", "2014-05-01"),
        ("DDMMYYYY", "01052014", "2014-05-01", "2014-05-01"),
        ("YYYY", "2014", "2014-01-01", "2014-12-31"),
        ("DD/MM/YYYY", "<1/5/2014", None, "2014-04-30"),
        ("MM/YYYY", ">=05/2014", "2014-05-01", None),
        ("MM/YYYY", "05/2014..7/2014", "2014-05-01", "2014-07-31"),
        ("DD.MM.YYYY", "1.5.2014..2.5.2014", "2014-05-01", "2014-05-02"),
        ("DD-MM-YYYY", "01-05-2014 to 02-05-2014", "2014-05-01", "2014-05-02"),
    ],
)
def test_a_pattern_says_which_number_is_what(pattern: str, text: str, first: str | None, last: str | None) -> None:
    assert interval(text, date_format((pattern,), "farms")) == _days(first, last)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("DD/MM/YYYY", "2014-05-01"),
        ("DD/MM/YYYY", "2014"),
        ("DD/MM/YYYY", "5/31/2014"),
        ("DD/MM/YYYY", "1/5/14"),
        ("DD/MM/YYYY", "1.5.2014"),
        ("DD.MM.YYYY", "1x5x2014"),
        ("DDMMYYYY", "152014"),
        ("MM/YYYY", "1/5/2014"),
        ("MM/YYYY", "05/2014/06/2014"),
        ("MM/YYYY", "07/2014..05/2014"),
    ],
)
def test_with_a_pattern_nothing_else_is_a_date(pattern: str, text: str) -> None:
    assert interval(text, date_format((pattern,), "farms")) is None


def test_of_several_patterns_each_is_a_way_to_write_dates() -> None:
    written = date_format(("DD/MM/YYYY", "MM/YYYY", "YYYY"), "farms")
    found = [interval(text, written) for text in ("1/5/2014", "5/2014", "2013..5/2014")]
    assert found == [
        _days("2014-05-01", "2014-05-01"),
        _days("2014-05-01", "2014-05-31"),
        _days("2013-01-01", "2014-05-31"),
    ]


def test_a_text_that_two_patterns_read_as_different_days_is_none() -> None:
    written = date_format(("DD/MM/YYYY", "MM/DD/YYYY"), "farms")
    assert interval("1/5/2014", written) is None
    assert interval("5/5/2014", written) == _days("2014-05-05", "2014-05-05")
    assert interval("31/5/2014", written) == _days("2014-05-31", "2014-05-31")


@pytest.mark.parametrize(
    "pattern", ["YYYYM", "DDD/MM/YYYY", "MM/MM/YYYY", "DD/YYYY", "DD/MM", "yyyy", "YYYY-YYYY", "YYYY-MM-DDThh", "", "/"]
)
def test_a_pattern_of_anything_else_is_refused_with_the_words_that_there_are(pattern: str) -> None:
    with pytest.raises(ReadError, match=r"^farms: .*YYYY.*MM.*DD.*datasets\.farms\.columns\.installed\.pattern"):
        date_format((pattern,), "farms")


@pytest.mark.parametrize("filler", [" ", "\t", " to ", "/ ", "2015-"])
def test_a_text_that_is_too_long_for_a_date_is_none_and_is_not_searched(filler: str) -> None:
    assert interval("2015" + filler * 1_000_000 + "x") is None
    assert interval(f"2015{' ' * 50}..{' ' * 50}2016") is not None
