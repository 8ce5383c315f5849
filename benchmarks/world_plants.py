"""The made-up plants of a benchmark's world: where each lies, how large it is, and what stands next to it."""

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
import shapely

from loaders.core.arrays import Flags, Numbers, Rows, Shapes
from loaders.geo.earth import metres_per_degree

SITES_AT_A_TIME = 10_000
CELL_DEG = 0.045  # 5 km: one site each, so that no two sites touch
JITTER_M = 500.0
ACROSS = 12  # sites on the antimeridian, half of them at 65° to 69° N, half in the tropics

SINGLE, CLUSTER, TOWN = range(3)
SHARES = {SINGLE: 0.75, CLUSTER: 0.10, TOWN: 0.15}  # of all plants
MEAN_MEMBERS = {SINGLE: 1.0, CLUSTER: 3.0, TOWN: 24.0}
SIZES_M2 = {SINGLE: (500.0, 3e6), CLUSTER: (3e3, 2e5), TOWN: (50.0, 500.0)}
GAPS_M = (8.0, 60.0)  # between the farms of a cluster
STREETS, PITCH_M = 6, 40.0  # roofs of a town in a row, and from one to the next
PHASED_SHARE = 0.15  # of the single farms
FIRST_PHASE = 0.38  # of the final area
LEAST_PHASED_M2 = 1e4

# west, south, east, north: roughly land, all continents that have farms
NEAR_FARMS = [
    (-122, 31, -83, 47), (-120, 49, -97, 57), (-104, 19, -98, 26), (-60, -25, -41, -6), (-71, -38, -62, -22),
    (-8, 37.5, -1, 43), (0, 44.5, 16, 54), (16.5, 45, 38, 54), (13, 62, 28, 70), (28, 37, 44, 41),
    (-6, 20, 27, 31), (-10, 6, 30, 18), (17, -33.5, 31, -18), (31, -15, 39, 10), (38, 18, 55, 30),
    (73, 12, 85, 29), (100, 23, 119, 41), (50, 44, 110, 56), (136.5, 35, 140, 37), (98, 12, 107, 20),
    (118, -33, 149, -19), (169, -45.5, 172, -43), (66, 60, 130, 66), (175, 65, 179.5, 69), (-179.5, 66, -172, 68),
]  # fmt: skip
# further land, only for worlds that have no room there
ELSEWHERE = [
    (14, -15.5, 30, 5), (39, 54.5, 49.5, 62), (75, 31, 99, 43), (56, 30.5, 72, 38), (50.5, 56.5, 130, 59.5),
    (111, 51, 125, 56), (-125, 57.5, -97, 65), (-73, -5.5, -52, 0.5), (-69, -21.5, -60.5, -6), (-74, 1, -61, 8.5),
    (27.5, 18.5, 33, 30), (-12, 18.5, -6.5, 27), (-6, 18.5, 27, 19.5), (-160, 61, -142, 68), (131, 60.5, 155, 67),
    (66.5, 66.5, 120, 69), (128, -18.5, 138, -15.5), (41, 42.5, 46.5, 50), (110.5, 44.5, 119, 50), (-81, 49, -75, 57),
]  # fmt: skip
BOXES = np.array(NEAR_FARMS + ELSEWHERE)
_HEIGHTS = np.floor((BOXES[:, 3] - BOXES[:, 1]) / CELL_DEG).astype(np.intp)
_NARROWEST = np.cos(np.radians(np.abs(BOXES[:, [1, 3]]).max(axis=1)))
_WIDTHS = np.floor((BOXES[:, 2] - BOXES[:, 0]) * _NARROWEST / CELL_DEG).astype(np.intp)
_LAST = np.cumsum(_HEIGHTS * _WIDTHS)

