"""Strict parsing of numbers in text, with the decimal and thousands marks that the settings declare."""

import re

import pyarrow as pa
import pyarrow.compute as pc

from loaders.core.arrays import Numbers
from loaders.settings.columns import ReadOptions

PLAIN_READING = ReadOptions()
LOOKALIKES = {" ": "[ \u00a0\u202f]", "'": "['\u2019]"}  # typographic variants of a thousands mark


def are_numbers(text: pa.ChunkedArray, reading: ReadOptions = PLAIN_READING) -> pa.ChunkedArray:
    """Whether each text is a number and nothing else; null where it is null."""
    return pc.match_substring_regex(text, _number_regex(reading))


def is_number(text: str) -> bool:
    """Whether a text is a number without marks."""
    return re.fullmatch(_number_regex(PLAIN_READING), text) is not None


def to_floats(text: pa.ChunkedArray, reading: ReadOptions = PLAIN_READING) -> Numbers:
    """The numbers that texts write; NaN where there is none. All of them must be numbers."""
    if reading.thousands:
        text = pc.replace_substring_regex(text, _thousands_regex(reading), "")
    digits = pc.replace_substring(text, reading.decimal, ".")
    values: Numbers = digits.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(float)
    return values


def _number_regex(reading: ReadOptions) -> str:
    """Of a whole text; groups have three digits each, but the first."""
    mark = re.escape(reading.decimal)
    groups = rf"[0-9]{{1,3}}(?:{_thousands_regex(reading)}[0-9]{{3}})+|" if reading.thousands else ""
    return rf"^[+-]?(?:(?:{groups}[0-9]+)(?:{mark}[0-9]*)?|{mark}[0-9]+)(?:[eE][+-]?[0-9]+)?$"


def _thousands_regex(reading: ReadOptions) -> str:
    return LOOKALIKES.get(reading.thousands or "", re.escape(reading.thousands or ""))
