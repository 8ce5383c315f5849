"""Quantity columns whose values cannot be parsed."""

import re
from collections.abc import Sequence

from loaders.add import guess_units
from loaders.add.inspection import Inspection
from loaders.add.values import distinct_values, find_marks, format_examples, is_numeric, known_values
from loaders.core.escape import one_line

NUMBER_LIKE = re.compile(
    r"(?:[<>~≈]|(?:about|approx|c|ca|circa|etwa|env|environ)\b\.?)?\s*"
    r"[+-]?[\d.,' \u00a0\u202f\u2019]*\d[\d.,' \u00a0\u202f\u2019]*\s*[^\W\d]{0,8}[²/%\d]?",
    re.IGNORECASE,
)


def unreadable_quantities(inspection: Inspection) -> list[str]:
    """Warns of columns named like a quantity whose numbers use other marks than the rest of the file."""
    return [
        _unreadable_message(inspection, name)
        for name, column in inspection.columns.items()
        if guess_units.is_quantity(name)
        and not is_numeric(column, inspection.marks)
        and _is_number_like(known_values(column))
    ]


def _unreadable_message(inspection: Inspection, name: str) -> str:
    values = known_values(inspection.columns[name])
    quantity = "a capacity" if guess_units.is_capacity(name) else "an area"
    examples = format_examples(map(one_line, distinct_values(values)))
    problem = f"{one_line(name)} looks like {quantity}, but its values cannot be read: {examples}"
    marks = find_marks([values], comma_separates=False)
    if is_numeric(values, marks):
        thousands = f" and thousands: {marks.thousands!r}" if marks.thousands else ""
        seeming = f"they seem to be decimal: {marks.decimal!r}{thousands}"
        return (
            f"{problem}. State read.decimal and read.thousands ({seeming}); they hold for every column, and others are "
            f"written otherwise"
        )
    return f"{problem}. Where they are numbers with marks, state read.decimal and read.thousands; a number has no unit"


def _is_number_like(values: Sequence[str]) -> bool:
    return bool(values) and 2 * sum(bool(NUMBER_LIKE.fullmatch(value)) for value in values) >= len(values)
