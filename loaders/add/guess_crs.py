"""CRS of projected coordinates that a file does not name: the common grids in which they lie where the grid is used."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyproj

from loaders.add.draft import Guess
from loaders.core.arrays import Numbers
from loaders.geo.geometry import LONLAT

PLAUSIBLE_SHARE = 0.98  # of the positions: the rest may be wrong
TYPICAL_FILL = 0.2  # of the extent of a grid, from which data cover the country
CONTINENTAL_SQUARE_DEGREES = 1000.0
TOLERANCE_M = 1.0
MAX_POSITIONS, MAX_ALTERNATIVES = 500, 5
OUTLIERS = (1.0, 99.0)  # percentiles beyond which positions may be wrong
UTM_EASTINGS = (160_000.0, 840_000.0)
GREAT_BRITAIN = frozenset({"great britain", "united kingdom", "uk", "gbr", "england", "scotland", "wales"})


@dataclass(frozen=True, slots=True)
class Grid:
    """A projected CRS and where it is in use.

    Attributes:
        epsg: its code.
        extent: west, south, east, north [°] of the countries that use it, which may exceed its zone.
        hints: names of the countries, and words that the columns of their tables have in their names, in lower case.
    """

    epsg: int
    extent: tuple[float, float, float, float]
    hints: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Its code and name for display."""
        return f"EPSG:{self.epsg} ({pyproj.CRS.from_epsg(self.epsg).name})"

    @property
    def is_continental(self) -> bool:
        """Whether it covers so much that the numbers of many other grids lie in it."""
        return _area(self.extent) > CONTINENTAL_SQUARE_DEGREES


def _grids(extent: tuple[float, float, float, float], hints: Collection[str], *codes: int) -> tuple[Grid, ...]:
    return tuple(Grid(code, extent, frozenset(hints)) for code in codes)


# sorted by how often inventories use them; the extents are those of the mainland and its islands
GRIDS = (
    *_grids((-8.8, 49.7, 2.1, 61.0), GREAT_BRITAIN, 27700),
    *_grids(
        (5.8, 47.2, 15.1, 55.1),
        {"germany", "deutschland", "deu", "bundesland", "gemeinde", "landkreis"},
        25832,
        25833,
        31467,
        31468,
        31466,
        31469,
    ),
    *_grids((-5.3, 41.2, 9.7, 51.2), {"france", "fra", "département"}, 2154),
    *_grids((-9.4, 35.9, 4.4, 43.9), {"spain", "españa", "esp"}, 25830, 25831, 25829),
    *_grids((6.5, 35.4, 18.6, 47.2), {"italy", "italia", "ita", "comune"}, 32632, 32633, 3003, 3004),
    *_grids((3.2, 50.7, 7.3, 53.7), {"netherlands", "nederland", "nld", "gemeente", "rd"}, 28992),
    *_grids(
        (5.9, 45.8, 10.6, 47.9),
        {"switzerland", "schweiz", "suisse", "svizzera", "canton", "kanton"},
        2056,
        21781,
    ),
    *_grids((2.5, 49.4, 6.5, 51.6), {"belgium", "belgië", "belgique", "bel", "lambert72"}, 31370, 3812),
    *_grids((-10.7, 51.3, -5.3, 55.5), {"ireland", "northern ireland", "irl", "itm"}, 2157, 29903),
    *_grids((8.0, 54.5, 15.3, 57.9), {"denmark", "danmark", "dnk", "anlægsnavn", "gsrn"}, 25832),
    *_grids((10.5, 55.2, 24.3, 69.2), {"sweden", "sverige", "swe", "sweref", "sweref99", "kommun"}, 3006),
    *_grids((4.3, 57.8, 31.3, 71.4), {"norway", "norge", "nor", "fylke"}, 25833),
    *_grids((19.2, 59.5, 31.7, 70.2), {"finland", "suomi", "fin", "tm35fin", "kunta"}, 3067),
    *_grids((14.0, 48.9, 24.3, 55.0), {"poland", "polska", "pol", "1992", "gmina", "województwo"}, 2180),
    *_grids((12.0, 47.7, 22.7, 51.2), {"czechia", "czech republic", "slovakia", "cze", "svk", "obec"}, 5514),
    *_grids((9.4, 46.3, 17.3, 49.1), {"austria", "österreich", "aut"}, 31287),
    *_grids((-9.6, 36.9, -6.1, 42.3), {"portugal", "prt", "concelho"}, 3763),
    *_grids((19.3, 34.7, 28.4, 41.9), {"greece", "grc", "νομός", "νομος", "δήμος"}, 2100),
    *_grids((16.0, 45.7, 23.0, 48.7), {"hungary", "magyarország", "hun"}, 23700),
    *_grids((20.2, 43.5, 29.8, 48.4), {"romania", "românia", "rou"}, 3844),
    *_grids((-25.0, 34.0, 45.0, 72.0), {"europe"}, 3035),
    *_grids((-180.0, -85.1, 180.0, 85.1), {"world"}, 3857),
    *_grids((-125.0, 24.3, -66.8, 49.5), {"united states", "usa"}, 5070),
    *_grids((-141.1, 41.6, -52.5, 83.2), {"canada", "can"}, 3347, 3978),
    *_grids((125.0, 33.0, 131.0, 38.7), {"korea", "south korea", "kor"}, 5179),
    *_grids((119.9, 21.8, 122.1, 25.4), {"taiwan", "twn"}, 3826),
    *_grids((166.3, -47.4, 178.7, -34.3), {"new zealand", "nzl"}, 2193),
)


