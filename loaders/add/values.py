"""Sampled values as text: number parsing, null values, examples."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from loaders.core.arrays import Numbers

Texts = Sequence[str | None]  # trimmed; None where blank

UNKNOWN_WORDS = frozenset({"na", "n/a", "n.a.", "unknown", "none", "null", "nan", "-", "--", "?", "not available"})
UNKNOWN_NUMBERS = (-9999, -999, -99, -1)
MAX_EXAMPLES = 3
LOOKALIKES = str.maketrans("\u00a0\u202f\u2019", "  '")  # typographic variants of a thousands mark


@dataclass(frozen=True, slots=True)
class Marks:
    """Decimal and thousands marks of numbers in text."""

    decimal: str = "."
    thousands: str | None = None

    def parse(self, text: str) -> float | None:
        """Parse a number; null where the text is not one."""
        text = text.translate(LOOKALIKES)
        match = _pattern(self).fullmatch(text)
        return float(text.replace(self.thousands or "", "").replace(self.decimal, ".")) if match else None


PLAIN_MARKS = Marks()
ENGLISH_MARKS_FIRST = (
    PLAIN_MARKS,
    Marks(".", ","),
    Marks(".", " "),
    Marks(".", "'"),
    Marks(","),
    Marks(",", "."),
    Marks(",", " "),
)
COMMA_MARKS_FIRST = (
    PLAIN_MARKS,
    Marks(","),
    Marks(",", "."),
    Marks(",", " "),
    Marks(".", ","),
    Marks(".", " "),
    Marks(".", "'"),
)


@lru_cache(maxsize=16)
def _pattern(marks: Marks) -> re.Pattern[str]:
    decimal = re.escape(marks.decimal)
    plain = rf"[+-]?(?:\d+(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d+)?"
    if not marks.thousands:
        return re.compile(plain)
    return re.compile(rf"{plain}|[+-]?\d{{1,3}}(?:{re.escape(marks.thousands)}\d{{3}})+(?:{decimal}\d*)?")


def column_texts(column: pa.ChunkedArray) -> list[str | None]:
    """A column as text; whole numbers without a decimal point, whatever their type in the file."""
    values = column.to_pylist()
    if pa.types.is_floating(column.type):
        return [_float_text(value) for value in values]
    return [None if value is None else str(value).strip() or None for value in values]


def _float_text(value: float | None) -> str | None:
    if value is None or not np.isfinite(value):
        return None
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)


def find_marks(columns: Iterable[Texts], *, comma_separates: bool) -> Marks:
    """The marks with which most of the values parse as numbers; the plain ones where no others are needed.

    Args:
        columns: that should hold numbers.
        comma_separates: whether the delimiter is a comma, which makes a decimal comma unlikely.
    """
    values = [value for column in columns for value in column if value is not None]
    order = ENGLISH_MARKS_FIRST if comma_separates else COMMA_MARKS_FIRST
    return max(order, key=lambda marks: sum(marks.parse(value) is not None for value in values))


def to_numbers(column: Texts, marks: Marks = PLAIN_MARKS) -> Numbers:
    """The values as numbers; NaN where there is none."""
    parsed = [None if value is None else marks.parse(value) for value in column]
    return np.array([np.nan if value is None else value for value in parsed], dtype=float)


def known_values(column: Texts) -> list[str]:
    """The values that are neither blank nor a word for unknown."""
    return [value for value in column if value is not None and value.lower() not in UNKNOWN_WORDS]


def is_numeric(column: Texts, marks: Marks, share: float = 0.8) -> bool:
    """Whether this share of the known values are numbers."""
    values = known_values(column)
    return bool(values) and sum(marks.parse(value) is not None for value in values) >= share * len(values)


def ambiguous_thousands(column: Texts, marks: Marks) -> str | None:
    """A number whose decimal mark may be a thousands mark; null where another number rules that out."""
    values = [value for value in known_values(column) if marks.parse(value) is not None]
    grouping = re.compile(rf"[1-9]\d{{0,2}}{re.escape(marks.decimal)}\d{{3}}")
    values_with_mark = [value for value in values if marks.decimal in value]
    is_open = all(map(grouping.fullmatch, values_with_mark)) and all(
        len(value) <= 3 for value in values if value not in values_with_mark
    )
    return values_with_mark[0] if not marks.thousands and is_open and 0 < len(values_with_mark) < len(values) else None


def null_values(column: Texts, *, negatives: bool = False) -> list[str | int]:
    """The values that mean unknown: words for it, and impossible numbers.

    Args:
        column: the values.
        negatives: whether negative numbers are plausible.
    """
    values_present = {value for value in column if value is not None}
    null_words: list[str | int] = sorted(value for value in values_present if value.lower() in UNKNOWN_WORDS)
    impossible = [number for number in UNKNOWN_NUMBERS if not negatives or number < -180]
    return [*(number for number in impossible if values_present & {str(number), f"{number}.0"}), *null_words]


def mask_nulls(column: Texts, nulls: Sequence[str | int]) -> list[str | None]:
    """The values, with those that mean unknown replaced by null."""
    unknown = {str(value) for value in nulls} | {f"{value}.0" for value in nulls if isinstance(value, int)}
    return [None if value in unknown else value for value in column]


def distinct_values(column: Texts) -> list[str]:
    """Distinct values, in the order of first occurrence."""
    return list(dict.fromkeys(value for value in column if value is not None))


def format_examples(values: Iterable[str], limit: int = MAX_EXAMPLES) -> str:
    """The first values, quoted for display."""
    examples = list(values)
    quoted = [repr(value if len(value) <= 40 else f"{value[:39]}…") for value in examples[:limit]]
    return ", ".join(quoted) + (" and more" if len(examples) > limit else "")


def format_percent(part: int, whole: int) -> str:
    """A share for display; never 0 % or 100 % of some but not all."""
    percent = 100 * part / max(whole, 1)
    if 0 < part < whole and not 0.1 <= percent <= 99.9:
        return "less than 0.1 %" if percent < 1 else "more than 99.9 %"
    return f"{percent:.1f} %"


def format_part(part: int, whole: int) -> str:
    """A part of the sampled records for display, with its share."""
    return f"{part:,} of the {whole:,} records looked at ({format_percent(part, whole)})"
