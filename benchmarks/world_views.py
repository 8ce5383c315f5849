"""How each dataset of a benchmark's world sees its plants: drawn well, shifted, rough, in blocks, or as a point."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import shapely

from benchmarks.world_plants import CLUSTER, SINGLE, TOWN, Plants, log_uniform
from benchmarks.world_shapes import Pen, blocks, drawn, frame_on_earth, points, points_on_earth
from loaders.core.arrays import Flags, Numbers, Rows, Shapes

UNGRADED = -1  # the plant of what is none
AC_PER_DC = 0.8
CAPACITY_ERROR = 0.2
CAPACITY_DECIMALS = 6
LEAST_IN_BLOCKS_M2, LEAST_BESIDE_ROOF_M2 = 1e4, 1e4
POINT_SHARE, COPIED_SHARE, OUTSIDE_SHARE, BESIDE_SHARE = 0.25, 0.25, 0.4, 0.03
ROOF_BESIDE_M = 120.0  # from a plant to a roof that is none of it
SLOPPY_SHARE = 0.03  # of the clusters, whose farms are a tenth of all: 0.1 % of the plants
SLOPPY_FILLED = (0.15, 0.35)  # of an outline around several farms is farms
EXACT = Pen()


@dataclass(frozen=True, slots=True)
class View:
    """One dataset, and how well it knows its plants.

    Attributes:
        share: of the plants that it shows; none that are younger than its vintage.
        vintage: the year in which it was made.
        licence: SPDX, or nothing.
        pen: how well it draws.
        basis: of the capacities that it states.
        stated: share of the records with a capacity.
        is_dated: whether it knows the year of a plant; else only that it was there in its vintage.
    """

    share: float
    vintage: int
    licence: str | None
    pen: Pen = EXACT
    basis: str | None = None
    stated: float = 0.0
    is_dated: bool = False


SURVEY, SATELLITE, INVENTORY = "world_survey_2024", "world_satellite_2021", "world_inventory_2019"
BLOCKS, CROWD, PERMITS = "world_blocks_2022", "world_crowdsourced_2023", "world_permits_2025"
ROOFS, ROOFS_SEEN = "towns_roofs_2022", "towns_roofs_sat_2023"
VIEWS = {
    SURVEY: View(0.45, 2024, "CC-BY-4.0", Pen((0, 0.5), (0, 0.01)), "dc", 0.95, is_dated=True),
    SATELLITE: View(0.50, 2021, "CC0-1.0", Pen((1, 12), (0.05, 0.15), is_fine=True)),
    INVENTORY: View(0.35, 2019, None, Pen((1, 6), (0, 0.05), is_fine=True, wave_m=3), "unknown", 0.4),
    BLOCKS: View(0.35, 2022, "ODC-By-1.0", Pen((0, 2))),
    CROWD: View(0.40, 2023, "ODbL-1.0", Pen((0, 3), (0, 0.05)), "unknown", 0.2),
    PERMITS: View(0.30, 2025, "public-domain", EXACT, "ac", 0.7, is_dated=True),
    ROOFS: View(0.80, 2022, "CC-BY-NC-4.0", EXACT, "dc", 0.5, is_dated=True),
    ROOFS_SEEN: View(0.80, 2023, "CC-BY-SA-4.0", Pen((0, 2), (0.02, 0.08))),
}


@dataclass(frozen=True, slots=True)
class Sightings:
    """Records of one dataset, one entry a record.

    Attributes:
        plant: which it shows; two numbers for each plant, the odd one for what stands beside it.
        year: in which the plant was finished.
        capacity_mw: as stated; NaN where it is not.
        shapes: EPSG:4326 as (lon, lat).
    """

    plant: Rows
    year: Rows
    capacity_mw: Numbers
    shapes: Shapes


def sightings(plants: Plants, random: np.random.Generator) -> dict[str, Sightings]:
    """What all datasets show of some plants."""
    seen = _seen(plants, random)
    is_point = random.random(len(plants.number)) < POINT_SHARE
    in_blocks = plants.area_m2 >= LEAST_IN_BLOCKS_M2
    is_sloppy = _in_sloppy(plants, random)
    seen[INVENTORY] &= ~is_sloppy
    seen[SURVEY] |= _needs_outline(plants, seen, seen[CROWD] & ~is_point, seen[BLOCKS] & ~in_blocks)
    shapes = _shapes(plants, seen[SURVEY], is_point, random)
    found = {key: _shown(plants, key, np.flatnonzero(seen[key]), shapes[key], random) for key in VIEWS}
    found[BLOCKS] = joined(
        _shown(plants, BLOCKS, np.flatnonzero(seen[BLOCKS] & ~in_blocks), shapes[BLOCKS], random),
        _blocks(plants, np.flatnonzero(seen[BLOCKS] & in_blocks), random),
    )
    found[INVENTORY] = joined(found[INVENTORY], _sloppy(plants, np.flatnonzero(is_sloppy), random))
    found[PERMITS] = joined(found[PERMITS], _lone_roofs(plants, random))
    return found


def joined(one: Sightings, other: Sightings) -> Sightings:
    """Both, one behind the other."""
    return Sightings(*(np.concatenate([getattr(one, field.name), getattr(other, field.name)]) for field in fields(one)))


def take(found: Sightings, rows: Rows) -> Sightings:
    """Some of them, in this order."""
    return Sightings(*(getattr(found, field.name)[rows] for field in fields(found)))


def _seen(plants: Plants, random: np.random.Generator) -> dict[str, Flags]:
    """Which dataset shows which plant."""
    count, is_roof = len(plants.number), plants.kind == TOWN
    return {
        key: (random.random(count) < view.share)
        & (plants.year <= view.vintage)
        & (is_roof if key in {ROOFS, ROOFS_SEEN} else ~is_roof)
        for key, view in VIEWS.items()
    }


def _needs_outline(plants: Plants, seen: Mapping[str, Flags], by_crowd: Flags, by_blocks: Flags) -> Flags:
    """Which plants nobody draws whole, though there are several records of them that only an outline holds together."""
    whole = seen[SATELLITE] | by_crowd | by_blocks | (seen[INVENTORY] & ~plants.is_phased)
    several = (np.sum(list(seen.values()), axis=0) > 1) | seen[BLOCKS]
    needed: Flags = several & ~whole & (plants.kind != TOWN)
    return needed


def _shapes(plants: Plants, is_surveyed: Flags, is_point: Flags, random: np.random.Generator) -> dict[str, Shapes]:
    """What each dataset would draw of each plant, blocks and what is beside plants apart."""
    is_phase = {INVENTORY: plants.is_phased}
    shapes = {key: drawn(plants, view.pen, random, is_phase.get(key)) for key, view in VIEWS.items()}
    is_copy = is_surveyed & (random.random(len(is_point)) < COPIED_SHARE)
    outlines = np.where(is_copy, shapes[SURVEY], shapes[CROWD])
    shapes[CROWD] = np.where(is_point, points(plants, np.zeros_like(is_point), random), outlines)
    shapes[PERMITS] = points(plants, _is_outside(plants), random)
    return shapes


def _shown(plants: Plants, key: str, rows: Rows, shapes: Shapes, random: np.random.Generator) -> Sightings:
    """Records of these plants, with what the dataset states of them."""
    view, count = VIEWS[key], len(rows)
    error = random.uniform(1 - CAPACITY_ERROR, 1 + CAPACITY_ERROR, count)
    capacity = plants.capacity_mw[rows] * error * (AC_PER_DC if view.basis == "ac" else 1)
    is_stated = random.random(count) < view.stated
    if key == PERMITS:  # a point outside of a plant says by its capacity which one it means
        is_stated |= _is_outside(plants)[rows]
    stated = np.where(is_stated, capacity.round(CAPACITY_DECIMALS), np.nan)
    return Sightings(2 * plants.number[rows], plants.year[rows], stated, shapes[rows])


def _is_outside(plants: Plants) -> Flags:
    """Which plants the permits place outside of them; in a cluster that would be in a neighbour."""
    flags: Flags = (plants.kind == SINGLE) & (plants.number * 7919 % 1000 < 1000 * OUTSIDE_SHARE)
    return flags


def _blocks(plants: Plants, rows: Rows, random: np.random.Generator) -> Sightings:
    """The blocks of large plants, one record each."""
    owner, shapes = blocks(plants, rows, VIEWS[BLOCKS].pen, random)
    return Sightings(2 * plants.number[owner], plants.year[owner], np.full(len(owner), np.nan), shapes)


def _lone_roofs(plants: Plants, random: np.random.Generator) -> Sightings:
    """Roofs as points beside large plants: installations of their own, half of them with a capacity."""
    fits = (plants.kind == SINGLE) & (plants.area_m2 >= LEAST_BESIDE_ROOF_M2)
    rows = np.flatnonzero(fits & (random.random(len(fits)) < BESIDE_SHARE))
    x = plants.x_m[rows] + plants.width_m[rows] / 2 + ROOF_BESIDE_M
    capacity = log_uniform(random, np.full(len(rows), 0.005), np.full(len(rows), 0.1)).round(CAPACITY_DECIMALS)
    capacity[::2] = np.nan
    shapes = points_on_earth(x, plants.y_m[rows], plants, rows)
    return Sightings(2 * plants.number[rows] + 1, plants.year[rows], capacity, shapes)


def _in_sloppy(plants: Plants, random: np.random.Generator) -> Flags:
    """Which farms lie in an outline around two or three of them."""
    site = plants.site - plants.site[0]
    chosen = random.random(site[-1] + 1) < SLOPPY_SHARE
    flags: Flags = (plants.kind == CLUSTER) & (plants.place < 3) & chosen[site]
    return flags


def _sloppy(plants: Plants, rows: Rows, random: np.random.Generator) -> Sightings:
    """One large outline around the farms of each site; it is none of them."""
    first, group = np.unique(plants.site[rows], return_index=True, return_inverse=True)[1:]
    ends = [
        (np.minimum.reduceat(middle - side / 2, first), np.maximum.reduceat(middle + side / 2, first))
        for middle, side in ((plants.x_m[rows], plants.width_m[rows]), (plants.y_m[rows], plants.height_m[rows]))
    ]
    (west, east), (south, north) = ends
    filled = np.bincount(group, plants.area_m2[rows]) / ((east - west) * (north - south))
    grown = np.sqrt(np.maximum(1.1, filled / random.uniform(*SLOPPY_FILLED, len(first)))) - 1
    more_x, more_y = (east - west) / 2 * grown, (north - south) / 2 * grown
    boxes = shapely.box(west - more_x, south - more_y, east + more_x, north + more_y)
    unknown = np.full(len(first), np.nan)
    shapes = frame_on_earth(boxes, plants, rows[first])
    return Sightings(np.full(len(first), UNGRADED), plants.year[rows[first]], unknown, shapes)
