"""Which records of two datasets match: outlines that share area, and points by their distance on the ellipsoid."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely

from loaders.core.arrays import Numbers, Rows, Shapes
from loaders.geo.earth import LEAST_NORTH_M, WGS84, distance_m
from loaders.geo.geometry import AREA_DECIMALS, projected
from loaders.geo.shape_complexity import cross_too_often
from loaders.report.compare.records import LONLAT, Side

Found = tuple[Rows, Rows, Numbers]  # rows of one side and of the other, and what they share or how far they are apart

CHUNK = 20_000  # records at a time: bounds the memory for candidates that come to nothing
MILLIMETRES = 3  # decimals of a distance [m]
MERCATOR = pyproj.CRS.from_epsg(3395)  # keeps angles, and so tells the nearest point; nothing is measured in it
ONCE_AROUND = 2 * np.pi * WGS84.a  # [m] in EPSG:3395
HIGHEST_LATITUDE = 89.9  # [°]: at the pole Mercator is infinite


@dataclass(frozen=True, slots=True)
class Pairs:
    """Records that match, one entry a pair, by row of A, then of B.

    Attributes:
        a, b: rows of the two sides.
        shared_m2: area that both outlines cover [m²]; NaN where one of the two is a point.
        distance_m: ellipsoidal distance [m]; zero where the two share area or one contains the other.
    """

    a: Rows
    b: Rows
    shared_m2: Numbers
    distance_m: Numbers


def find_pairs(a: Side, b: Side, within_m: float) -> Pairs:
    """The matching records of two sides; `within_m` [m] holds for points only."""
    points_a, points_b = np.flatnonzero(shapely.is_missing(a.plane)), np.flatnonzero(shapely.is_missing(b.plane))
    outlines_a = np.flatnonzero(~shapely.is_missing(a.plane))
    a_0, b_0, shared = _sharing(a.plane, b.plane)
    a_1, b_1, distance_1 = _near(a.shapes, points_a, b.shapes, np.arange(len(b)), within_m)
    b_2, a_2, distance_2 = _near(b.shapes, points_b, a.shapes, outlines_a, within_m)
    rows_a, rows_b = np.concatenate((a_0, a_1, a_2)), np.concatenate((b_0, b_1, b_2))
    shared = np.concatenate((shared, np.full(len(a_1) + len(a_2), np.nan)))
    distance = np.concatenate((np.zeros(len(a_0)), distance_1, distance_2))
    order = np.lexsort((rows_b, rows_a))
    return Pairs(rows_a[order], rows_b[order], shared[order], distance[order])


def _sharing(a: Shapes, b: Shapes) -> Found:
    """Which outlines of two sides share how much area [m²]; none where they only touch, or cross too often to tell."""
    tree = shapely.STRtree(b)
    found = [_sharing_of(rows, a, tree) for rows in _chunks(np.arange(len(a)))]
    return _joined(found)


def _sharing_of(rows: Rows, a: Shapes, tree: shapely.STRtree) -> Found:
    from_a, from_b = tree.query(a[rows], predicate="intersects")
    from_a = rows[from_a]
    measured = ~cross_too_often(a[from_a], tree.geometries[from_b])
    from_a, from_b = from_a[measured], from_b[measured]
    shared = np.round(shapely.area(shapely.intersection(a[from_a], tree.geometries[from_b])), AREA_DECIMALS)
    real = shared > 0
    return from_a[real], from_b[real], shared[real]


def _near(points: Shapes, which: Rows, others: Shapes, of: Rows, within_m: float) -> Found:
    """Which points are how far [m] from which other shapes, up to a distance; all in EPSG:4326.

    Args:
        points: shapes of one side.
        which: the rows among them to look at, all of them points.
        others: shapes of the other side.
        of: the rows among them to look at.
        within_m: the largest distance that counts [m].
    """
    if not (len(which) and len(of)):
        return _joined([])
    tree = shapely.STRtree(_in_mercator(others[of]))
    found = []
    for rows in _chunks(which):
        lonlat, xy = shapely.get_coordinates(points[rows]), shapely.get_coordinates(_in_mercator(points[rows]))
        for turn in (0.0, ONCE_AROUND, -ONCE_AROUND):  # for neighbours across the antimeridian
            point, other, distance = _near_points(lonlat, xy + np.array((turn, 0)), tree, within_m)
            found.append((rows[point], of[other], distance))
    return _joined(found)


def _near_points(lonlat: Numbers, xy: Numbers, tree: shapely.STRtree, within_m: float) -> Found:
    """As `_near`, for points by their coordinates in degrees and in EPSG:3395, and a tree in EPSG:3395."""
    reach = within_m * _mercator_scale(np.abs(lonlat[:, 1]) + within_m / LEAST_NORTH_M)
    candidates = np.flatnonzero(np.abs(xy[:, 0]) <= ONCE_AROUND / 2 + reach)
    positions = np.asarray(shapely.points(xy))
    point, other = tree.query(positions[candidates], predicate="dwithin", distance=reach[candidates] + 1)
    point = candidates[point]
    nearest = shapely.get_coordinates(shapely.shortest_line(positions[point], tree.geometries[other]))[1::2]
    back = pyproj.Transformer.from_crs(MERCATOR, LONLAT, always_xy=True)
    lon, lat = back.transform(nearest[:, 0], nearest[:, 1])
    distance = np.round(distance_m((lonlat[point, 0], lonlat[point, 1]), (lon, lat)), MILLIMETRES)
    near = distance <= within_m
    return point[near], other[near], distance[near]


def _mercator_scale(latitude_deg: Numbers) -> Numbers:
    """How many metres of EPSG:3395 a metre on the ground is, on this parallel."""
    latitude = np.radians(np.minimum(latitude_deg, HIGHEST_LATITUDE))
    return np.sqrt(1 - WGS84.es * np.sin(latitude) ** 2) / np.cos(latitude)


def _in_mercator(shapes: Shapes) -> Shapes:
    low = shapely.transform(
        shapes, lambda xy: np.column_stack((xy[:, 0], np.clip(xy[:, 1], -HIGHEST_LATITUDE, HIGHEST_LATITUDE)))
    )
    return projected(low, pyproj.Transformer.from_crs(LONLAT, MERCATOR, always_xy=True))


def _chunks(rows: Rows) -> Iterator[Rows]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def _joined(found: list[Found]) -> Found:
    nothing = (np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty(0))
    a, b, values = zip(nothing, *found, strict=True)
    return np.concatenate(a), np.concatenate(b), np.concatenate(values)
