"""Published values as text, and what numbers and dates they may be."""

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
EXAMPLES = 3
LOOKALIKES = str.maketrans("\u00a0\u202f\u2019", "  '")  # what typesetting makes of a thousands mark


@dataclass(frozen=True, slots=True)
class Marks:
    """How numbers are written that are written as text."""

    decimal: str = "."
    thousands: str | None = None

    def number(self, text: str) -> float | None:
        """The number that a text is; null for what is none."""
        text = text.translate(LOOKALIKES)
        found = _pattern(self).fullmatch(text)
        return float(text.replace(self.thousands or "", "").replace(self.decimal, ".")) if found else None


PLAIN = Marks()
ENGLISH_FIRST = (PLAIN, Marks(".", ","), Marks(".", " "), Marks(".", "'"), Marks(","), Marks(",", "."), Marks(",", " "))
COMMA_FIRST = (PLAIN, Marks(","), Marks(",", "."), Marks(",", " "), Marks(".", ","), Marks(".", " "), Marks(".", "'"))


@lru_cache(maxsize=16)
def _pattern(marks: Marks) -> re.Pattern[str]:
    decimal = re.escape(marks.decimal)
    plain = rf"[+-]?(?:\d+(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d+)?"
    if not marks.thousands:
        return re.compile(plain)
    return re.compile(rf"{plain}|[+-]?\d{{1,3}}(?:{re.escape(marks.thousands)}\d{{3}})+(?:{decimal}\d*)?")


def texts(column: pa.ChunkedArray) -> list[str | None]:
    """A column as text; whole numbers without a decimal point, whatever type the file gives them."""
    values = column.to_pylist()
    if pa.types.is_floating(column.type):
        return [_float_text(value) for value in values]
    return [None if value is None else str(value).strip() or None for value in values]


def _float_text(value: float | None) -> str | None:
    if value is None or not np.isfinite(value):
        return None
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)


def find_marks(columns: Iterable[Texts], *, comma_separates: bool) -> Marks:
    """The marks by which most of the values are numbers; the plain ones where others are not needed.

    Args:
        columns: those that are meant to hold numbers.
        comma_separates: whether a comma stands between the columns, which a decimal comma hardly goes with.
    """
    values = [value for column in columns for value in column if value is not None]
    order = ENGLISH_FIRST if comma_separates else COMMA_FIRST
    return max(order, key=lambda marks: sum(marks.number(value) is not None for value in values))


def numbers(column: Texts, marks: Marks = PLAIN) -> Numbers:
    """The values as numbers; NaN where there is none."""
    found = [None if value is None else marks.number(value) for value in column]
    return np.array([np.nan if value is None else value for value in found], dtype=float)


def known(column: Texts) -> list[str]:
    """The values that say something."""
    return [value for value in column if value is not None and value.lower() not in UNKNOWN_WORDS]


def is_numeric(column: Texts, marks: Marks, share: float = 0.8) -> bool:
    """Whether this share of what is known are numbers."""
    held = known(column)
    return bool(held) and sum(marks.number(value) is not None for value in held) >= share * len(held)


def maybe_thousands(column: Texts, marks: Marks) -> str | None:
    """A number whose decimal mark may separate groups of three digits; null where another number excludes that."""
    held = [value for value in known(column) if marks.number(value) is not None]
    grouped = re.compile(rf"[1-9]\d{{0,2}}{re.escape(marks.decimal)}\d{{3}}")
    marked = [value for value in held if marks.decimal in value]
    is_open = all(map(grouped.fullmatch, marked)) and all(len(value) <= 3 for value in held if value not in marked)
    return marked[0] if not marks.thousands and is_open and 0 < len(marked) < len(held) else None


def null_values(column: Texts, *, negatives: bool = False) -> list[str | int]:
    """What stands for "unknown" among the values: words for it, and numbers that cannot be meant.

    Args:
        column: the values.
        negatives: whether negative numbers make sense.
    """
    held = {value for value in column if value is not None}
    words: list[str | int] = sorted(value for value in held if value.lower() in UNKNOWN_WORDS)
    impossible = [number for number in UNKNOWN_NUMBERS if not negatives or number < -180]
    return [*(number for number in impossible if held & {str(number), f"{number}.0"}), *words]


def without(column: Texts, nulls: Sequence[str | int]) -> list[str | None]:
    """The values, those null that stand for "unknown"."""
    unknown = {str(value) for value in nulls} | {f"{value}.0" for value in nulls if isinstance(value, int)}
    return [None if value in unknown else value for value in column]


def distinct(column: Texts) -> list[str]:
    """The values that occur, each once, in the order of their first occurrence."""
    return list(dict.fromkeys(value for value in column if value is not None))


def shown(values: Iterable[str], most: int = EXAMPLES) -> str:
    """Some of the values for people."""
    held = list(values)
    quoted = [repr(value if len(value) <= 40 else f"{value[:39]}…") for value in held[:most]]
    return ", ".join(quoted) + (" and more" if len(held) > most else "")
