"""Decimal and thousands marks as settings."""

from loaders.add.draft import Guess
from loaders.add.values import PLAIN_MARKS, Marks


def mark_settings(marks: Marks) -> dict[str, Guess]:
    """The settings under `read` that differ from the defaults."""
    reason = "as the numbers in the first records are written"
    settings = {"decimal": marks.decimal, "thousands": marks.thousands}
    return {name: Guess(mark, reason) for name, mark in settings.items() if mark != getattr(PLAIN_MARKS, name)}
