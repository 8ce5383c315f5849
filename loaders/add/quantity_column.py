"""Columns with a quantity: the unit, null values and values of a detected area or capacity column."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from loaders.add.draft import Guess
from loaders.add.inspection import Inspection
from loaders.add.values import (
    ambiguous_thousands,
    distinct_values,
    format_examples,
    known_values,
    mask_nulls,
    null_values,
    to_numbers,
)
from loaders.core.arrays import Numbers
from loaders.core.escape import one_line


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, and why it is likely.

    Attributes:
        name: as in the settings; null where none fits.
        reason: the evidence, for the comment.
        is_doubtful: whether it needs review.
    """

    name: str | None
    reason: str
    is_doubtful: bool = False


def quantity_guess(inspection: Inspection, setting: dict[str, Any], unit: Unit, names: list[str]) -> Guess:
    """The guess with its null values; warns of unreadable values and other candidate columns."""
    column = inspection.columns[setting["column"]]
    nulls = null_values(column)
    invalid = [
        one_line(text) for text in distinct_values(mask_nulls(column, nulls)) if not _is_quantity_text(inspection, text)
    ]
    thousands = ambiguous_thousands(column, inspection.marks)
    others = [one_line(name) for name in names if name != setting["column"]]
    reasons = [unit.reason]
    if invalid:
        reasons.append(f"it holds {format_examples(invalid)}: add to null_values what means unknown, or the load stops")
    if thousands:
        reasons.append(f"{thousands} may be thousands: then state read.decimal and read.thousands")
    if others:
        reasons.append(f"other candidates: {', '.join(others)}")
    return Guess(
        {**setting, "null_values": nulls} if nulls else setting,
        "; ".join(reasons),
        unit.is_doubtful or bool(invalid or thousands),
    )


def _is_quantity_text(inspection: Inspection, text: str) -> bool:
    number = inspection.marks.parse(text)
    return number is not None and number >= 0


def column_numbers(inspection: Inspection, name: str) -> Numbers:
    """The values of a column as numbers; NaN where there is none."""
    column = inspection.columns[name]
    return to_numbers(mask_nulls(column, null_values(column)), inspection.marks)


def positive_median(values: Numbers) -> float:
    """The median of the positive values; 0 where there are none."""
    positive = values[values > 0]
    return float(np.median(positive)) if positive.size else 0.0


def filled_share(inspection: Inspection, name: str) -> float:
    """The share of known values in a column."""
    return len(known_values(inspection.columns[name])) / max(len(inspection.columns[name]), 1)
