"""Shapes on a local plane in metres, and distances between them."""

import math

import numpy as np
import shapely
import shapely.affinity

from loaders.geo import earth
from loaders.geo.antimeridian import WORLD, joined
from loaders.geo.earth import EQUATOR_EAST_M
from loaders.report.why.evidence import Row


def to_local_metres(row: Row, lon: float, lat: float) -> shapely.Geometry:
    """The shape of a record on a local plane [m] around a position [°]."""
    metres_east = _metres_per_degree_east(lat)
    matrix = (metres_east, 0, 0, EQUATOR_EAST_M, -lon * metres_east, -lat * EQUATOR_EAST_M)
    local: shapely.Geometry = shapely.affinity.affine_transform(_nearest_copy(row, lon), matrix)
    return local


def distance_m(a: Row, b: Row) -> float:
    """Ellipsoidal distance between the nearest points of two records [m]; 0 where they intersect."""
    lon, lat = a["centroid_lon"], (a["centroid_lat"] + b["centroid_lat"]) / 2
    ends = shapely.get_coordinates(shapely.shortest_line(to_local_metres(a, lon, lat), to_local_metres(b, lon, lat)))
    lons, lats = ends[:, 0] / _metres_per_degree_east(lat) + lon, ends[:, 1] / EQUATOR_EAST_M + lat
    return float(earth.distance_m((lons[0], lats[0]), (lons[1], lats[1])))


def _nearest_copy(row: Row, lon: float) -> shapely.Geometry:
    """The shape in one piece, on the side of the antimeridian nearer to a longitude [°]."""
    shape: shapely.Geometry = joined(np.array([shapely.from_wkb(row["wkb"])], dtype=object))[0]
    turns = round((lon - shapely.centroid(shape).x) / WORLD)
    return shapely.affinity.translate(shape, turns * WORLD) if turns else shape


def _metres_per_degree_east(lat: float) -> float:
    """Length of a degree of longitude at a latitude [m]."""
    return math.cos(math.radians(lat)) * EQUATOR_EAST_M
