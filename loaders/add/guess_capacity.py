"""Capacity: detects its column, unit and basis, checked against the power density of plants."""

from typing import Any

import numpy as np

from loaders.add import guess_categories, guess_units
from loaders.add.draft import Guess
from loaders.add.inspection import Inspection
from loaders.add.names import tokens
from loaders.add.quantity_column import Unit, column_numbers, filled_share, positive_median, quantity_guess
from loaders.add.values import is_numeric
from loaders.core.arrays import Numbers
from loaders.core.escape import one_line
from loaders.settings.columns import AREA_UNITS_M2, CAPACITY_UNITS_MW, PEAK_SUFFIX

DENSITY_W_PER_M2 = (5.0, 300.0)  # of a plant's outline, from sparse fields to bare modules
TYPICAL_W_PER_M2 = 50.0
LARGE_PLANT_MW = 1000.0  # a median from which the unit is not MW
LARGE_ROOF_MW = 1.0  # a median from which plants are not on roofs
WORLD_MW = 5e6  # more than all photovoltaics on Earth
REGISTERS_IN_KW = {
    **dict.fromkeys(("bruttoleistung", "nettonennleistung"), "the Marktstammdatenregister"),
    **dict.fromkeys(("puismaxinstallee", "puismaxrac"), "the French national register"),
    **dict.fromkeys(("initialpower", "totalpower"), "the Swiss register of plants"),
}
FACTOR_OF_TEN = 10.0  # a ground coverage, or a stated area of more than the modules; a larger factor is another unit


def capacity(inspection: Inspection, stated_area: Guess | None) -> Guess | None:
    """The column with the capacity; null where no name fits.

    Args:
        inspection: of the file.
        stated_area: the column with the area, for the plausibility check where there are no outlines.
    """
    names = [
        name
        for name in inspection.columns
        if guess_units.is_capacity(name) and is_numeric(inspection.columns[name], inspection.marks)
    ]
    if not names:
        return None
    name = max(names, key=lambda name: (_capacity_score(name), round(filled_share(inspection, name), 2)))
    unit = _unit(inspection, name, stated_area)
    if unit.name is None:
        return Guess(None, f"{one_line(name)} looks like a capacity, but {unit.reason}", is_doubtful=True)
    setting: dict[str, Any] = {"column": name, "unit": unit.name}
    if unit.name.endswith(PEAK_SUFFIX):
        return quantity_guess(inspection, setting, unit, names)
    basis = guess_units.named_capacity_basis(name)
    basis_note = f"{basis} by its name" if basis != "unknown" else "whether ac or dc is not stated"
    setting |= {"basis": basis} if basis != "unknown" else {}
    return quantity_guess(inspection, setting, Unit(unit.name, f"{unit.reason}; {basis_note}", unit.is_doubtful), names)


def _unit(inspection: Inspection, name: str, stated_area: Guess | None) -> Unit:
    """The unit of a column: named, or by the power density, or by what is usual without areas."""
    capacities, area_m2 = column_numbers(inspection, name), _reference_areas_m2(inspection, stated_area)
    is_comparable = (capacities > 0) & (area_m2 > 0)
    per_m2 = float(np.median(capacities[is_comparable] / area_m2[is_comparable])) if is_comparable.any() else None
    if named_unit := guess_units.named_capacity_unit(name):
        if per_m2 is None:
            return _named_unit_without_area(inspection, named_unit, positive_median(capacities))
        return _named_capacity_unit(named_unit, per_m2)
    if per_m2 is None:
        return _unit_without_area(inspection, name, capacities)
    unit = _unit_of_density(per_m2)
    if not inspection.has_polygons and _is_ambiguous(per_m2, stated_area):
        return Unit(unit.name, f"{unit.reason}, by an area whose unit is a guess as well", is_doubtful=True)
    return unit


def _capacity_score(name: str) -> int:
    words = set(tokens(name))
    says_capacity = bool(words & {"cap", "capacity", "nameplate"})
    return 2 * says_capacity + 3 * bool(guess_units.named_capacity_unit(name)) + ("installed" in words)


