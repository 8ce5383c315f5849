"""Quantities that are written in another way than the settings can say."""

import re
from collections.abc import Sequence

from loaders.add import guess_units as units
from loaders.add.inspection import Look
from loaders.add.values import distinct, find_marks, is_numeric, known, shown
from loaders.core.escape import one_line

NUMBER_LIKE = re.compile(
    r"[<>~≈]?\s*[+-]?[\d.,' \u00a0\u202f\u2019]*\d[\d.,' \u00a0\u202f\u2019]*\s*[^\W\d]{0,8}[²/%\d]?"
)


def unreadable(look: Look) -> list[str]:
    """Columns that are named like a quantity, and hold numbers that are written in another way than the others."""
    return [
        _unreadable(look, name)
        for name, column in look.columns.items()
        if units.is_quantity(name) and not is_numeric(column, look.marks) and _is_number_like(known(column))
    ]


def _unreadable(look: Look, name: str) -> str:
    values = known(look.columns[name])
    quantity = "a capacity" if units.is_capacity(name) else "an area"
    examples = shown(map(one_line, distinct(values)))
    said = f"{one_line(name)} looks like {quantity}, but its values cannot be read: {examples}"
    marks = find_marks([values], comma_separates=False)
    if is_numeric(values, marks):
        thousands = f" and thousands: {marks.thousands!r}" if marks.thousands else ""
        return (
            f"{said}. State read.decimal and read.thousands (they seem to be decimal: {marks.decimal!r}{thousands}); "
            f"they hold for every column, and others are written otherwise"
        )
    return f"{said}. Where they are numbers with marks, state read.decimal and read.thousands; a number has no unit"


def _is_number_like(values: Sequence[str]) -> bool:
    return bool(values) and 2 * sum(bool(NUMBER_LIKE.fullmatch(value)) for value in values) >= len(values)
