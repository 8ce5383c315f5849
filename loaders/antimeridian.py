"""Outlines that cross the antimeridian: RFC 7946 wants them cut there, and not every publisher does."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from loaders.arrays import Flags, Numbers, Shapes

HALF_WORLD, WORLD = 180.0, 360.0  # [°]
# https://www.rfc-editor.org/rfc/rfc7946#section-3.1.9


def unwrapped(shapes: Shapes) -> tuple[Shapes, Flags]:
    """Draw outlines that cross the antimeridian in one piece, from 0° to 360°.

    They jump from one end of the world to the other, or go on beyond 180°.

    Args:
        shapes: longitudes and latitudes [°].

    Returns:
        The shapes, and which of them cross; those that would still be half a world wide stay as they are.
    """
    west, east = _west_and_east(shapes)
    beyond = (east - west < HALF_WORLD) & (((west < HALF_WORLD) & (east > HALF_WORLD)) | (west < -HALF_WORLD))
    beyond &= east > -HALF_WORLD
    crossing = beyond | goes_around(shapes)
    drawn: Shapes = shapes.copy()
    drawn[crossing] = shapely.transform(shapes[crossing], _eastward)
    west, east = _west_and_east(drawn)
    crossing &= (east - west < HALF_WORLD) & (east <= WORLD) & (west >= 0)
    drawn[~crossing] = shapes[~crossing]
    return drawn, crossing


def goes_around(shapes: Shapes) -> Flags:
    """Whether a single ring is wider than half the world."""
    rings, rows = shapely.get_parts(shapes, return_index=True)
    west, east = _west_and_east(rings)
    wide = np.zeros(len(shapes), dtype=np.bool_)
    wide[rows[east - west > HALF_WORLD]] = True
    return wide


def cut(shape: BaseGeometry) -> BaseGeometry:
    """A valid outline in one piece, from 0° to 360°, as parts on both sides of the antimeridian."""
    west = shapely.intersection(shape, shapely.box(0, -90, HALF_WORLD, 90))
    east = shapely.intersection(shape, shapely.box(HALF_WORLD, -90, WORLD, 90))
    east = shapely.transform(east, lambda xy: xy - [WORLD, 0])
    parts = [part for side in (west, east) for part in shapely.get_parts(side) if part.geom_type == "Polygon"]
    both: BaseGeometry = shapely.multipolygons(parts)
    return both


def _west_and_east(shapes: Shapes) -> tuple[Numbers, Numbers]:
    west, _, east, _ = shapely.bounds(shapes).T
    infinite = ~(np.isfinite(west) & np.isfinite(east))  # somewhere; it is rejected for that
    return np.where(infinite, np.nan, west), np.where(infinite, np.nan, east)


def _eastward(xy: Numbers) -> Numbers:
    return np.column_stack((np.where(xy[:, 0] < 0, xy[:, 0] + WORLD, xy[:, 0]), xy[:, 1]))
