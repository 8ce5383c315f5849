"""Which column states the area, which the capacity, and in which unit."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from loaders.adding import units
from loaders.adding.guess import Guess
from loaders.adding.look import Look
from loaders.adding.names import tokens
from loaders.adding.values import distinct, is_numeric, known, null_values, numbers, shown, without
from loaders.arrays import Numbers
from loaders.catalog_columns import AREA_UNITS_M2, CAPACITY_UNITS_MW, PEAK_SUFFIX
from loaders.escape import one_line

AGREES = 2.0  # times: stated and drawn areas that differ by less may be the same
DENSITY_W_PER_M2 = (5.0, 300.0)  # of a plant's outline, from sparse fields to nothing but modules
USUAL_W_PER_M2 = 50.0


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, and why it is likely."""

    name: str
    reason: str
    is_doubtful: bool = False


def area(look: Look) -> Guess | None:
    """The column with the stated area; null where no name looks like one."""
    names = [name for name in look.columns if units.is_area(name) and is_numeric(look.columns[name], look.marks)]
    if not names:
        return None
    # what a GIS adds by itself is in the units of the CRS
    name = max(names, key=lambda name: (not name.lower().startswith(("shape", "st_area")), _known_share(look, name)))
    unit = _area_unit(units.named_area_unit(name), _numbers(look, name), look.area_m2)
    return _guess(look, {"column": name, "unit": unit.name}, unit, names)


def _area_unit(named: str | None, stated: Numbers, drawn_m2: Numbers) -> Unit:
    both = (stated > 0) & (drawn_m2 > 0)
    if not both.any():
        unit = Unit(named, "the unit is in its name") if named else _area_unit_by_size(stated)
        return Unit(unit.name, f"{unit.reason}; there are no outlines to compare it with", unit.is_doubtful)
    ratio = float(np.median(stated[both] / drawn_m2[both]))
    name = named or units.nearest(ratio, AREA_UNITS_M2)
    times = ratio * AREA_UNITS_M2[name]
    source = "the unit is in its name" if named else "nobody states the unit; it is the nearest"
    if 1 / AGREES <= times <= AGREES:
        return Unit(name, f"{source}; the median of stated to drawn area is {times:.2f}")
    total = float(stated[both].sum() * AREA_UNITS_M2[name] / drawn_m2[both].sum())
    disagree = f"stated areas disagree with the outlines: {times:.3g} times as large (median; in all {total:.3g} times)"
    return Unit(name, f"{source}; {disagree}", is_doubtful=True)


def _area_unit_by_size(stated: Numbers) -> Unit:
    median = _median(stated)
    name = "m2" if median >= 1000 else "ha" if median >= 1 else "km2"
    return Unit(name, f"nobody states the unit; plants have areas such as the median, {median:.3g}, in {name}", True)


def capacity(look: Look, stated_area: Guess | None) -> Guess | None:
    """The column with the capacity; null where no name looks like one.

    Args:
        look: at the file.
        stated_area: the column with the area, which tells what is plausible where there are no outlines.
    """
    names = [name for name in look.columns if units.is_capacity(name) and is_numeric(look.columns[name], look.marks)]
    if not names:
        return None
    name = max(names, key=lambda name: (_capacity_score(name), round(_known_share(look, name), 2)))
    stated, area_m2 = _numbers(look, name), _areas_m2(look, stated_area)
    both = (stated > 0) & (area_m2 > 0)
    per_m2 = float(np.median(stated[both] / area_m2[both])) if both.any() else None
    named = units.named_capacity_unit(name)
    unit = _checked(named, per_m2) if named else _capacity_unit(_median(stated), per_m2)
    setting = {"column": name, "unit": unit.name}
    if unit.name.endswith(PEAK_SUFFIX):
        return _guess(look, setting, unit, names)
    basis = units.named_basis(name)
    said = f"{basis} by its name" if basis != "unknown" else "whether ac or dc is not stated"
    setting |= {"basis": basis} if basis != "unknown" else {}
    return _guess(look, setting, Unit(unit.name, f"{unit.reason}; {said}", unit.is_doubtful), names)


def _capacity_score(name: str) -> int:
    words = set(tokens(name))
    says_capacity = bool(words & {"cap", "capacity", "nameplate"})
    return 2 * says_capacity + bool(units.named_capacity_unit(name)) + ("installed" in words)


def _capacity_unit(median: float, per_m2: float | None) -> Unit:
    if per_m2 is None:
        name = "kW" if median >= 1000 else "MW"
        return Unit(name, f"nobody states the unit, and no area tells it; the median is {median:.3g}", True)
    watts = {name: factor * 1e6 / USUAL_W_PER_M2 for name, factor in CAPACITY_UNITS_MW.items()}
    name = units.nearest(per_m2, watts)
    density = _density(per_m2, name)
    return Unit(name, f"nobody states the unit; in {name} the median is {density:.3g} W/m2", not _is_plausible(density))


def _checked(named: str, per_m2: float | None) -> Unit:
    reason = "the unit is in its name"
    if per_m2 is None:
        return Unit(named, reason)
    density = _density(per_m2, named)
    is_plausible = _is_plausible(density)
    reason += f"; the median is {density:.3g} W/m2{'' if is_plausible else ', which solar plants do not have'}"
    return Unit(named, reason, not is_plausible)


def _density(per_m2: float, unit: str) -> float:
    """In watts for each square metre."""
    return per_m2 * CAPACITY_UNITS_MW[unit.removesuffix(PEAK_SUFFIX)] * 1e6


def _is_plausible(density_w_per_m2: float) -> bool:
    low, high = DENSITY_W_PER_M2
    return low <= density_w_per_m2 <= high


def _areas_m2(look: Look, stated_area: Guess | None) -> Numbers:
    """The drawn areas [m²], or else the stated ones."""
    if look.has_polygons or stated_area is None:
        return look.area_m2
    return _numbers(look, stated_area.value["column"]) * AREA_UNITS_M2[stated_area.value["unit"]]


def _guess(look: Look, setting: dict[str, Any], unit: Unit, names: list[str]) -> Guess:
    """With what stands for "unknown", what the load will stop at, and the other columns that might be meant."""
    column = look.columns[setting["column"]]
    nulls = null_values(column)
    wrong = [one_line(text) for text in distinct(without(column, nulls)) if not _is_measure(look, text)]
    others = [one_line(name) for name in names if name != setting["column"]]
    reasons = [unit.reason]
    if wrong:
        reasons.append(f"it holds {shown(wrong)}: add to null_values what means unknown, or the load stops")
    if others:
        reasons.append(f"beside it: {', '.join(others)}")
    return Guess(
        {**setting, "null_values": nulls} if nulls else setting, "; ".join(reasons), unit.is_doubtful or bool(wrong)
    )


def _is_measure(look: Look, text: str) -> bool:
    found = look.marks.number(text)
    return found is not None and found >= 0


def _numbers(look: Look, name: str) -> Numbers:
    column = look.columns[name]
    return numbers(without(column, null_values(column)), look.marks)


def _median(values: Numbers) -> float:
    held = values[values > 0]
    return float(np.median(held)) if held.size else 0.0


def _known_share(look: Look, name: str) -> float:
    return len(known(look.columns[name])) / max(len(look.columns[name]), 1)
