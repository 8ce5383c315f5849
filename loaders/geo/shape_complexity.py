"""Limits on the work to check, repair or intersect shapes: counted, not timed, so the result never varies.

A validity check visits all corners of the shell for each hole. A repair costs, for each ring, its edges and crossings
times the pieces that it falls into, which are at most its crossings plus one.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from loaders.core.arrays import Flags, Numbers, Rows, Shapes

MOST_CHECKS = 4_000_000_000  # holes times corners of their shell: about 10 s
MOST_REPAIRS = 100_000_000  # edges and crossings of a ring, times its crossings: about 6 s
MOST_CROSSINGS = 500_000  # of all rings with each other: about 6 s
MOST_COMPARED = 10_000_000  # pairs of edges whose boxes meet: about 3 s
SIMPLE_EDGES = 100  # that cross as often as they can are below all limits
BATCH_PAIRS = 4_000_000
LEAST_BATCH_EDGES, MOST_BATCH_EDGES = 16, 2048  # edges; a few of a million can meet them all

Corners = npt.NDArray[np.float64]  # two columns


def too_complex_to_check(shapes: Shapes) -> Flags:
    """Whether a polygon has too many holes in too long a shell for a validity check."""
    candidates = np.flatnonzero(shapely.get_num_coordinates(shapes).astype(float) ** 2 > MOST_CHECKS)
    parts, rows = shapely.get_parts(shapes[candidates], return_index=True)
    checks = np.zeros(len(shapes))
    np.add.at(
        checks,
        candidates[rows],
        shapely.get_num_interior_rings(parts).astype(float)
        * shapely.get_num_coordinates(shapely.get_exterior_ring(parts)),
    )
    return np.asarray(checks > MOST_CHECKS)


def too_complex_to_repair(shape: BaseGeometry) -> bool:
    """Whether the rings of a polygon or multipolygon cross themselves and each other too often."""
    edges, ring = _edges(shape)
    if len(edges) <= SIMPLE_EDGES:
        return False
    length = np.bincount(ring)
    own_crossings = np.zeros_like(length)
    crossings, repairs, compared = 0, 0, 0
    for a, b in _near_pairs(edges):
        compared += len(a)
        if compared > MOST_COMPARED:
            return True
        meet = ~_are_neighbours(edges, a, b) & _meet(edges, a, b)
        ring_a, ring_b = ring[a[meet]], ring[b[meet]]
        crossings += len(ring_a)
        changed_rings, new_crossings = np.unique(ring_a[ring_a == ring_b], return_counts=True)
        previous = own_crossings[changed_rings]
        own_crossings[changed_rings] += new_crossings
        repairs += int(
            _repairs(length[changed_rings], previous + new_crossings).sum()
            - _repairs(length[changed_rings], previous).sum()
        )
        if crossings > MOST_CROSSINGS or repairs > MOST_REPAIRS:
            return True
    return False


def cross_too_often(a: Shapes, b: Shapes) -> Flags:
    """Whether the outlines of polygons, pair by pair, cross each other too often for an intersection."""
    too_often = shapely.get_num_coordinates(a) * shapely.get_num_coordinates(b).astype(np.int64) > MOST_CROSSINGS
    too_often[too_often] = [_crosses_too_often(*pair) for pair in zip(a[too_often], b[too_often], strict=True)]
    return np.asarray(too_often)


def _crosses_too_often(a: BaseGeometry, b: BaseGeometry) -> bool:
    (edges_a, _), (edges_b, _) = _edges(a), _edges(b)
    edges = np.vstack((edges_a, edges_b))
    crossings, compared = 0, 0
    for index_a, index_b in _near_pairs(edges):
        is_between = (index_a < len(edges_a)) & (index_b >= len(edges_a))
        crossings += int(_meet(edges, index_a[is_between], index_b[is_between]).sum())
        compared += len(index_a)
        if crossings > MOST_CROSSINGS or compared > MOST_COMPARED:
            return True
    return False


def _repairs(edges: Rows, crossings: Rows) -> Rows:
    return (edges + crossings) * crossings


def _near_pairs(edges: Numbers) -> Iterator[tuple[Rows, Rows]]:
    """Pairs of edges whose bounding boxes meet, each pair once, in batches."""
    lines = np.asarray(shapely.linestrings(edges.reshape(-1, 2, 2)))
    tree = shapely.STRtree(lines)
    step = int(np.clip(BATCH_PAIRS // len(edges), LEAST_BATCH_EDGES, MOST_BATCH_EDGES))
    for first in range(0, len(edges), step):
        a, b = tree.query(lines[first : first + step])
        later = b > a + first
        yield a[later] + first, b[later]


def _edges(shape: BaseGeometry) -> tuple[Numbers, Rows]:
    """Edges longer than zero as x and y of both ends, in four columns, and the number of their ring."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    edges = np.hstack((corners[:-1], corners[1:]))
    has_length = (ring[:-1] == ring[1:]) & (corners[:-1] != corners[1:]).any(axis=1)
    return edges[has_length], ring[:-1][has_length]


def _are_neighbours(edges: Numbers, a: Rows, b: Rows) -> Flags:
    """Whether one edge begins where the other ends, as along a ring."""
    follows = (edges[a, 2:] == edges[b, :2]).all(axis=1)
    leads = (edges[b, 2:] == edges[a, :2]).all(axis=1)
    return np.asarray(follows | leads)


def _meet(edges: Numbers, a: Rows, b: Rows) -> Flags:
    """Whether edges whose boxes meet have a point in common: neither has the other's ends on one side."""
    ends_of_b = _side(edges[a], edges[b, :2]) * _side(edges[a], edges[b, 2:])
    ends_of_a = _side(edges[b], edges[a, :2]) * _side(edges[b], edges[a, 2:])
    return np.asarray((ends_of_b <= 0) & (ends_of_a <= 0))


def _side(edges: Numbers, corners: Corners) -> Numbers:
    """On which side of each edge a corner lies: left is positive."""
    along, towards = edges[:, 2:] - edges[:, :2], corners - edges[:, :2]
    return np.sign(along[:, 0] * towards[:, 1] - along[:, 1] * towards[:, 0])
