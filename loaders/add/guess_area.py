"""Stated area: detects its column and unit, checked against the areas of the outlines."""

import numpy as np

from loaders.add import guess_units
from loaders.add.draft import Guess
from loaders.add.inspection import Inspection
from loaders.add.quantity_column import Unit, column_numbers, filled_share, positive_median, quantity_guess
from loaders.add.values import is_numeric
from loaders.core.arrays import Flags, Numbers
from loaders.core.escape import one_line
from loaders.settings.columns import AREA_UNITS_M2

AGREEMENT_FACTOR = 2.0  # ratio of stated to outline area up to which they agree
AGREEMENT_SHARE = 0.5  # of the records must agree
FACTOR_OF_TEN = 10.0  # a stated area may exclude gaps; a larger factor is another unit
FOREIGN_UNITS_M2 = {
    **{"acres": 4046.8564, "square feet": 0.09290304, "square miles": 2_589_988.1, "dunams": 1000.0, "ares": 100.0},
    **{"mu": 2000 / 3, "rai": 1600.0, "feddans": 4200.8, "tsubo or pyeong": 3.305785},
}
SAME_AREA_TOLERANCE = 0.05  # relative difference between areas in one unit, from one projection to another


def area(inspection: Inspection) -> Guess | None:
    """The column with the stated area; a guess with a null value where no unit fits, null where no name fits."""
    names = [
        name
        for name in inspection.columns
        if guess_units.is_area(name) and is_numeric(inspection.columns[name], inspection.marks)
    ]
    if not names:
        return _foreign_unit_guess(inspection)
    fits = {name: _area_unit(inspection, name) for name in names}

    def rank(name: str) -> tuple[bool, bool, bool, bool, float]:
        unit, is_named = fits[name], guess_units.named_area_unit(name) is not None
        by_gis = name.lower().startswith(("shape", "st_area"))  # in the units of the CRS
        return unit.name is not None, not unit.is_doubtful, is_named, not by_gis, filled_share(inspection, name)

    name = max(names, key=rank)
    if fits[name].name is None:
        return Guess(None, f"{one_line(name)} looks like an area, but {fits[name].reason}", is_doubtful=True)
    return quantity_guess(inspection, {"column": name, "unit": fits[name].name}, fits[name], names)


def _foreign_unit_guess(inspection: Inspection) -> Guess | None:
    """A guess with a null value where the only area column is in a unit that the settings lack."""
    for name, column in inspection.columns.items():
        if guess_units.is_foreign_area(name) and is_numeric(column, inspection.marks):
            reason = (
                f"{one_line(name)} looks like an area, but by its name it is in no unit of {', '.join(AREA_UNITS_M2)}"
            )
            return Guess(None, reason, is_doubtful=True)
    return None


def _area_unit(inspection: Inspection, name: str) -> Unit:
    named_unit = guess_units.named_area_unit(name)
    stated_areas, outline_areas_m2 = column_numbers(inspection, name), inspection.area_m2
    is_comparable = (stated_areas > 0) & (outline_areas_m2 > 0)
    if not is_comparable.any():
        unit = Unit(named_unit, "the unit is in its name") if named_unit else _area_unit_by_size(stated_areas)
        return Unit(unit.name, f"{unit.reason}; there are no outlines to compare it with", unit.is_doubtful)
    stated, outline_m2 = stated_areas[is_comparable], outline_areas_m2[is_comparable]
    ratio = float(np.median(stated / outline_m2))
    unit_name = named_unit or guess_units.nearest_unit(ratio, AREA_UNITS_M2)
    factor = ratio * AREA_UNITS_M2[unit_name]
    basis = "the unit is in its name" if named_unit else "the unit is not stated; it is the nearest"
    share = np.mean(_agrees(stated / outline_m2 * AREA_UNITS_M2[unit_name]))
    if _agrees(np.array(factor)) and share >= AGREEMENT_SHARE:
        return Unit(unit_name, f"{basis}; the median of stated to drawn area is {factor:.2f}")
    if named_unit:
        mismatch = _named_unit_mismatch(named_unit, factor, ratio)
    else:
        mismatch = _unit_mismatch(inspection, stated_areas, is_comparable, factor)
    if mismatch:
        return Unit(None, mismatch, is_doubtful=True)
    total = float(stated.sum() * AREA_UNITS_M2[unit_name] / outline_m2.sum())
    times = f"{factor:.3g} times as large (median; in all {total:.3g} times)"
    return Unit(unit_name, f"{basis}; stated areas disagree with the outlines: {times}", is_doubtful=True)


def _agrees(factors: Numbers) -> Flags:
    return (factors >= 1 / AGREEMENT_FACTOR) & (factors <= AGREEMENT_FACTOR)


def _named_unit_mismatch(named_unit: str, factor: float, ratio: float) -> str:
    """Why an area cannot be in the unit that its column name states; empty where it can."""
    if 1 / FACTOR_OF_TEN <= factor <= FACTOR_OF_TEN:
        return ""
    fitting_unit = guess_units.nearest_unit(ratio, AREA_UNITS_M2)
    fitting_factor = ratio * AREA_UNITS_M2[fitting_unit]
    is_fitting = 1 / AGREEMENT_FACTOR <= fitting_factor <= AGREEMENT_FACTOR
    hint = f"; in {fitting_unit} it would be {fitting_factor:.2f} times" if is_fitting else ""
    return f"in {named_unit}, which its name says, it is {factor:.2g} times the outlines (median){hint}"


def _unit_mismatch(inspection: Inspection, stated_areas: Numbers, is_comparable: Flags, factor: float) -> str:
    """Why an area fits no unit of the settings; empty where one is possible."""
    nearest_note = f"in the nearest it is {factor:.2g} times the outlines (median)"
    planar_areas = np.full(int(is_comparable.sum()), np.nan)
    if inspection.planar_area.size:
        planar_areas = inspection.planar_area[is_comparable]
    if _are_alike(stated_areas[is_comparable], planar_areas):
        reason = "it is the area in the plane of the file's CRS (square degrees, or distorted)"
        return f"no unit fits: {reason}; {nearest_note}"
    for unit, unit_m2 in FOREIGN_UNITS_M2.items():
        if _are_alike(stated_areas[is_comparable] * unit_m2, inspection.area_m2[is_comparable]):
            return f"no unit of the settings fits: it seems to be in {unit}"
    if 1 / FACTOR_OF_TEN <= factor <= FACTOR_OF_TEN:
        return ""
    return f"no unit fits: {nearest_note}"


def _are_alike(left: Numbers, right: Numbers) -> bool:
    """Whether at least half of the values are equal, within the tolerance."""
    return bool(np.mean(np.abs(left - right) <= SAME_AREA_TOLERANCE * right) >= AGREEMENT_SHARE)


def _area_unit_by_size(stated_areas: Numbers) -> Unit:
    median = positive_median(stated_areas)
    name = "m2" if median >= 1000 else "ha" if median >= 1 else "km2"
    return Unit(name, f"the unit is not stated; plants have areas such as the median, {median:.3g}, in {name}", True)
