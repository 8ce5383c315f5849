"""Which column states the area, which the capacity, and in which unit."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from loaders.add import guess_units as units
from loaders.add.draft import Guess
from loaders.add.inspection import Look
from loaders.add.names import tokens
from loaders.add.values import (
    distinct,
    is_numeric,
    known,
    maybe_thousands,
    null_values,
    numbers,
    shown,
    without,
)
from loaders.core.arrays import Flags, Numbers
from loaders.core.escape import one_line
from loaders.settings.columns import AREA_UNITS_M2, CAPACITY_UNITS_MW, PEAK_SUFFIX

AGREES, HALF = 2.0, 0.5  # times: stated and drawn areas that differ by less may be the same
DENSITY_W_PER_M2 = (5.0, 300.0)  # of a plant's outline, from sparse fields to nothing but modules
USUAL_W_PER_M2 = 50.0


FACTOR_OF_TEN = 10.0  # a publisher may count something else than the outline; more is another unit
FOREIGN_M2 = {
    **{"acres": 4046.8564, "square feet": 0.09290304, "square miles": 2_589_988.1, "dunams": 1000.0, "ares": 100.0},
    **{"mu": 2000 / 3, "rai": 1600.0, "feddans": 4200.8, "tsubo or pyeong": 3.305785},
}
SAME = 0.05  # of the area: so far may areas of one unit differ, from one projection to another


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, and why it is likely.

    Attributes:
        name: as the settings write it; null where none fits.
        reason: for people.
        is_doubtful: whether somebody should look at it.
    """

    name: str | None
    reason: str
    is_doubtful: bool = False


def area(look: Look) -> Guess | None:
    """The column with the stated area; a guess of nothing where no unit fits, null where no name looks like one."""
    names = [name for name in look.columns if units.is_area(name) and is_numeric(look.columns[name], look.marks)]
    if not names:
        return _in_foreign_unit(look)
    found = {name: _area_unit(look, name) for name in names}

    def rank(name: str) -> tuple[bool, bool, bool, bool, float]:
        unit, is_named = found[name], units.named_area_unit(name) is not None
        by_gis = name.lower().startswith(("shape", "st_area"))  # in the units of the CRS
        return unit.name is not None, not unit.is_doubtful, is_named, not by_gis, _known_share(look, name)

    name = max(names, key=rank)
    if found[name].name is None:
        return Guess(None, f"{one_line(name)} looks like an area, but {found[name].reason}", is_doubtful=True)
    return _guess(look, {"column": name, "unit": found[name].name}, found[name], names)


def _in_foreign_unit(look: Look) -> Guess | None:
    """Why there is no area where the only one is counted in something else than the settings can."""
    for name, column in look.columns.items():
        if units.is_foreign_area(name) and is_numeric(column, look.marks):
            reason = (
                f"{one_line(name)} looks like an area, but by its name it is in no unit of {', '.join(AREA_UNITS_M2)}"
            )
            return Guess(None, reason, is_doubtful=True)
    return None


def _area_unit(look: Look, name: str) -> Unit:
    stated, drawn_m2, named = _numbers(look, name), look.area_m2, units.named_area_unit(name)
    both = (stated > 0) & (drawn_m2 > 0)
    if not both.any():
        unit = Unit(named, "the unit is in its name") if named else _area_unit_by_size(stated)
        return Unit(unit.name, f"{unit.reason}; there are no outlines to compare it with", unit.is_doubtful)
    ratio = float(np.median(stated[both] / drawn_m2[both]))
    unit_name = named or units.nearest(ratio, AREA_UNITS_M2)
    ratios = stated[both] / drawn_m2[both] * AREA_UNITS_M2[unit_name]
    times = ratio * AREA_UNITS_M2[unit_name]
    source = "the unit is in its name" if named else "nobody states the unit; it is the nearest"
    if 1 / AGREES <= times <= AGREES and np.mean((ratios >= 1 / AGREES) & (ratios <= AGREES)) >= HALF:
        return Unit(unit_name, f"{source}; the median of stated to drawn area is {times:.2f}")
    if refused := _named_otherwise(named, times, ratio) if named else _no_unit(look, stated, both, times):
        return Unit(None, refused, is_doubtful=True)
    total = float(stated[both].sum() * AREA_UNITS_M2[unit_name] / drawn_m2[both].sum())
    disagree = f"stated areas disagree with the outlines: {times:.3g} times as large (median; in all {total:.3g} times)"
    return Unit(unit_name, f"{source}; {disagree}", is_doubtful=True)


