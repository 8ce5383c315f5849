"""Installation dates as publishers state them: one date, in one column or in parts, or two that bound it."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from loaders.core.errors import ReadError
from loaders.harmonise.values import date_intervals
from loaders.harmonise.values.columns import known_text, setting_as_text
from loaders.harmonise.values.date_intervals import DateFormat, Interval
from loaders.settings.columns import InstalledColumn

UNKNOWN: Interval = (None, None)
LARGEST_UNUSABLE_SHARE = 0.2  # of the stated dates; a larger share means a wrong column or pattern
WHOLE = re.compile(r"\.0+$")  # of a number that is written as text
CONTRADICTION = " > before "  # between two dates
LISTED_EXAMPLES, EXAMPLE_CHARACTERS = 3, 40  # examples in a message, and their characters

Texts = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class StatedDates:
    """Stated installation dates of a batch.

    Attributes:
        intervals: first and last day of each record; None where that end is open or unknown.
        unusable: the stated text, where it is not a date or contradicts itself; else None.
        count: number of records that state a date.
    """

    intervals: list[Interval]
    unusable: list[str | None]
    count: int


def stated_dates(attributes: pa.Table, column: InstalledColumn | None, key: str) -> StatedDates:
    """The dates of all rows.

    Args:
        attributes: published columns.
        column: which of them; null where the settings name none.
        key: of the dataset.

    Raises:
        ReadError: a column is missing or has no text form; or the constant or the pattern is not valid.
    """
    rows = len(attributes)
    if column is None:
        return StatedDates([UNKNOWN] * rows, [None] * rows, 0)
    date_format = date_intervals.date_format(column.pattern, key)
    if column.constant is not None:
        return StatedDates([_constant(column, date_format, key)] * rows, [None] * rows, rows)
    if column.year:
        return _single([_composed(attributes, column, key)], rows, date_format)
    if column.column:
        return _single(_texts(attributes, column.column, column, key), rows, date_format)
    after_texts, before_texts = (_texts(attributes, names, column, key) for names in (column.after, column.before))
    return _between(_single(after_texts, rows, date_format), _single(before_texts, rows, date_format))


class UnusableDates:
    """Counts the unusable dates of a dataset over its batches."""

    def __init__(self, column: InstalledColumn | None, key: str) -> None:
        self._column, self._key = column, key
        self._stated = self._unusable = 0
        self._examples: Counter[str] = Counter()
        self._file = ""

    def add(self, stated_dates: StatedDates, file: str) -> None:
        """Count the unusable dates of a batch."""
        unusable = Counter(text for text in stated_dates.unusable if text is not None)
        self._stated += stated_dates.count
        self._unusable += unusable.total()
        self._file = self._file or (file if unusable else "")
        for text in unusable:
            if text in self._examples or len(self._examples) < LISTED_EXAMPLES:
                self._examples[text] += unusable[text]

    def warning(self) -> str:
        """A warning about unusable dates; empty without any.

        Raises:
            ReadError: their share is too large.
        """
        if self._column is None or not self._unusable:
            return ""
        names = ", ".join(map(repr, self._column.names))
        examples = ", ".join(f"{text[:EXAMPLE_CHARACTERS]!r} ({count:,})" for text, count in self._examples.items())
        examples += " and more" * (self._unusable > self._examples.total())
        summary = (
            f"{self._key}: {self._unusable:,} of the {self._stated:,} dates in {names} cannot be used: {examples}, "
            f"the first of them in {self._file}"
        )
        if self._unusable <= LARGEST_UNUSABLE_SHARE * self._stated:
            return f"{summary}; they are unknown, and their records flagged unusable_date."
        setting = f"datasets.{self._key}.columns.installed"
        if all(CONTRADICTION in text for text in self._examples):
            raise ReadError(
                f"{summary}. `after` names the column of the earlier date, `before` that of the later one: exchange "
                f"the two in {setting} in params.yaml, or name other columns."
            )
        expected = date_intervals.date_format(self._column.pattern, self._key).examples
        raise ReadError(
            f"{summary}; expected {expected}. Where one stands for "
            f"unknown, add it to null_values in {setting} in params.yaml; where dates are "
            f"written otherwise, say how in {setting}.pattern; else name another column."
        )


def _constant(column: InstalledColumn, date_format: DateFormat, key: str) -> Interval:
    interval = date_intervals.interval(setting_as_text(column.constant or 0), date_format)
    if interval is None:
        raise ReadError(
            f"{key}: datasets.{key}.columns in params.yaml has the constant {column.constant!r}; "
            f"expected {date_format.examples}."
        )
    return interval


def _texts(attributes: pa.Table, names: Sequence[str], column: InstalledColumn, key: str) -> list[Texts]:
    return [known_text(attributes, name, column, key).to_pylist() for name in names]


def _composed(attributes: pa.Table, column: InstalledColumn, key: str) -> list[str | None]:
    """The year with its quarter or month, where that is known: `2024-Q2` or `2024-06`."""
    years, quarters, months = (
        _first_known(_texts(attributes, names, column, key), len(attributes))
        for names in (column.year, column.quarter, column.month)
    )
    dates = [_year_and_part(*parts) for parts in zip(years, quarters, months, strict=True)]
    return [date if year else None for year, date in zip(years, dates, strict=True)]


def _year_and_part(year: str | None, quarter: str | None, month: str | None) -> str:
    whole_year, part = WHOLE.sub("", year or ""), WHOLE.sub("", quarter or month or "")
    if not part:
        return whole_year
    return f"{whole_year}-Q{part.lstrip('qQ')}" if quarter else f"{whole_year}-{part.zfill(2)}"


def _first_known(columns: Sequence[Texts], rows: int) -> Texts:
    """For each row, the first of several columns that has a text."""
    return [next(filter(None, texts), None) for texts in zip(*columns, strict=True)] if columns else [None] * rows


def _single(columns: Sequence[Texts], rows: int, date_format: DateFormat) -> StatedDates:
    """For each row, the first of several columns that has a date."""
    if not columns:
        return StatedDates([UNKNOWN] * rows, [None] * rows, 0)
    stated = list(zip(*columns, strict=True))
    dates = {texts: _first_date(texts, date_format) for texts in set(stated)}  # few differ
    intervals, unusable = zip(*(dates[texts] for texts in stated), strict=True) if rows else ((), ())
    return StatedDates(list(intervals), list(unusable), sum(map(any, stated)))


def _first_date(texts: tuple[str | None, ...], date_format: DateFormat) -> tuple[Interval, str | None]:
    """The first date among texts; else the first text, which is none."""
    known = [text for text in texts if text is not None]
    dates = (date_intervals.interval(text, date_format) for text in known)
    first = next(filter(None, dates), None)
    return (first, None) if first else (UNKNOWN, next(iter(known), None))


def _between(after: StatedDates, before: StatedDates) -> StatedDates:
    """Later than `after`, and no later than `before`: satellite scenes without and with the installation."""
    stated = list(zip(after.intervals, after.unusable, before.intervals, before.unusable, strict=True))
    dates = {ends: _between_ends(*ends) for ends in set(stated)}  # few differ
    intervals, unusable = zip(*(dates[ends] for ends in stated), strict=True) if stated else ((), ())
    count = sum(any(interval) or bool(text) for interval, text in zip(intervals, unusable, strict=True))
    return StatedDates(list(intervals), list(unusable), count)


def _between_ends(
    after: Interval, unusable_after: str | None, before: Interval, unusable_before: str | None
) -> tuple[Interval, str | None]:
    """The days between two stated dates; UNKNOWN with the reason where they contradict each other."""
    (earliest, latest), (_, until) = after, before
    since = _next_day(earliest, latest)
    if since and until and since > until:
        since = earliest  # both on one day
    if since and until and since > until:
        return UNKNOWN, f"after {earliest}{CONTRADICTION}{until}"
    return (since, until), unusable_after or unusable_before


def _next_day(earliest: dt.date | None, latest: dt.date | None) -> dt.date | None:
    """The day after a known day; for a month or a year, its first day, which remains possible."""
    return earliest + dt.timedelta(days=1) if earliest and earliest == latest else earliest
