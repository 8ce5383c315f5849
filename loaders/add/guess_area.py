"""Stated area: detects its column and unit, checked against the areas of the outlines."""

import math

import numpy as np

from loaders.add import guess_categories, guess_units
from loaders.add.draft import Guess
from loaders.add.guess_capacity import TYPICAL_W_PER_M2, is_plausible_density
from loaders.add.inspection import Inspection
from loaders.add.quantity_column import Unit, column_numbers, filled_share, positive_median, quantity_guess
from loaders.add.values import is_numeric
from loaders.core.arrays import Flags, Numbers
from loaders.core.escape import one_line
from loaders.settings.columns import AREA_UNITS_M2, CAPACITY_UNITS_MW, PEAK_SUFFIX

AGREEMENT_FACTOR = 2.0  # ratio of stated to outline area up to which they agree
AGREEMENT_SHARE = 0.5  # of the records must agree
FACTOR_OF_TEN = 10.0  # a stated area may exclude gaps; a larger factor is another unit
FOREIGN_UNITS_M2 = {
    **{"acres": 4046.8564, "square feet": 0.09290304, "square miles": 2_589_988.1, "dunams": 1000.0, "ares": 100.0},
    **{"mu": 2000 / 3, "rai": 1600.0, "feddans": 4200.8, "tsubo or pyeong": 3.305785},
}
PANEL_KW_PER_M2 = (0.05, 0.25)
LARGE_ROOF_M2 = 1000.0
CONSTANT_SHARE, MIN_CONSTANT = 0.8, 3  # of the ratios, and their number, from which areas differ by a constant factor
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
        unit = (
            Unit(named_unit, "the unit is in its name") if named_unit else _area_unit_by_size(inspection, stated_areas)
        )
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
    if _is_constant(stated_areas[is_comparable] / inspection.area_m2[is_comparable]):
        return f"no unit fits: nearly all are {factor:.3g} times the outlines, as pixels are, or a distorted projection"
    if 1 / FACTOR_OF_TEN <= factor <= FACTOR_OF_TEN:
        return ""
    return f"no unit fits: {nearest_note}"


def _is_constant(ratios: Numbers) -> bool:
    """Whether areas differ from others by a factor, which is then a unit."""
    medians = np.full(len(ratios), float(np.median(ratios)))
    return len(ratios) >= MIN_CONSTANT and _are_alike(ratios, medians, CONSTANT_SHARE)


def _are_alike(left: Numbers, right: Numbers, share: float = AGREEMENT_SHARE) -> bool:
    """Whether at least this share of the values are equal, within the tolerance."""
    return bool(np.mean(np.abs(left - right) <= SAME_AREA_TOLERANCE * right) >= share)


def _area_unit_by_size(inspection: Inspection, stated_areas: Numbers) -> Unit:
    """The unit of areas without outlines: by the capacity per area, else by the size of plants."""
    median = positive_median(stated_areas)
    per_area, capacity_unit = _capacity_per_area(inspection, stated_areas)
    if capacity_unit:
        densities = {unit: per_area * _watts(capacity_unit) / unit_m2 for unit, unit_m2 in AREA_UNITS_M2.items()}
        name = min(densities, key=lambda unit: abs(math.log(densities[unit] / TYPICAL_W_PER_M2)))
        if is_plausible_density(densities[name]):
            return Unit(name, f"the unit is not stated; in {name} the median is {densities[name]:.3g} W/m2", True)
    low, high = PANEL_KW_PER_M2
    if not capacity_unit and low <= per_area <= high and median < LARGE_ROOF_M2:
        reason = (
            f"{1000 * per_area:.3g} W/m2, as panels have, if the capacity is in kW; in ha and MW {100 * per_area:.3g}"
        )
        return Unit("m2", f"the unit is not stated; the median is {reason}", True)
    if guess_categories.is_on_roofs(inspection):
        return Unit("m2", f"the unit is not stated; most are on roofs, and the median is {median:.3g}", True)
    name = "m2" if median >= LARGE_ROOF_M2 else "ha" if median >= 1 else "km2"
    return Unit(name, f"the unit is not stated; plants have areas such as the median, {median:.3g}, in {name}", True)


def _capacity_per_area(inspection: Inspection, stated_areas: Numbers) -> tuple[float, str]:
    """The median capacity per stated area, and the unit that the capacity names; NaN without a capacity."""
    names = [
        name
        for name, column in inspection.columns.items()
        if guess_units.is_capacity(name) and is_numeric(column, inspection.marks)
    ]
    for name in sorted(names, key=lambda name: guess_units.named_capacity_unit(name) is None):
        capacities = column_numbers(inspection, name)
        is_comparable = (capacities > 0) & (stated_areas > 0)
        if is_comparable.any():
            median = float(np.median(capacities[is_comparable] / stated_areas[is_comparable]))
            return median, guess_units.named_capacity_unit(name) or ""
    return math.nan, ""


def _watts(capacity_unit: str) -> float:
    return CAPACITY_UNITS_MW[capacity_unit.removesuffix(PEAK_SUFFIX)] * 1e6
