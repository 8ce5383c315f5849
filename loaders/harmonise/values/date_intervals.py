"""Parse dates and ranges of dates to intervals of days."""

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from loaders.core.errors import ReadError

Interval = tuple[dt.date | None, dt.date | None]

FIRST_YEAR, LAST_YEAR = 1950, 2100
YEAR, QUARTER, MONTH, DAY = "YYYY", "Q", "MM", "DD"
PATTERN_PART = re.compile(r"YYYY|MM|DD|[./ _-]")
ZONE = r"(?:Z|UTC|[+-][01]\d(?::?[0-5]\d)?)"
TIME = rf"(?:Z|[T ]\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?(?: ?{ZONE})?)?"
LONGEST = 200  # characters; two moments with their zones have less than 80, and to search longer ones takes too long
BOUND = re.compile(r"(<=|>=|<|>)\s*(.+)")


@dataclass(frozen=True, slots=True)
class DateFormat:
    """Notation of dates.

    Attributes:
        dates: patterns of one date, with groups YYYY, Q, MM, DD.
        ranges: patterns of two dates, as groups 1 and 2.
        examples: for messages.
    """

    dates: tuple[re.Pattern[str], ...]
    ranges: tuple[re.Pattern[str], ...]
    examples: str


DEFAULT_FORMAT = DateFormat(
    dates=(
        re.compile(rf"(?P<YYYY>\d{{4}})(?:-(?P<MM>\d{{2}})(?:-(?P<DD>\d{{2}}){TIME})?)?", re.ASCII),
        re.compile(rf"(?P<YYYY>\d{{4}})/(?P<MM>\d{{2}})/(?P<DD>\d{{2}}){TIME}", re.ASCII),  # as GDAL writes moments
        re.compile(rf"(?P<YYYY>\d{{4}})(?P<MM>\d{{2}})(?:(?P<DD>\d{{2}}){TIME})?", re.ASCII),
        re.compile(r"(?P<YYYY>\d{4})[ -]?[Qq](?P<Q>[1-4])", re.ASCII),
        re.compile(r"[Qq](?P<Q>[1-4])[ /-]?(?P<YYYY>\d{4})", re.ASCII),
        re.compile(r"(?P<YYYY>\d{4})(?:\.\d+|,(?!\d{4}$)\d+)", re.ASCII),  # the mean year of several units
    ),
    ranges=(
        re.compile(r"(.+?)(?:\s*/\s*|\s*\.\.\s*|\s+to\s+|\s+[-\u2013]\s+)(.+)"),
        re.compile(r"(\d{4})[-\u2013](\d{4})", re.ASCII),  # of years only: 2015-12 is a month
    ),
    examples="a date such as 2016, 2016-06, 2016-Q2, 20160601, <2016-06-01 or 2015..2017",
)
PATTERN_RANGE = re.compile(r"(.+?)(?:\s*\.\.\s*|\s+to\s+)(.+)")


@lru_cache(maxsize=64)
def date_format(patterns: tuple[str, ...], key: str) -> DateFormat:
    """The notation that patterns such as DD/MM/YYYY describe; the default notation without patterns.

    Month and day have two digits, or one between separators; a time may follow a day.

    Raises:
        ReadError: a pattern has parts other than YYYY, MM, DD and separators.
    """
    if not patterns:
        return DEFAULT_FORMAT
    dates = tuple(_regex(pattern, key) for pattern in patterns)
    return DateFormat(
        dates, (PATTERN_RANGE,), f"a date that is written as {' or '.join(patterns)}, and in one way only"
    )


def interval(text: str, date_format: DateFormat = DEFAULT_FORMAT) -> Interval | None:
    """First and last day that a trimmed text may denote; None where that end is open.

    `2016` is a year, and so is `2016.28`; `2016-06` a month, `2016Q2` a quarter; `<2016` is any day before, `>=2016`
    any from its first; `2015..2017` a range.

    Returns:
        None where the text is not a date, a range ends before it begins, or two patterns give different days.
    """
    if len(text) > LONGEST:
        return None
    if bound := BOUND.fullmatch(text):
        days = _days(bound[2], date_format)
        return _open_ended(bound[1], *days) if days else None
    return _days(text, date_format) or _range(text, date_format)


def _open_ended(sign: str, first: dt.date, last: dt.date) -> Interval:
    day = dt.timedelta(days=1)
    ends: dict[str, Interval] = {
        "<": (None, first - day),
        "<=": (None, last),
        ">": (last + day, None),
        ">=": (first, None),
    }
    return ends[sign]


def _range(text: str, date_format: DateFormat) -> Interval | None:
    for pattern in date_format.ranges:
        if not (parts := pattern.fullmatch(text)):
            continue
        begin, end = (_days(part, date_format) for part in parts.groups())
        if begin and end and begin[0] <= end[0] and begin[1] <= end[1]:
            return begin[0], end[1]
    return None


def _days(text: str, date_format: DateFormat) -> tuple[dt.date, dt.date] | None:
    """First and last day of a year, a part of it or a day; None where no pattern matches, or patterns disagree."""
    matches = (pattern.fullmatch(text) for pattern in date_format.dates)
    candidates = {days for match in matches if match and (days := _first_and_last(match.groupdict()))}
    return candidates.pop() if len(candidates) == 1 else None


def _first_and_last(parts: dict[str, str | None]) -> tuple[dt.date, dt.date] | None:
    year, quarter, month, day = (
        int(digits) if (digits := parts.get(name)) else None for name in (YEAR, QUARTER, MONTH, DAY)
    )
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    first_month, last_month = (1, 12) if month is None else (month, month)
    if quarter is not None:
        first_month, last_month = 3 * quarter - 2, 3 * quarter
    try:
        last_day = calendar.monthrange(year, last_month)[1] if day is None else day
        first = dt.date(year, first_month, 1 if day is None else day)
        return first, dt.date(year, last_month, last_day)
    except ValueError:  # there is no such month or day; calendar's own error is one of these too
        return None


def _regex(pattern: str, key: str) -> re.Pattern[str]:
    parts = PATTERN_PART.findall(pattern)
    names = [part for part in parts if part.isalpha()]
    has_repetition = len(set(names)) < len(names)
    if "".join(parts) != pattern or YEAR not in names or has_repetition or (DAY in names and MONTH not in names):
        raise ReadError(
            f"{key}: {pattern!r} is no pattern of a date. It is made of YYYY (year), MM (month), DD (day) and "
            f"separators, each word at most once, never without YYYY, and DD only with MM: say DD/MM/YYYY. "
            f"Correct datasets.{key}.columns.installed.pattern in params.yaml."
        )
    return re.compile(_part_regexes(parts) + (TIME if DAY in names else ""), re.ASCII)


def _part_regexes(parts: Sequence[str]) -> str:
    """Each part as a regular expression."""
    neighbours = zip(["", *parts], parts, [*parts[1:], ""], strict=False)
    return "".join(_part_regex(part, alone=not (left.isalpha() or right.isalpha())) for left, part, right in neighbours)


def _part_regex(part: str, *, alone: bool) -> str:
    if not part.isalpha():
        return re.escape(part)
    digits = "{4}" if part == YEAR else "{1,2}" if alone else "{2}"
    return rf"(?P<{part}>\d{digits})"