def _named_otherwise(named: str, times: float, ratio: float) -> str:
    """Why a stated area is not in the unit that its column names; empty where it may be."""
    if 1 / FACTOR_OF_TEN <= times <= FACTOR_OF_TEN:
        return ""
    fitting = units.nearest(ratio, AREA_UNITS_M2)
    in_fitting = ratio * AREA_UNITS_M2[fitting]
    hint = f"; in {fitting} it would be {in_fitting:.2f} times" if 1 / AGREES <= in_fitting <= AGREES else ""
    return f"in {named}, which its name says, it is {times:.2g} times the outlines (median){hint}"


def _no_unit(look: Look, stated: Numbers, both: Flags, times: float) -> str:
    """Why a stated area is in no unit that the settings have; empty where it may be."""
    nearest = f"in the nearest it is {times:.2g} times the outlines (median)"
    planar = look.planar_area[both] if look.planar_area.size else np.full(int(both.sum()), np.nan)
    if _are_alike(stated[both], planar):
        return f"no unit fits: it is the area in the plane of the file's CRS (square degrees, or distorted); {nearest}"
    for unit, factor in FOREIGN_M2.items():
        if _are_alike(stated[both] * factor, look.area_m2[both]):
            return f"no unit of the settings fits: it seems to be in {unit}"
    if 1 / FACTOR_OF_TEN <= times <= FACTOR_OF_TEN:
        return ""
    return f"no unit fits: {nearest}"


def _are_alike(left: Numbers, right: Numbers) -> bool:
    """Whether half of the values, or more, are the same."""
    return bool(np.mean(np.abs(left - right) <= SAME * right) >= HALF)


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
    if unit.name is None:
        return Guess(None, f"{one_line(name)} looks like a capacity, but {unit.reason}", is_doubtful=True)
    setting: dict[str, Any] = {"column": name, "unit": unit.name}
    if unit.name.endswith(PEAK_SUFFIX):
        return _guess(look, setting, unit, names)
    basis = units.named_basis(name)
    said = f"{basis} by its name" if basis != "unknown" else "whether ac or dc is not stated"
    setting |= {"basis": basis} if basis != "unknown" else {}
    return _guess(look, setting, Unit(unit.name, f"{unit.reason}; {said}", unit.is_doubtful), names)


def _capacity_score(name: str) -> int:
    words = set(tokens(name))
    says_capacity = bool(words & {"cap", "capacity", "nameplate"})
    return 2 * says_capacity + 3 * bool(units.named_capacity_unit(name)) + ("installed" in words)


def _capacity_unit(median: float, per_m2: float | None) -> Unit:
    if per_m2 is None:
        name = "kW" if median >= 1000 else "MW"
        return Unit(name, f"nobody states the unit, and no area tells it; the median is {median:.3g}", True)
    watts = {name: factor * 1e6 / USUAL_W_PER_M2 for name, factor in CAPACITY_UNITS_MW.items()}
    name = units.nearest(per_m2, watts)
    density = _density(per_m2, name)
    if _is_plausible(density):
        return Unit(name, f"nobody states the unit; in {name} the median is {density:.3g} W/m2")
    return Unit(None, f"no unit fits: in the nearest, {name}, the median is {density:.3g} W/m2", is_doubtful=True)


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
    if look.has_polygons or stated_area is None or stated_area.value is None:
        return look.area_m2
    return _numbers(look, stated_area.value["column"]) * AREA_UNITS_M2[stated_area.value["unit"]]


def _guess(look: Look, setting: dict[str, Any], unit: Unit, names: list[str]) -> Guess:
    """With what stands for "unknown", what the load will stop at, and the other columns that might be meant."""
    column = look.columns[setting["column"]]
    nulls = null_values(column)
    wrong = [one_line(text) for text in distinct(without(column, nulls)) if not _is_measure(look, text)]
    thousands = maybe_thousands(column, look.marks)
    others = [one_line(name) for name in names if name != setting["column"]]
    reasons = [unit.reason]
    if wrong:
        reasons.append(f"it holds {shown(wrong)}: add to null_values what means unknown, or the load stops")
    if thousands:
        reasons.append(f"{thousands} may be thousands: then state read.decimal and read.thousands")
    if others:
        reasons.append(f"beside it: {', '.join(others)}")
    return Guess(
        {**setting, "null_values": nulls} if nulls else setting,
        "; ".join(reasons),
        unit.is_doubtful or bool(wrong or thousands),
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
