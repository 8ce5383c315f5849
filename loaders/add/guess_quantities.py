"""Area and capacity: detects their columns and units, checked against the outlines."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from loaders.add import guess_units
from loaders.add.draft import Guess
from loaders.add.inspection import Inspection
from loaders.add.names import tokens
from loaders.add.values import (
    ambiguous_thousands,
    distinct_values,
    format_examples,
    is_numeric,
    known_values,
    mask_nulls,
    null_values,
    to_numbers,
)
from loaders.core.arrays import Flags, Numbers
from loaders.core.escape import one_line
from loaders.settings.columns import AREA_UNITS_M2, CAPACITY_UNITS_MW, PEAK_SUFFIX

AGREEMENT_FACTOR, AGREEMENT_SHARE = (
    2.0,
    0.5,
)  # ratio of stated to outline area up to which they agree, and the share that must
DENSITY_W_PER_M2 = (5.0, 300.0)  # of a plant's outline, from sparse fields to bare modules
TYPICAL_W_PER_M2 = 50.0


FACTOR_OF_TEN = 10.0  # a stated area may exclude gaps; a larger factor is another unit
FOREIGN_UNITS_M2 = {
    **{"acres": 4046.8564, "square feet": 0.09290304, "square miles": 2_589_988.1, "dunams": 1000.0, "ares": 100.0},
    **{"mu": 2000 / 3, "rai": 1600.0, "feddans": 4200.8, "tsubo or pyeong": 3.305785},
}
SAME_AREA_TOLERANCE = 0.05  # relative difference between areas in one unit, from one projection to another


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
        return unit.name is not None, not unit.is_doubtful, is_named, not by_gis, _filled_share(inspection, name)

    name = max(names, key=rank)
    if fits[name].name is None:
        return Guess(None, f"{one_line(name)} looks like an area, but {fits[name].reason}", is_doubtful=True)
    return _quantity_guess(inspection, {"column": name, "unit": fits[name].name}, fits[name], names)


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
    stated_areas, outline_areas_m2, named_unit = (
        _column_numbers(inspection, name),
        inspection.area_m2,
        guess_units.named_area_unit(name),
    )
    is_comparable = (stated_areas > 0) & (outline_areas_m2 > 0)
    if not is_comparable.any():
        unit = Unit(named_unit, "the unit is in its name") if named_unit else _area_unit_by_size(stated_areas)
        return Unit(unit.name, f"{unit.reason}; there are no outlines to compare it with", unit.is_doubtful)
    ratio = float(np.median(stated_areas[is_comparable] / outline_areas_m2[is_comparable]))
    unit_name = named_unit or guess_units.nearest_unit(ratio, AREA_UNITS_M2)
    ratios = stated_areas[is_comparable] / outline_areas_m2[is_comparable] * AREA_UNITS_M2[unit_name]
    factor = ratio * AREA_UNITS_M2[unit_name]
    basis = "the unit is in its name" if named_unit else "nobody states the unit; it is the nearest"
    if (
        1 / AGREEMENT_FACTOR <= factor <= AGREEMENT_FACTOR
        and np.mean((ratios >= 1 / AGREEMENT_FACTOR) & (ratios <= AGREEMENT_FACTOR)) >= AGREEMENT_SHARE
    ):
        return Unit(unit_name, f"{basis}; the median of stated to drawn area is {factor:.2f}")
    if (
        mismatch := _named_unit_mismatch(named_unit, factor, ratio)
        if named_unit
        else _unit_mismatch(inspection, stated_areas, is_comparable, factor)
    ):
        return Unit(None, mismatch, is_doubtful=True)
    total = float(stated_areas[is_comparable].sum() * AREA_UNITS_M2[unit_name] / outline_areas_m2[is_comparable].sum())
    disagreement = (
        f"stated areas disagree with the outlines: {factor:.3g} times as large (median; in all {total:.3g} times)"
    )
    return Unit(unit_name, f"{basis}; {disagreement}", is_doubtful=True)


def _named_unit_mismatch(named_unit: str, factor: float, ratio: float) -> str:
    """Why an area cannot be in the unit that its column name states; empty where it can."""
    if 1 / FACTOR_OF_TEN <= factor <= FACTOR_OF_TEN:
        return ""
    fitting_unit = guess_units.nearest_unit(ratio, AREA_UNITS_M2)
    fitting_factor = ratio * AREA_UNITS_M2[fitting_unit]
    hint = (
        f"; in {fitting_unit} it would be {fitting_factor:.2f} times"
        if 1 / AGREEMENT_FACTOR <= fitting_factor <= AGREEMENT_FACTOR
        else ""
    )
    return f"in {named_unit}, which its name says, it is {factor:.2g} times the outlines (median){hint}"


def _unit_mismatch(inspection: Inspection, stated_areas: Numbers, is_comparable: Flags, factor: float) -> str:
    """Why an area fits no unit of the settings; empty where one is possible."""
    nearest_note = f"in the nearest it is {factor:.2g} times the outlines (median)"
    planar_areas = (
        inspection.planar_area[is_comparable]
        if inspection.planar_area.size
        else np.full(int(is_comparable.sum()), np.nan)
    )
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
    median = _median(stated_areas)
    name = "m2" if median >= 1000 else "ha" if median >= 1 else "km2"
    return Unit(name, f"nobody states the unit; plants have areas such as the median, {median:.3g}, in {name}", True)


def capacity(inspection: Inspection, stated_area: Guess | None) -> Guess | None:
    """The column with the capacity; null where no name fits.

    Args:
        inspection: at the file.
        stated_area: the column with the area, for the plausibility check where there are no outlines.
    """
    names = [
        name
        for name in inspection.columns
        if guess_units.is_capacity(name) and is_numeric(inspection.columns[name], inspection.marks)
    ]
    if not names:
        return None
    name = max(names, key=lambda name: (_capacity_score(name), round(_filled_share(inspection, name), 2)))
    capacities, area_m2 = _column_numbers(inspection, name), _reference_areas_m2(inspection, stated_area)
    is_comparable = (capacities > 0) & (area_m2 > 0)
    per_m2 = float(np.median(capacities[is_comparable] / area_m2[is_comparable])) if is_comparable.any() else None
    named_unit = guess_units.named_capacity_unit(name)
    unit = _named_capacity_unit(named_unit, per_m2) if named_unit else _capacity_unit(_median(capacities), per_m2)
    if unit.name is None:
        return Guess(None, f"{one_line(name)} looks like a capacity, but {unit.reason}", is_doubtful=True)
    setting: dict[str, Any] = {"column": name, "unit": unit.name}
    if unit.name.endswith(PEAK_SUFFIX):
        return _quantity_guess(inspection, setting, unit, names)
    basis = guess_units.named_capacity_basis(name)
    basis_note = f"{basis} by its name" if basis != "unknown" else "whether ac or dc is not stated"
    setting |= {"basis": basis} if basis != "unknown" else {}
    return _quantity_guess(
        inspection, setting, Unit(unit.name, f"{unit.reason}; {basis_note}", unit.is_doubtful), names
    )


def _capacity_score(name: str) -> int:
    words = set(tokens(name))
    says_capacity = bool(words & {"cap", "capacity", "nameplate"})
    return 2 * says_capacity + 3 * bool(guess_units.named_capacity_unit(name)) + ("installed" in words)


def _capacity_unit(median: float, per_m2: float | None) -> Unit:
    if per_m2 is None:
        name = "kW" if median >= 1000 else "MW"
        return Unit(name, f"nobody states the unit, and no area tells it; the median is {median:.3g}", True)
    watts = {name: factor * 1e6 / TYPICAL_W_PER_M2 for name, factor in CAPACITY_UNITS_MW.items()}
    name = guess_units.nearest_unit(per_m2, watts)
    density = _density_w_per_m2(per_m2, name)
    if _is_plausible(density):
        return Unit(name, f"nobody states the unit; in {name} the median is {density:.3g} W/m2")
    return Unit(None, f"no unit fits: in the nearest, {name}, the median is {density:.3g} W/m2", is_doubtful=True)


def _named_capacity_unit(named_unit: str, per_m2: float | None) -> Unit:
    reason = "the unit is in its name"
    if per_m2 is None:
        return Unit(named_unit, reason)
    density = _density_w_per_m2(per_m2, named_unit)
    is_plausible = _is_plausible(density)
    reason += f"; the median is {density:.3g} W/m2{'' if is_plausible else ', which solar plants do not have'}"
    return Unit(named_unit, reason, not is_plausible)


def _density_w_per_m2(per_m2: float, unit: str) -> float:
    """Power density of a median capacity per m² in this unit [W/m²]."""
    return per_m2 * CAPACITY_UNITS_MW[unit.removesuffix(PEAK_SUFFIX)] * 1e6


def _is_plausible(density_w_per_m2: float) -> bool:
    low, high = DENSITY_W_PER_M2
    return low <= density_w_per_m2 <= high


def _reference_areas_m2(inspection: Inspection, stated_area: Guess | None) -> Numbers:
    """Areas of the outlines [m²]; the stated ones where there are no outlines."""
    if inspection.has_polygons or stated_area is None or stated_area.value is None:
        return inspection.area_m2
    return _column_numbers(inspection, stated_area.value["column"]) * AREA_UNITS_M2[stated_area.value["unit"]]


def _quantity_guess(inspection: Inspection, setting: dict[str, Any], unit: Unit, names: list[str]) -> Guess:
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
        reasons.append(f"beside it: {', '.join(others)}")
    return Guess(
        {**setting, "null_values": nulls} if nulls else setting,
        "; ".join(reasons),
        unit.is_doubtful or bool(invalid or thousands),
    )


def _is_quantity_text(inspection: Inspection, text: str) -> bool:
    number = inspection.marks.number(text)
    return number is not None and number >= 0


def _column_numbers(inspection: Inspection, name: str) -> Numbers:
    column = inspection.columns[name]
    return to_numbers(mask_nulls(column, null_values(column)), inspection.marks)


def _median(values: Numbers) -> float:
    positive = values[values > 0]
    return float(np.median(positive)) if positive.size else 0.0


def _filled_share(inspection: Inspection, name: str) -> float:
    return len(known_values(inspection.columns[name])) / max(len(inspection.columns[name]), 1)