@dataclass(frozen=True, slots=True)
class Fit:
    """Positions in a grid that may be theirs.

    Attributes:
        grid: the grid.
        bounds: west, south, east, north of the positions [°], without outliers.
        is_swapped: whether the first coordinate is the northing.
    """

    grid: Grid
    bounds: tuple[float, float, float, float]
    is_swapped: bool = False

    @property
    def fill(self) -> float:
        """The part of the extent of the grid that the positions cover."""
        return _area(self.bounds) / _area(self.grid.extent)


def crs_guess(fits: list[Fit]) -> Guess | None:
    """The setting `read.crs`, always doubtful; null where no grid fits, or where it may as well be any zone of UTM.

    Args:
        fits: the likeliest first.
    """
    if not fits:
        return None
    best, *others = fits
    west, south, east, north = best.bounds
    reason = (
        f"the file names no CRS; by the range of the numbers {best.grid.name}, where they lie at "
        f"{_degrees(west, 'WE')} to {_degrees(east, 'WE')} and {_degrees(south, 'SN')} to {_degrees(north, 'SN')}"
    )
    if others:
        reason += f"; as well fit {', '.join(fit.grid.name for fit in others[:MAX_ALTERNATIVES])}"
    if len(others) > MAX_ALTERNATIVES:
        reason += f" and {len(others) - MAX_ALTERNATIVES} more"
    return Guess(f"EPSG:{best.grid.epsg}", reason, is_doubtful=True)


def fitting_grids(x: Numbers, y: Numbers, hints: Collection[str] = ()) -> list[Fit]:
    """The grids in which positions lie where the grid is used, the likeliest first; continental ones if no other does.

    Args:
        x: eastings in the unit of the CRS; NaN where there is none.
        y: northings, likewise.
        hints: names of countries in the file, and words in the names of its columns, in lower case.
    """
    is_known = np.isfinite(x) & np.isfinite(y) & ((x != 0) | (y != 0))
    step = max(int(is_known.sum()) // MAX_POSITIONS, 1)
    x, y = x[is_known][::step], y[is_known][::step]
    if not x.size:
        return []
    fits = _fits(x, y, is_swapped=False)
    if all(fit.grid.is_continental for fit in fits):
        fits = [fit for fit in _fits(y, x, is_swapped=True) if fit.fill >= TYPICAL_FILL] or fits
    if all(fit.grid.is_continental for fit in fits) and _may_be_utm(x):
        return []
    if "utm" in hints:
        fits = [fit for fit in fits if "UTM" in fit.grid.name]
    fits = [fit for fit in fits if not fit.grid.is_continental] or fits
    fits.sort(key=lambda fit: _rank(fit, hints))
    return list({fit.grid.epsg: fit for fit in reversed(fits)}.values())[::-1]


def _rank(fit: Fit, hints: Collection[str]) -> tuple[bool, bool, float]:
    """Sort key, the likeliest first: what the file names, what the positions fill, then the order of the grids."""
    is_filled = fit.fill >= TYPICAL_FILL
    return not fit.grid.hints & {*hints}, not is_filled, -fit.fill if is_filled else 0.0


def _fits(x: Numbers, y: Numbers, *, is_swapped: bool) -> list[Fit]:
    return [
        Fit(grid, (bounds[0], bounds[1], bounds[2], bounds[3]), is_swapped)
        for grid in GRIDS
        if (bounds := _bounds_within(grid, x, y)) is not None
    ]


def _bounds_within(grid: Grid, x: Numbers, y: Numbers) -> Numbers | None:
    """The bounds of positions [°] that lie in the extent of a grid; null where they do not."""
    lon, lat = _to_lonlat(grid.epsg).transform(x, y)
    back_x, back_y = _to_lonlat(grid.epsg).transform(lon, lat, direction="INVERSE")
    west, south, east, north = grid.extent
    is_projection = (np.abs(back_x - x) < TOLERANCE_M) & (np.abs(back_y - y) < TOLERANCE_M)  # none is beyond 180° E
    is_inside = is_projection & (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    if np.mean(is_inside) < PLAUSIBLE_SHARE:
        return None
    low, high = np.percentile(np.array([lon[is_inside], lat[is_inside]]), OUTLIERS, axis=1)
    return np.array([*low, *high])


@lru_cache(maxsize=64)
def _to_lonlat(epsg: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(epsg, LONLAT, always_xy=True)


def _may_be_utm(x: Numbers) -> bool:
    low, high = UTM_EASTINGS
    return bool(np.mean((x >= low) & (x <= high)) >= PLAUSIBLE_SHARE)


def _area(bounds: tuple[float, float, float, float]) -> float:
    west, south, east, north = bounds
    return (east - west) * (north - south)


def _degrees(value: float, directions: str) -> str:
    return f"{abs(value):.1f}° {directions[int(value > 0)]}"
