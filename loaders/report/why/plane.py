"""Shapes in metres around a position, and how far apart two of them are."""

import math

import numpy as np
import shapely
import shapely.affinity

from loaders.geo import earth
from loaders.geo.antimeridian import WORLD, joined
from loaders.geo.earth import EQUATOR_EAST_M
from loaders.report.why.evidence import Row


def in_metres(row: Row, lon: float, lat: float) -> shapely.Geometry:
    """The shape of a record around a position [°], on a plane that is right in the middle."""
    narrow = _metres_east(lat)
    matrix = (narrow, 0, 0, EQUATOR_EAST_M, -lon * narrow, -lat * EQUATOR_EAST_M)
    moved: shapely.Geometry = shapely.affinity.affine_transform(_near(row, lon), matrix)
    return moved


def distance_m(a: Row, b: Row) -> float:
    """Between the nearest points of two records [m], on the ellipsoid; 0 where they meet."""
    lon, lat = a["centroid_lon"], (a["centroid_lat"] + b["centroid_lat"]) / 2
    ends = shapely.get_coordinates(shapely.shortest_line(in_metres(a, lon, lat), in_metres(b, lon, lat)))
    lons, lats = ends[:, 0] / _metres_east(lat) + lon, ends[:, 1] / EQUATOR_EAST_M + lat
    return float(earth.distance_m((lons[0], lats[0]), (lons[1], lats[1])))


def _near(row: Row, lon: float) -> shapely.Geometry:
    """The shape in one piece, on the side of the antimeridian that is nearer to a longitude [°]."""
    shape: shapely.Geometry = joined(np.array([shapely.from_wkb(row["wkb"])], dtype=object))[0]
    turns = round((lon - shapely.centroid(shape).x) / WORLD)
    return shapely.affinity.translate(shape, turns * WORLD) if turns else shape


def _metres_east(lat: float) -> float:
    """A degree of longitude on this parallel [m]."""
    return math.cos(math.radians(lat)) * EQUATOR_EAST_M
