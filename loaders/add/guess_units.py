"""Units of area and capacity in column names."""

import math
import re
from collections.abc import Mapping

from loaders.add.names import tokens

AREA_WORDS = frozenset(
    {"area", "areal", "areas", "surface", "superficie", "flaeche", "fläche", "footprint", "oppervlakte"}
)
NOT_AREA_WORDS = frozenset(
    {"acre", "acres", "sqft", "sqmi", "ft2", "mi2", "code", "id", "name", "type", "percent", "pct", "ratio", "share"}
    | {"year", "date", "pixel", "pixels", "px", "cell", "cells", "count", "number", "num", "rank", "class", "index"}
    | {"error", "err", "uncertainty", "std", "sd", "stdev", "deg", "deg2", "degree", "degrees", "ft", "feet", "foot"}
    | {"fraction", "frac", "perc", "factor", "density", "source", "method", "flag", "yd2", "sqyd", "km", "length"}
    | {"perimeter", "perim", "acreage", "ac", "pix", "pxl", "dunam", "dunams", "donum", "tsubo", "pyeong", "feddan"}
    | {"feddans", "bigha", "rai", "mu"}
)
FOREIGN_AREA_WORDS = frozenset(
    {"acre", "acres", "acreage", "sqft", "ft2", "sqmi", "mi2", "yd2", "sqyd", "pixel", "pixels", "pix", "pxl", "px"}
    | {"deg2", "ft", "feet", "dunam", "dunams", "donum", "tsubo", "pyeong", "feddan", "feddans", "bigha", "rai", "mu"}
)
AREA_UNIT_NAMES = {
    **dict.fromkeys(("m2", "m²", "sqm", "qm", "meters", "metres", "sqmeters", "sqmetres"), "m2"),
    **dict.fromkeys(("ha", "hectare", "hectares", "hektar"), "ha"),
    **dict.fromkeys(("km2", "km²", "sqkm", "qkm"), "km2"),
}
CAPACITY_WORDS = frozenset(
    {"cap", "capacity", "power", "rating", "nameplate", "leistung", "nennleistung", "potencia", "puissance"}
    | {"bruttoleistung", "nettoleistung", "nettonennleistung", "potenza", "vermogen", "puismaxinstallee", "puismaxrac"}
    | {"effekt", "moc", "potência", "output", "výkon", "ισχύς", "ισχυς"}
)
NOT_CAPACITY_WORDS = frozenset(
    {"year", "yr", "date", "data", "turbine", "turbines", "storage", "battery", "cfd", "factor", "density", "tariff"}
    | {"price", "generation", "generated", "gwh", "mwh", "kwh", "banding", "region", "reg", "source", "id", "name"}
    | {"type", "wind", "hub", "m2", "sqm", "count", "number", "num", "error", "err", "uncertainty", "std", "sd", "rank"}
    | {
        "percent",
        "pct",
        "perc",
        "ratio",
        "share",
        "index",
        "class",
        "code",
        "flag",
        "method",
        "distance",
        "dist",
        "line",
    }
    | {"lines", "voltage", "kv", "per", "yield", "cost", "eur", "usd", "gbp"}
)
CAPACITY_UNIT_NAMES: dict[str, tuple[str, str]] = {
    f"{unit.lower()}{suffix}": (f"{unit}{'p' if suffix in {'p', 'peak'} else ''}", basis)
    for unit in ("W", "kW", "MW", "GW")
    for suffix, basis in (
        *(("", "unknown"), ("p", "unknown"), ("peak", "unknown"), ("e", "unknown"), ("el", "unknown")),
        *(("elec", "unknown"), ("ac", "ac"), ("dc", "dc")),
    )
}


SYSTEM_SIZE = frozenset({"size", "system"})
UNIT_ENDING = re.compile(r"[a-z]{2,}?([kmg]w(?:p|ac|dc)?)")


def is_area(name: str) -> bool:
    """Whether a column may state an area."""
    words = set(tokens(name))
    return bool(words & (AREA_WORDS | (AREA_UNIT_NAMES.keys() - {"meters", "metres"}))) and not words & NOT_AREA_WORDS


def is_foreign_area(name: str) -> bool:
    """Whether a column may state an area in a unit that the settings lack."""
    words = set(tokens(name))
    return bool(words & (AREA_WORDS | {"acres", "acreage", "sqft"})) and bool(words & FOREIGN_AREA_WORDS)


def is_capacity(name: str) -> bool:
    """Whether a column may state a capacity."""
    words = set(_words(name))
    states_capacity = words & (CAPACITY_WORDS | (CAPACITY_UNIT_NAMES.keys() - {"w", "wp"})) or words >= SYSTEM_SIZE
    return bool(states_capacity) and not words & NOT_CAPACITY_WORDS


def _words(name: str) -> list[str]:
    """The words of a name; of one that ends in a unit, such as generationmw, the unit as well."""
    words = tokens(name)
    units = [match[1] for word in words if (match := UNIT_ENDING.fullmatch(word))]
    return [*(word for word in words if not UNIT_ENDING.fullmatch(word)), *units]


def is_quantity(name: str) -> bool:
    """Whether a column may state an area or a capacity."""
    return is_area(name) or is_capacity(name)


def named_area_unit(name: str) -> str | None:
    """The area unit in a column name; null where there is none."""
    return next((AREA_UNIT_NAMES[word] for word in tokens(name) if word in AREA_UNIT_NAMES), None)


def named_capacity_unit(name: str) -> str | None:
    """The capacity unit in a column name; null where there is none."""
    return next((CAPACITY_UNIT_NAMES[word][0] for word in _words(name) if word in CAPACITY_UNIT_NAMES), None)


def named_capacity_basis(name: str) -> str:
    """The capacity basis in a column name: ac, dc or unknown."""
    words = set(_words(name))
    stated = {CAPACITY_UNIT_NAMES[word][1] for word in words if word in CAPACITY_UNIT_NAMES} | (words & {"ac", "dc"})
    return next((basis for basis in ("ac", "dc") if basis in stated and len(stated & {"ac", "dc"}) == 1), "unknown")


def nearest_unit(ratio: float, units: Mapping[str, float]) -> str:
    """The unit whose factor scales a ratio nearest to 1, in orders of magnitude."""
    return min(units, key=lambda unit: abs(math.log(ratio * units[unit])))
