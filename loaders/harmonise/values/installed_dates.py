"""When each record was installed, as its publisher states it: one date, or the two that it lies between."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from loaders.core.errors import ReadError
from loaders.harmonise.values import date_intervals as dates
from loaders.harmonise.values.columns import known_text, plain
from loaders.harmonise.values.date_intervals import Interval, Writing
from loaders.settings.columns import InstalledColumn

UNKNOWN: Interval = (None, None)
MOST_UNUSABLE = 0.2  # of the stated dates: more are a column or a pattern that is not the right one
SHOWN, LONGEST = 3, 40  # examples in a message, and their characters

Texts = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class StatedDates:
    """What records state as their date of installation.

    Attributes:
        intervals: the first and the last day of each; None where that end is open or unknown.
        unusable: what a record states that is no date, or a contradiction; None for all others.
        count: of the records that state anything.
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
        ReadError: a column is not there, or has no text form; or the constant is no date; or the pattern is none.
    """
    rows = len(attributes)
    if column is None:
        return StatedDates([UNKNOWN] * rows, [None] * rows, 0)
    written = dates.writing(column.pattern, key)
    if column.constant is not None:
        return StatedDates([_constant(column, written, key)] * rows, [None] * rows, rows)
    if column.column:
        return _single(_texts(attributes, column.column, column, key), rows, written)
    after, before = (_texts(attributes, names, column, key) for names in (column.after, column.before))
    return _between(_single(after, rows, written), _single(before, rows, written))


class UnusableDates:
    """Counts the dates of a dataset, batch after batch, of which no interval can be made."""

    def __init__(self, column: InstalledColumn | None, key: str) -> None:
        self._column, self._key = column, key
        self._stated = self._unusable = 0
        self._examples: Counter[str] = Counter()
        self._file = ""

    def add(self, found: StatedDates, file: str) -> None:
        """Count those of a batch of a file."""
        unusable = Counter(text for text in found.unusable if text is not None)
        self._stated += found.count
        self._unusable += unusable.total()
        self._file = self._file or (file if unusable else "")
        for text in unusable:
            if text in self._examples or len(self._examples) < SHOWN:
                self._examples[text] += unusable[text]

    def warning(self) -> str:
        """That some are unknown; empty where none is.

        Raises:
            ReadError: they are too many to be exceptions.
        """
        if self._column is None or not self._unusable:
            return ""
        names = ", ".join(map(repr, (*self._column.column, *self._column.after, *self._column.before)))
        examples = ", ".join(f"{text[:LONGEST]!r} ({count:,})" for text, count in self._examples.items())
        examples += " and more" * (self._unusable > self._examples.total())
        found = (
            f"{self._key}: {self._unusable:,} of the {self._stated:,} dates in {names} cannot be used: {examples}, "
            f"the first of them in {self._file}"
        )
        if self._unusable <= MOST_UNUSABLE * self._stated:
            return f"{found}; they are unknown, and their records flagged unusable_date."
        raise ReadError(
            f"{found}; expected {dates.writing(self._column.pattern, self._key).examples}. Where one stands for "
            f"unknown, add it to null_values in datasets.{self._key}.columns.installed in params.yaml; where dates are "
            f"written otherwise, say how in datasets.{self._key}.columns.installed.pattern; else name another column."
        )


def _constant(column: InstalledColumn, written: Writing, key: str) -> Interval:
    found = dates.interval(plain(column.constant or 0), written)
    if found is None:
        raise ReadError(
            f"{key}: datasets.{key}.columns in params.yaml has the constant {column.constant!r}; "
            f"expected {written.examples}."
        )
    return found


def _texts(attributes: pa.Table, names: Sequence[str], column: InstalledColumn, key: str) -> list[Texts]:
    return [known_text(attributes, name, column, key).to_pylist() for name in names]


def _single(columns: Sequence[Texts], rows: int, written: Writing) -> StatedDates:
    """Of several columns the first that has a date in a row counts."""
    found: list[Interval] = [UNKNOWN] * rows
    unusable: list[str | None] = [None] * rows
    stated = [any(texts) for texts in zip(*columns, strict=True)]
    for texts in reversed(columns):
        parsed = {text: dates.interval(text, written) for text in set(texts) if text is not None}
        for row, text in enumerate(texts):
            if text is None:
                continue
            if interval := parsed[text]:
                found[row], unusable[row] = interval, None
            elif found[row] == UNKNOWN:
                unusable[row] = text
    return StatedDates(found, unusable, sum(stated))


def _between(after: StatedDates, before: StatedDates) -> StatedDates:
    """Later than the one, and at the other or earlier: what satellite scenes without and with an installation say."""
    intervals, unusable, count = [], [], 0
    ends = zip(after.intervals, after.unusable, before.intervals, before.unusable, strict=True)
    for (earliest, latest), odd_after, (_, until), odd_before in ends:
        since = _next_day(earliest, latest)
        if since and until and since > until:
            since = earliest  # both on one day
        contradicts = bool(since and until and since > until)
        wrong = f"after {earliest}, before {until}" if contradicts else odd_after or odd_before
        intervals.append(UNKNOWN if contradicts else (since, until))
        unusable.append(wrong)
        count += bool(since or until or wrong)
    return StatedDates(intervals, unusable, count)


def _next_day(earliest: dt.date | None, latest: dt.date | None) -> dt.date | None:
    """The first day later than a day; of a month or a year, whose day is not known, its first day remains possible."""
    return earliest + dt.timedelta(days=1) if earliest and earliest == latest else earliest
