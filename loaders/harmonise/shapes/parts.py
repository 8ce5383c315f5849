"""The usable parts of published shapes: polygons and single points, in two dimensions, without rings of two corners."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from loaders.core.arrays import Flags, Shapes
from loaders.harmonise.shapes.wkb import LEAST_RING_POSITIONS

POINT, POLYGON, MULTIPOINT, MULTIPOLYGON, COLLECTION = 0, 3, 4, 6, 7


def flat(shapes: Shapes) -> Shapes:
    """The shapes without heights and measures."""
    is_high = shapely.get_coordinate_dimension(shapes) > 2
    flattened: Shapes = shapes.copy()
    flattened[is_high] = shapely.force_2d(shapes[is_high])
    return flattened


def usable_parts(shapes: Shapes) -> tuple[Shapes, Flags]:
    """The point of a single-point multipoint, the polygons of a collection; None where there is neither.

    Returns:
        The shapes, and whether something else was left out.
    """
    types = shapely.get_type_id(shapes)
    usable: Shapes = shapes.copy()
    usable[~np.isin(types, (POINT, POLYGON, MULTIPOLYGON))] = None
    single = (types == MULTIPOINT) & (shapely.get_num_geometries(shapes) == 1)
    usable[single] = shapely.get_geometry(shapes[single], 0)
    incomplete = np.zeros(len(shapes), dtype=np.bool_)
    for row in np.flatnonzero(types == COLLECTION):
        geometries = _single_geometries(shapes[row])
        polygons = [geometry for geometry in geometries if geometry.geom_type == "Polygon"]
        usable[row] = shapely.multipolygons(polygons) if polygons else None
        incomplete[row] = len(polygons) < len(geometries)
    return usable, incomplete


def without_short_rings(shapes: Shapes) -> tuple[Shapes, Flags]:
    """Shapes without rings of three positions (there and back), which GEOS accepts; None if no ring is left.

    Returns:
        The shapes, and which of them had such rings.
    """
    is_long_ring = (shapely.get_num_interior_rings(shapes) == 0) & (
        shapely.get_num_coordinates(shapes) >= LEAST_RING_POSITIONS
    )  # which nearly all polygons are; of a multipolygon, the number of holes is 0 as well
    candidates = np.flatnonzero(~(is_long_ring & (shapely.get_type_id(shapes) == POLYGON)))
    parts, rows = shapely.get_parts(shapes[candidates], return_index=True)
    rings, owners = shapely.get_rings(parts, return_index=True)
    lengths = shapely.get_num_coordinates(rings)
    has_short_rings = np.zeros(len(shapes), dtype=np.bool_)
    has_short_rings[candidates[rows[owners[(lengths > 0) & (lengths < LEAST_RING_POSITIONS)]]]] = True
    cleaned: Shapes = shapes.copy()
    for row in np.flatnonzero(has_short_rings):
        long_parts = [part for part in shapely.get_parts(shapes[row]) if _is_long(part.exterior)]
        polygons = [
            shapely.Polygon(part.exterior, [hole for hole in part.interiors if _is_long(hole)]) for part in long_parts
        ]
        cleaned[row] = shapely.multipolygons(polygons) if polygons else None
    return cleaned, has_short_rings


def _is_long(ring: shapely.LinearRing) -> bool:
    return int(shapely.get_num_coordinates(ring)) >= LEAST_RING_POSITIONS


def _single_geometries(shape: BaseGeometry) -> list[BaseGeometry]:
    """The single geometries of a collection, however deep they stand."""
    if not hasattr(shape, "geoms"):
        return [shape]
    return [leaf for part in shape.geoms for leaf in _single_geometries(part)]