def _unit_without_area(inspection: Inspection, name: str, capacities: Numbers) -> Unit:
    register = next((REGISTERS_IN_KW[word] for word in tokens(name) if word in REGISTERS_IN_KW), None)
    if register:
        return Unit("kW", f"the unit is not stated; {register} has columns of this name in kW", is_doubtful=True)
    median = positive_median(capacities)
    if {*tokens(name)} >= guess_units.SYSTEM_SIZE:
        return Unit("kW", f"the unit is not stated; sizes of systems are in kW, and the median is {median:.3g}", True)
    if guess_categories.is_on_roofs(inspection):
        return Unit("kW", f"the unit is not stated; most are on roofs, and the median is {median:.3g}", True)
    total = float(np.nanmean(capacities)) * inspection.features
    if median < LARGE_PLANT_MW and total > WORLD_MW:
        reason = f"in MW, all records together would have {total / 1000:,.0f} GW, more than the world has"
        return Unit("kW", f"the unit is not stated; {reason}", is_doubtful=True)
    unit = "kW" if median >= LARGE_PLANT_MW else "MW"
    return Unit(unit, f"the unit is not stated, and no area tells it; the median is {median:.3g}", True)


def _unit_of_density(per_m2: float) -> Unit:
    watts = {name: factor * 1e6 / TYPICAL_W_PER_M2 for name, factor in CAPACITY_UNITS_MW.items()}
    name = guess_units.nearest_unit(per_m2, watts)
    density = _density_w_per_m2(per_m2, name)
    if is_plausible_density(density):
        return Unit(name, f"the unit is not stated; in {name} the median is {density:.3g} W/m2")
    return Unit(None, f"no unit fits: in the nearest, {name}, the median is {density:.3g} W/m2", is_doubtful=True)


def _is_ambiguous(per_m2: float, stated_area: Guess | None) -> bool:
    """Whether several pairs of units give a plausible density, where the unit of the area is doubtful."""
    if stated_area is None or stated_area.value is None or not stated_area.is_doubtful:
        return False
    per_area = per_m2 * AREA_UNITS_M2[stated_area.value["unit"]]
    densities = [
        _density_w_per_m2(per_area / area_m2, unit) for area_m2 in AREA_UNITS_M2.values() for unit in ("kW", "MW")
    ]
    return sum(map(is_plausible_density, densities)) > 1


def _named_unit_without_area(inspection: Inspection, named_unit: str, median: float) -> Unit:
    median_mw = median * CAPACITY_UNITS_MW[named_unit.removesuffix(PEAK_SUFFIX)]
    if median_mw < LARGE_ROOF_MW or not guess_categories.is_on_roofs(inspection):
        return Unit(named_unit, "the unit is in its name")
    reason = f"in {named_unit}, which its name says, the median is {median:.3g}, and most are on roofs"
    return Unit(None, reason, is_doubtful=True)


def _named_capacity_unit(named_unit: str, per_m2: float) -> Unit:
    reason = "the unit is in its name"
    density = _density_w_per_m2(per_m2, named_unit)
    if is_plausible_density(density):
        return Unit(named_unit, f"{reason}; the median is {density:.3g} W/m2")
    low, high = DENSITY_W_PER_M2
    if low / FACTOR_OF_TEN <= density <= high * FACTOR_OF_TEN:
        return Unit(named_unit, f"{reason}; the median is {density:.3g} W/m2, which solar plants do not have", True)
    fitting = [unit for unit in CAPACITY_UNITS_MW if is_plausible_density(_density_w_per_m2(per_m2, unit))]
    hint = f"; in {fitting[0]} it would be {_density_w_per_m2(per_m2, fitting[0]):.3g} W/m2" if fitting else ""
    return Unit(None, f"in {named_unit}, which its name says, the median is {density:.3g} W/m2{hint}", is_doubtful=True)


def _density_w_per_m2(per_m2: float, unit: str) -> float:
    """Power density of a median capacity per m² in this unit [W/m²]."""
    return per_m2 * CAPACITY_UNITS_MW[unit.removesuffix(PEAK_SUFFIX)] * 1e6


def is_plausible_density(density_w_per_m2: float) -> bool:
    """Whether solar plants, or bare modules, have this power density."""
    low, high = DENSITY_W_PER_M2
    return low <= density_w_per_m2 <= high


def _reference_areas_m2(inspection: Inspection, stated_area: Guess | None) -> Numbers:
    """Areas of the outlines [m²]; the stated ones where there are no outlines."""
    if inspection.has_polygons or stated_area is None or stated_area.value is None:
        return inspection.area_m2
    return column_numbers(inspection, stated_area.value["column"]) * AREA_UNITS_M2[stated_area.value["unit"]]
