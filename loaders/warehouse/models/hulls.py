"""Convex hulls around records, by which over-merged installations are found; in degrees, continued beyond 180°."""

import numpy as np
import shapely

from loaders.core.arrays import Flags, Numbers, Rows, Shapes
from loaders.geo.antimeridian import WORLD, joined
from loaders.geo.earth import EQUATOR_EAST_M, EQUATOR_NORTH_M
from loaders.warehouse.models.links import Limits

SURELY = 1 - 1e-9  # what rounding leaves of a comparison of areas
M2_PER_DEGREE2 = EQUATOR_EAST_M * EQUATOR_NORTH_M  # along a parallel less, by the cosine of the latitude


def is_too_large(shapes: Shapes, group: Rows, least_m2: Numbers, limits: Limits) -> Flags:
    """By group, whether its hull is too large; shapes are sorted by group.

    A hull is computed only where the box around the group, which holds it, is too large for the shapes themselves.
    """
    shapes = on_one_side(shapes, group)
    scale = M2_PER_DEGREE2 * np.cos(np.radians(shapely.get_y(shapely.centroid(shapes))))
    scales = _largest(scale, group)
    least_m2 = np.maximum(least_m2, least_m2_of(shapes, limits))
    largest = _largest(np.maximum(shapely.area(shapes) * scale, least_m2), group)
    boxes = _sides(shapely.bounds(shapes), group).prod(axis=1)
    spread: Flags = boxes * scales > limits.spread * largest * SURELY
    rows = np.flatnonzero(spread[group])
    if len(rows):
        labels, chosen = np.unique(group[rows], return_inverse=True)
        own_m2 = shapely.area(shapely.convex_hull(shapes[rows])) * scale[rows]
        largest = _largest(np.maximum(own_m2, least_m2[rows]), chosen)
        hulls = shapely.convex_hull(shapely.geometrycollections(shapes[rows], indices=chosen))
        spread[labels] = shapely.area(hulls) * scales[labels] > limits.spread * largest
    return spread


def _largest(values: Numbers, group: Rows) -> Numbers:
    """By group, the largest value, of each column if there are several; no group is empty."""
    largest = np.full((group.max() + 1, *values.shape[1:]), -np.inf)
    np.maximum.at(largest, group, values)
    return largest


def _sides(bounds: Numbers, group: Rows) -> Numbers:
    """Width and height of the box around each group [°]; bounds are west, south, east and north of each shape."""
    return _largest(bounds[:, 2:], group) + _largest(-bounds[:, :2], group)


def least_m2_of(shapes: Shapes, limits: Limits) -> Numbers:
    """Least area [m²] that each shape counts as."""
    least: Numbers = np.where(shapely.get_dimensions(shapes) == 0, limits.points_m2, limits.outlines_m2)
    return least


def on_one_side(shapes: Shapes, group: Rows) -> Shapes:
    """Shapes in degrees, continued beyond 180° for groups on both sides of the antimeridian."""
    whole = joined(shapes).copy()
    bounds = shapely.bounds(whole)
    turned = (_sides(bounds, group)[group, 0] > WORLD / 2) & (bounds[:, 0] < 0)
    whole[turned] = shapely.transform(whole[turned], lambda xy: xy + np.array((WORLD, 0.0)))
    return whole


def hull_m2(hull: shapely.Geometry) -> float:
    """Area of a hull [m²] that is in degrees."""
    south, north = shapely.bounds(hull)[[1, 3]]
    return float(shapely.area(hull) * M2_PER_DEGREE2 * np.cos(np.radians((south + north) / 2)))
