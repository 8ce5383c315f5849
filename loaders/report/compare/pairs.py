"""Matches records of two datasets: outlines by shared area, points by ellipsoidal distance."""

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

Matches = tuple[Rows, Rows, Numbers]  # rows of one side and of the other, and what they share or how far they are apart

CHUNK = 20_000  # records at a time: bounds the memory for candidates
MILLIMETRES = 3  # decimals of a distance [m]
MERCATOR = pyproj.CRS.from_epsg(3395)  # conformal, so it finds the nearest point; not used to measure
ONCE_AROUND = 2 * np.pi * WGS84.a  # [m] in EPSG:3395
HIGHEST_LATITUDE = 89.9  # [°]: at the pole Mercator is infinite


@dataclass(frozen=True, slots=True)
class Pairs:
    """Matching records, one entry per pair, sorted by row of A, then of B.

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
    a_0, b_0, shared = _overlaps(a.plane, b.plane)
    a_1, b_1, distance_1 = _neighbours(a.shapes, points_a, b.shapes, np.arange(len(b)), within_m)
    b_2, a_2, distance_2 = _neighbours(b.shapes, points_b, a.shapes, outlines_a, within_m)
    rows_a, rows_b = np.concatenate((a_0, a_1, a_2)), np.concatenate((b_0, b_1, b_2))
    shared = np.concatenate((shared, np.full(len(a_1) + len(a_2), np.nan)))
    distance = np.concatenate((np.zeros(len(a_0)), distance_1, distance_2))
    order = np.lexsort((rows_b, rows_a))
    return Pairs(rows_a[order], rows_b[order], shared[order], distance[order])


def _overlaps(a: Shapes, b: Shapes) -> Matches:
    """The shared area [m²] of overlapping outlines; without those that only touch or cross too often to measure."""
    tree = shapely.STRtree(b)
    matches = [_chunk_overlaps(rows, a, tree) for rows in _chunks(np.arange(len(a)))]
    return _concatenate(matches)


def _chunk_overlaps(rows: Rows, a: Shapes, tree: shapely.STRtree) -> Matches:
    rows_a, rows_b = tree.query(a[rows], predicate="intersects")
    rows_a = rows[rows_a]
    is_measurable = ~cross_too_often(a[rows_a], tree.geometries[rows_b])
    rows_a, rows_b = rows_a[is_measurable], rows_b[is_measurable]
    shared = np.round(shapely.area(shapely.intersection(a[rows_a], tree.geometries[rows_b])), AREA_DECIMALS)
    is_positive = shared > 0
    return rows_a[is_positive], rows_b[is_positive], shared[is_positive]


def _neighbours(points: Shapes, point_rows: Rows, others: Shapes, other_rows: Rows, within_m: float) -> Matches:
    """The distances [m] between points and other shapes, up to a limit; all in EPSG:4326.

    Args:
        points: shapes of one side.
        point_rows: their rows that are points.
        others: shapes of the other side.
        other_rows: their rows to search.
        within_m: the largest distance [m].
    """
    if not (len(point_rows) and len(other_rows)):
        return _concatenate([])
    tree = shapely.STRtree(_in_mercator(others[other_rows]))
    matches = []
    for rows in _chunks(point_rows):
        lonlat, xy = shapely.get_coordinates(points[rows]), shapely.get_coordinates(_in_mercator(points[rows]))
        for shift in (0.0, ONCE_AROUND, -ONCE_AROUND):  # for neighbours across the antimeridian
            point, other, distance = _chunk_neighbours(lonlat, xy + np.array((shift, 0)), tree, within_m)
            matches.append((rows[point], other_rows[other], distance))
    return _concatenate(matches)


def _chunk_neighbours(lonlat: Numbers, xy: Numbers, tree: shapely.STRtree, within_m: float) -> Matches:
    """As `_neighbours`, for points in degrees and in EPSG:3395, and a tree in EPSG:3395."""
    reach = within_m * _mercator_scale(np.abs(lonlat[:, 1]) + within_m / LEAST_NORTH_M)
    candidates = np.flatnonzero(np.abs(xy[:, 0]) <= ONCE_AROUND / 2 + reach)
    positions = np.asarray(shapely.points(xy))
    point, other = tree.query(positions[candidates], predicate="dwithin", distance=reach[candidates] + 1)
    point = candidates[point]
    nearest = shapely.get_coordinates(shapely.shortest_line(positions[point], tree.geometries[other]))[1::2]
    back = pyproj.Transformer.from_crs(MERCATOR, LONLAT, always_xy=True)
    lon, lat = back.transform(nearest[:, 0], nearest[:, 1])
    distance = np.round(distance_m((lonlat[point, 0], lonlat[point, 1]), (lon, lat)), MILLIMETRES)
    is_near = distance <= within_m
    return point[is_near], other[is_near], distance[is_near]


def _mercator_scale(latitude_deg: Numbers) -> Numbers:
    """The scale factor of EPSG:3395 at a latitude."""
    latitude = np.radians(np.minimum(latitude_deg, HIGHEST_LATITUDE))
    return np.sqrt(1 - WGS84.es * np.sin(latitude) ** 2) / np.cos(latitude)


def _in_mercator(shapes: Shapes) -> Shapes:
    clipped = shapely.transform(
        shapes, lambda xy: np.column_stack((xy[:, 0], np.clip(xy[:, 1], -HIGHEST_LATITUDE, HIGHEST_LATITUDE)))
    )
    return projected(clipped, pyproj.Transformer.from_crs(LONLAT, MERCATOR, always_xy=True))


def _chunks(rows: Rows) -> Iterator[Rows]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def _concatenate(matches: list[Matches]) -> Matches:
    empty = (np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty(0))
    a, b, values = zip(empty, *matches, strict=True)
    return np.concatenate(a), np.concatenate(b), np.concatenate(values)
