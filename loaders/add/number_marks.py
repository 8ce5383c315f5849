"""Decimal and thousands marks: detection in a table, and their settings."""

from collections.abc import Mapping

from loaders.add.draft import Guess
from loaders.add.guess_coordinates import POSITION_WORDS
from loaders.add.guess_units import is_quantity
from loaders.add.names import tokens
from loaders.add.values import PLAIN_MARKS, Marks, Texts, find_marks


def find_table_marks(columns: Mapping[str, Texts], *, comma_separates: bool) -> Marks:
    """The marks of the numbers in columns whose names state a position or a quantity."""
    numeric = [values for name, values in columns.items() if set(tokens(name)) & POSITION_WORDS or is_quantity(name)]
    return find_marks(numeric, comma_separates=comma_separates)


def mark_settings(marks: Marks) -> dict[str, Guess]:
    """The settings under `read` that differ from the defaults."""
    reason = "as the numbers in the first records are written"
    settings = {"decimal": marks.decimal, "thousands": marks.thousands}
    return {name: Guess(mark, reason) for name, mark in settings.items() if mark != getattr(PLAIN_MARKS, name)}
