"""Published columns to canonical ones: numbers in one unit, dates as intervals, identifiers as text."""

import calendar
import datetime as dt
import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.arrays import Numbers
from loaders.catalog_columns import Column
from loaders.errors import ReadError

Interval = tuple[dt.date | None, dt.date | None]

DATE = re.compile(r"(<)?\s*(\d{4})(?:-?(\d{2})(?:-?(\d{2})(?:[T ]\d{2}:\d{2}.*)?)?)?")
FIRST_YEAR, LAST_YEAR = 1950, 2100
LARGEST = 1e15  # square metres or watts: more than there are
SHOWN = 3  # examples in an error


def numbers(attributes: pa.Table, column: Column, key: str) -> Numbers:
    """A published quantity in its published unit; NaN where it is unknown.

    Raises:
        ReadError: the column is not there, or holds something that is neither a number nor declared as unknown, or a
            negative number, which no area or capacity can be.
    """
    values = np.full(len(attributes), np.nan)
    for name in column.column:
        found = _to_float(_known_text(attributes, name, column, key), name, key)
        found[np.isin(found, [float(null) for null in column.null_values if _is_number(str(null))])] = np.nan
        if (wrong := found[(found < 0) | (found > LARGEST)]).size:
            shown = [f"{value:g}" for value in np.unique(wrong)]
            raise ReadError(_undeclared(key, name, shown, f"no negative number and none above {LARGEST:g}"))
        values = np.where(np.isnan(values), found, values)
    return values


def intervals(attributes: pa.Table, column: Column, key: str) -> list[Interval]:
    """When something happened, as first and last possible day; None where that end is open or all is unknown.

    `2016` is a year, `2016-06` or `201606` a month, `2016-06-01` or `20160601` a day; `<2016-06-01` is any day before.

    Raises:
        ReadError: the column is not there, or holds something that is neither a date nor declared as unknown.
    """
    found: list[Interval] = [(None, None)] * len(attributes)
    for name in reversed(column.column):
        texts = _known_text(attributes, name, column, key).to_pylist()
        parsed = {text: _interval(text) for text in set(texts) if text is not None}
        if bad := sorted(text for text, interval in parsed.items() if interval is None):
            raise ReadError(_undeclared(key, name, bad, "a date such as 2016, 2016-06, 20160601 or <2016-06-01"))
        found = [parsed.get(text) or before for text, before in zip(texts, found, strict=True)]
    return found


def identifiers(attributes: pa.Table, column: Column | None, key: str) -> list[str | None]:
    """The publisher's own identifiers as text; None where there is none.

    Raises:
        ReadError: the column is not there.
    """
    if column is None:
        return [None] * len(attributes)
    texts = pc.coalesce(*(_known_text(attributes, name, column, key) for name in column.column))
    identified: list[str | None] = texts.to_pylist()
    return identified


def _known_text(attributes: pa.Table, name: str, column: Column, key: str) -> pa.ChunkedArray:
    """A column as trimmed text; null where it is blank or declared as unknown."""
    if name not in attributes.column_names:
        raise ReadError(
            f"{key}: the file has no column {name!r}, which datasets.{key}.columns in params.yaml names. "
            f"It has: {', '.join(attributes.column_names)}."
        )
    values = attributes.column(name)
    try:
        text = pc.utf8_trim_whitespace(_as_text(values))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ReadError(
            f"{key}: column {name!r} holds {values.type}; expected numbers or text. "
            f"Name another column in datasets.{key}.columns in params.yaml."
        ) from error
    numeric = {f"{_plain(value)}.0" for value in column.null_values if not isinstance(value, str)}
    unknown = {"", *(_plain(value) for value in column.null_values), *numeric}
    return pc.if_else(pc.is_in(text, value_set=pa.array(sorted(unknown))), pa.scalar(None, pa.string()), text)


def _plain(value: str | float) -> str:
    """As `_as_text` writes it."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _as_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole numbers are written without a decimal point, whatever type the file gives them."""
    if pa.types.is_floating(values.type):
        values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, values.type))
        whole = pc.all(pc.equal(values, pc.trunc(values))).as_py()
        if whole and (pc.max(pc.abs(values)).as_py() or 0) < 2**53:
            values = values.cast(pa.int64())
    if pa.types.is_boolean(values.type) or pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
        raise pa.ArrowNotImplementedError("neither truth values nor bytes are numbers, dates or identifiers")
    return values.cast(pa.string())


def _to_float(text: pa.ChunkedArray, name: str, key: str) -> Numbers:
    try:
        found = text.cast(pa.float64())
    except pa.ArrowInvalid as error:
        bad = sorted({value for value in text.to_pylist() if value is not None and not _is_number(value)})
        raise ReadError(_undeclared(key, name, bad, "a number")) from error
    values: Numbers = found.to_numpy(zero_copy_only=False).astype(float)
    return values


def _is_number(text: str) -> bool:
    try:
        pa.scalar(text).cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _interval(text: str) -> Interval | None:
    match = DATE.fullmatch(text)
    if not match or not FIRST_YEAR <= int(match[2]) <= LAST_YEAR:
        return None
    before, year = match[1], int(match[2])
    months = (int(match[3]),) * 2 if match[3] else (1, 12)
    try:
        days = (int(match[4]),) * 2 if match[4] else (1, calendar.monthrange(year, months[1])[1])
        first, last = dt.date(year, months[0], days[0]), dt.date(year, months[1], days[1])
    except ValueError:  # there is no such month or day; calendar's own error is one of these too
        return None
    return (None, first - dt.timedelta(days=1)) if before else (first, last)


def _undeclared(key: str, name: str, found: Sequence[str], expected: str) -> str:
    shown = ", ".join(repr(value) for value in found[:SHOWN])
    return (
        f"{key}: column {name!r} holds {shown}{' and more' if len(found) > SHOWN else ''}; expected {expected}. "
        f"Where it stands for unknown, add it to null_values in datasets.{key}.columns in params.yaml; "
        f"where it does not, write it plainly in the file, or map another column."
    )
