"""Marks in numbers, as the settings state them."""

from loaders.add.draft import Guess
from loaders.add.values import PLAIN, Marks


def as_settings(marks: Marks) -> dict[str, Guess]:
    """The settings under `read` that differ from the plain ones."""
    reason = "as the numbers in the first records are written"
    stated = {"decimal": marks.decimal, "thousands": marks.thousands}
    return {name: Guess(mark, reason) for name, mark in stated.items() if mark != getattr(PLAIN, name)}
