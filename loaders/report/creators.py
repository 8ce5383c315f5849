"""Creators of a dataset, as short as they are cited in a text."""

from collections.abc import Iterable

from loaders.core.escape import one_line

NAME_CHARACTERS = 40


def short_creators(names: Iterable[str]) -> str:
    """The family name of the first creator, with "et al." for the others; empty without one."""
    first, *others = [one_line(name) for name in names] or [""]
    family = first.partition(",")[0]
    short = family if len(family) <= NAME_CHARACTERS else f"{family[:NAME_CHARACTERS]}…"
    return f"{short} et al." if others else short