# footprints within a box of side 1 around (0, 0): a rectangle, an L without its upper right, one with a courtyard
_BOX = shapely.box(-0.5, -0.5, 0.5, 0.5)
FOOTPRINTS: Shapes = np.array(
    [_BOX, _BOX - shapely.box(0, 0, 0.6, 0.6), _BOX - shapely.box(-0.2, -0.2, 0.2, 0.2)], dtype=np.object_
)
RECTANGLE, ELL, COURTYARD = range(3)
FILLED = shapely.area(FOOTPRINTS)
# how far from the left, in widths, FIRST_PHASE of each area reaches
PHASE_ENDS = np.array([FIRST_PHASE, 0.75 * FIRST_PHASE, 0.3 + (0.84 * FIRST_PHASE - 0.3) / 0.6])
_LEFT: list[shapely.Polygon] = [shapely.box(-0.5, -0.5, end - 0.5, 0.5) for end in PHASE_ENDS.tolist()]
PHASES: Shapes = shapely.intersection(FOOTPRINTS, np.array(_LEFT, dtype=np.object_))


@dataclass(frozen=True, slots=True)
class Plants:
    """Plants of some sites, one entry a plant.

    Attributes:
        number: among all plants of the world.
        site: its number; `kind` says what it is, `place` which of its plants this one is.
        lon, lat: of the site [°]; its frame is turned there by `turn` [rad].
        x_m, y_m: centre of the plant's box in that frame [m].
        width_m, height_m: of the box [m].
        footprint: what of the box is built on, by position in `FOOTPRINTS`.
        area_m2: of the plant.
        capacity_mw: direct current.
        year: in which it was finished.
        is_phased: whether a first phase of it stood by itself for some years.
    """

    number: Rows
    site: Rows
    kind: Rows
    place: Rows
    lon: Numbers
    lat: Numbers
    turn: Numbers
    x_m: Numbers
    y_m: Numbers
    width_m: Numbers
    height_m: Numbers
    footprint: Rows
    area_m2: Numbers
    capacity_mw: Numbers
    year: Rows
    is_phased: Flags

    def take(self, rows: Rows) -> Self:
        """Some of them, in this order."""
        return replace(self, **{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @property
    def side_m(self) -> Numbers:
        """The shorter side of the box [m]."""
        return np.minimum(self.width_m, self.height_m)


def site_cells(count: int, seed: int) -> Rows:
    """A cell of its own for each site, by number; the first `ACROSS` sites lie on the antimeridian, whatever is here.

    Raises:
        SystemExit: there are not that many cells.
    """
    room = next((cells for cells in (_LAST[len(NEAR_FARMS) - 1], _LAST[-1]) if cells >= count), None)
    if room is None:
        raise SystemExit(f"This world has room for {_LAST[-1]:,} sites, not for {count:,}. Ask for fewer records.")
    return np.random.default_rng(seed).permutation(room)[:count].astype(np.intp)


def sites_for(plants: int) -> int:
    """How many sites have this many plants, on average."""
    return max(1, round(plants * sum(share / MEAN_MEMBERS[kind] for kind, share in SHARES.items())))


def plants_of(cells: Rows, first_site: int, first_number: int, random: np.random.Generator) -> Plants:
    """The plants of some sites."""
    lon, lat = positions(cells, first_site, random)
    weights = np.array([share / MEAN_MEMBERS[kind] for kind, share in SHARES.items()])
    kinds = random.choice(len(weights), len(cells), p=weights / weights.sum())
    members = np.select(
        [kinds == SINGLE, kinds == TOWN], [1, int(MEAN_MEMBERS[TOWN])], random.integers(2, 5, len(cells))
    )
    site = np.repeat(np.arange(len(cells)), members)
    place = np.arange(len(site)) - np.repeat(np.cumsum(members) - members, members)
    turn = random.uniform(0, 2 * np.pi, len(cells))[site]
    boxes = _boxes(kinds, site, random)
    return Plants(
        number=first_number + np.arange(len(site)),
        site=first_site + site,
        kind=kinds[site],
        place=place,
        lon=lon[site],
        lat=lat[site],
        turn=turn,
        **_laid_out(kinds[site], site, place, boxes, random),
        **boxes,
        **_histories(kinds[site], boxes, random),
    )


def log_uniform(random: np.random.Generator, least: Numbers, most: Numbers) -> Numbers:
    """Values whose logarithms are uniform, one for each pair of bounds."""
    return np.exp(random.uniform(np.log(least), np.log(most)))


def positions(cells: Rows, first_site: int, random: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Longitude and latitude of each site [°], somewhere in its cell."""
    box = np.searchsorted(_LAST, cells, side="right")
    inside = cells - (_LAST - _HEIGHTS * _WIDTHS)[box]
    row, column = np.divmod(inside, _WIDTHS[box])
    lat = BOXES[box, 1] + (row + 0.5) * CELL_DEG
    lon = BOXES[box, 0] + (column + 0.5) * CELL_DEG / _NARROWEST[box]
    across = first_site + np.arange(len(cells)) < ACROSS
    nth = np.arange(len(cells))[across]
    lon[across], lat[across] = 180.0, np.where(nth % 2, 65 + nth * 0.35, -17 + nth * 0.25)
    east, north = metres_per_degree(lat)
    jitter_m = random.uniform(-JITTER_M, JITTER_M, (2, len(cells))) * ~across
    return lon + jitter_m[0] / east, lat + jitter_m[1] / north


def _boxes(kinds: Rows, site: Rows, random: np.random.Generator) -> dict[str, Any]:
    """Area, footprint, width and height of each plant; the farms of a cluster are alike."""
    least, most = np.array([SIZES_M2[kind] for kind in SIZES_M2]).T
    alone = log_uniform(random, least[kinds[site]], most[kinds[site]])
    alike = log_uniform(random, least[kinds], most[kinds])[site] * random.uniform(0.7, 1.4, len(site))
    area_m2 = np.where(kinds[site] == CLUSTER, alike, alone)
    footprint = np.where(kinds[site] == TOWN, RECTANGLE, random.choice(3, len(site), p=(0.6, 0.25, 0.15)))
    side_m = np.sqrt(area_m2 / FILLED[footprint])
    slenderness = random.uniform(0.8, 1.25, len(site))
    return {
        "area_m2": area_m2,
        "footprint": footprint,
        "width_m": side_m * slenderness,
        "height_m": side_m / slenderness,
    }


def _laid_out(
    kind: Rows, site: Rows, place: Rows, boxes: dict[str, Any], random: np.random.Generator
) -> dict[str, Any]:
    """Centres of the boxes: the farms of a cluster in a row with gaps, the roofs of a town along streets."""
    width, height = boxes["width_m"], boxes["height_m"]
    steps = np.where(kind == CLUSTER, width + random.uniform(*GAPS_M, len(site)), 0)
    before = np.cumsum(steps) - steps
    before -= before[np.flatnonzero(place == 0)][site]
    half = np.bincount(site, steps)[site] / 2
    rows_y = height * random.uniform(-0.1, 0.1, len(site))
    return {
        "x_m": np.select([kind == CLUSTER, kind == TOWN], [before + width / 2 - half, place % STREETS * PITCH_M], 0.0),
        "y_m": np.select([kind == CLUSTER, kind == TOWN], [rows_y, place // STREETS * PITCH_M], 0.0),
    }


def _histories(kind: Rows, boxes: dict[str, Any], random: np.random.Generator) -> dict[str, Any]:
    """Capacity, year, and whether it was built in phases."""
    count = len(kind)
    density = np.where(kind == TOWN, random.uniform(120, 180, count), random.uniform(30, 90, count))
    phased = (kind == SINGLE) & (boxes["area_m2"] >= LEAST_PHASED_M2) & (random.random(count) < PHASED_SHARE)
    return {
        "capacity_mw": boxes["area_m2"] * density / 1e6,
        "year": random.integers(2008, 2021, count),
        "is_phased": phased,
    }
