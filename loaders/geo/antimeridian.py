"""Outlines that cross the antimeridian: RFC 7946 wants them cut there, and not every publisher does.

The package antimeridian 0.4 takes only outlines that jump from 180° to -180°: it fails on those that go on to 180.1°
(`AssertionError`), and makes of one from -190° to 10° its complement, of one that ends at -180° a part without area.
"""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from loaders.core.arrays import Flags, Numbers, Shapes

HALF_WORLD, WORLD = 180.0, 360.0  # [°]
# https://www.rfc-editor.org/rfc/rfc7946#section-3.1.9


def unwrapped(shapes: Shapes) -> tuple[Shapes, Flags]:
    """Put outlines that cross the antimeridian in one piece, between -180° and 360°.

    As published, they jump between -180° and 180°, or continue beyond 180°.

    Args:
        shapes: longitudes and latitudes [°].

    Returns:
        The shapes, and which of them cross. Shapes still wider than half the world, or not on Earth, are unchanged;
        shapes that only touch the antimeridian are put on their side of it.
    """
    west, east = _west_and_east(shapes)
    rows = np.flatnonzero((east - west > HALF_WORLD) | (west < -HALF_WORLD) | (east > HALF_WORLD))
    if not rows.size:
        return shapes.copy(), np.zeros(len(shapes), dtype=np.bool_)
    parts, owner = shapely.get_parts(shapes[rows], return_index=True)
    crosses = _straddle(west[rows], east[rows])
    crosses[owner[_jump(parts) | _straddle(*_west_and_east(parts))]] = True
    eastward = _eastward(parts)
    crosses[owner[~_fits(eastward)]] = False
    redrawn = np.zeros(len(shapes), dtype=np.bool_)
    redrawn[rows[crosses]] = True
    redrawn_shapes = _with_parts(shapes, redrawn, eastward[crosses[owner]], rows[owner[crosses[owner]]])
    west, east = _west_and_east(redrawn_shapes)
    touching = redrawn & (west >= HALF_WORLD)
    redrawn_shapes[touching] = shapely.transform(redrawn_shapes[touching], lambda xy: xy - [WORLD, 0])
    return redrawn_shapes, redrawn & ~touching & (east > HALF_WORLD)


def goes_around(shapes: Shapes) -> Flags:
    """Whether a single ring is wider than half the world."""
    west, east = _west_and_east(shapes)
    wide = ~(east - west <= HALF_WORLD)  # or not finite; no ring is wider than its shape
    parts, rows = shapely.get_parts(shapes[wide], return_index=True)
    west, east = _west_and_east(parts)
    is_wide_ring = east - west > HALF_WORLD
    wide[wide] = np.bincount(rows[is_wide_ring], minlength=int(wide.sum())) > 0
    return wide


def cut(shape: BaseGeometry) -> BaseGeometry:
    """Split a valid outline, unwrapped to -180° … 360°, into parts on both sides of the antimeridian."""
    west_part = shapely.intersection(shape, shapely.box(-HALF_WORLD, -90, HALF_WORLD, 90))
    east_part = shapely.intersection(shape, shapely.box(HALF_WORLD, -90, WORLD, 90))
    east_part = shapely.transform(east_part, lambda xy: xy - [WORLD, 0])
    parts = [part for side in (west_part, east_part) for part in shapely.get_parts(side) if part.geom_type == "Polygon"]
    both = shapely.multipolygons(parts)
    whole: BaseGeometry = both if both.is_valid else shapely.union_all(parts)
    return whole


def joined(shapes: Shapes) -> Shapes:
    """Shapes with parts on both sides of the antimeridian moved to 0° … 360°, where that is narrower."""
    west, east = _west_and_east(shapes)
    astride = east - west > HALF_WORLD
    if not astride.any():
        return shapes
    parts, owner = shapely.get_parts(shapes[astride], return_index=True)
    moved = _with_parts(shapes, astride, _eastward(parts), np.flatnonzero(astride)[owner])
    new_west, new_east = _west_and_east(moved)
    wider = astride & ~(new_east - new_west < east - west)
    moved[wider] = shapes[wider]
    return moved


def _jump(parts: Shapes) -> Flags:
    """Whether a ring within the world is wider than half of it."""
    west, east = _west_and_east(parts)
    jump: Flags = (east - west > HALF_WORLD) & (west >= -HALF_WORLD) & (east <= HALF_WORLD)
    return jump


def _straddle(west: Numbers, east: Numbers) -> Flags:
    """Whether a shape extends beyond ±180°."""
    at_end = ((west < HALF_WORLD) & (east > HALF_WORLD)) | ((west < -HALF_WORLD) & (east > -HALF_WORLD))
    straddle: Flags = at_end & (east - west < HALF_WORLD)
    return straddle


def _eastward(parts: Shapes) -> Shapes:
    """Polygons in the west, or with a jump, moved by 360° east; those across Greenwich stay."""
    west, east = _west_and_east(parts)
    move = _jump(parts) | (west < -HALF_WORLD) | (east <= 0)
    moved: Shapes = parts.copy()
    moved[move] = shapely.transform(
        parts[move], lambda xy: np.column_stack((np.where(xy[:, 0] < 0, xy[:, 0] + WORLD, xy[:, 0]), xy[:, 1]))
    )
    return moved


def _fits(parts: Shapes) -> Flags:
    """Whether a part is narrower than half the world, and on Earth; NaN is not."""
    coordinates, rows = shapely.get_coordinates(parts, return_index=True)
    lon, lat = coordinates.T
    west, east = _west_and_east(parts)
    fits: Flags = east - west < HALF_WORLD
    fits[rows[~((lon >= -HALF_WORLD) & (lon <= WORLD) & (np.abs(lat) <= 90))]] = False
    return fits


def _with_parts(shapes: Shapes, where: Flags, parts: Shapes, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Shapes:
    """The shapes, with those at `where` replaced by these parts: polygons in the order of rows."""
    changed: Shapes = shapes.copy()
    changed[where] = shapely.multipolygons(parts, indices=np.cumsum(where)[rows] - 1)
    return changed


def _west_and_east(shapes: Shapes) -> tuple[Numbers, Numbers]:
    west, _, east, _ = shapely.bounds(shapes).T
    infinite = ~(np.isfinite(west) & np.isfinite(east))  # rejected later
    return np.where(infinite, np.nan, west), np.where(infinite, np.nan, east)
