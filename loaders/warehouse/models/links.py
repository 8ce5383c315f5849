"""Matched pairs of records, and what limits the installations that they form: the inputs of `clustering`."""

from dataclasses import dataclass

from loaders.core.arrays import Flags, Numbers, Rows


@dataclass(frozen=True, slots=True)
class Links:
    """Matched pairs of records, by row.

    Attributes:
        a, b: the records.
        strength: match weight [0 to 1, and 2 for an override]; the weakest links are cut first.
        is_fixed: never cut by distance: overrides, identifiers, groups of the publisher, and equal shapes.
        is_one_to_one: joins no two records of one dataset, not even by way of others.
        apart_m: how far apart a rule for points lets the two be [m]; 0 for all other rules.
    """

    a: Rows
    b: Rows
    strength: Numbers
    is_fixed: Flags
    is_one_to_one: Flags
    apart_m: Numbers


@dataclass(frozen=True, slots=True)
class CannotLinks:
    """Pairs of records that must not be one installation (cannot-link constraints), by row."""

    a: Rows
    b: Rows


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on the size of an installation.

    Attributes:
        spread: how many times larger its hull may be than that of its largest record.
        outlines_m2: least area [m²] that counts as the largest record's, where all are outlines.
        points_m2: the same where there is a point, which has no area itself; more where a link reaches further.
    """

    spread: float
    outlines_m2: float
    points_m2: float
