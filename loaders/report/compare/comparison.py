"""Compares two datasets: matches their records and measures agreement by group of connected records.

One farm may be one outline in one dataset and ten blocks in the other. Areas and capacities are therefore compared by
group: a connected component of matching records.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from loaders.core.arrays import Flags, Numbers, Rows, Shapes
from loaders.report.compare.pairs import Pairs, find_pairs
from loaders.report.compare.records import UNKNOWN, Side

EXTENT_MARGIN_DEG = 0.05  # about 5 km: outlines at the edge may differ between datasets
BASES = ("ac", "dc", UNKNOWN)
MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Part:
    """One side of the groups; each array except `group` has one entry per group.

    Attributes:
        group: the group of each record of the side; -1 without a match.
        records: number of records.
        area_m2: area of the union of their outlines [m²]; NaN where all are points.
        capacity_mw: sum of the stated capacities [MW]; NaN unless every record states one.
        basis: of those capacities: ac, dc, unknown or mixed.
    """

    group: Rows
    records: Rows
    area_m2: Numbers
    capacity_mw: Numbers
    basis: Shapes


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of a comparison.

    Attributes:
        a, b: the two sides.
        inside_a, inside_b: which records are in the other side's extent, or match one there.
        pairs: the matching records.
        part_a, part_b: both sides of each group.
        shared_m2: by group, area of the intersection [m²]; NaN where a side has no outline.
    """

    a: Side
    b: Side
    inside_a: Flags
    inside_b: Flags
    pairs: Pairs
    part_a: Part
    part_b: Part
    shared_m2: Numbers

    @property
    def iou(self) -> Numbers:
        """By group, intersection over union of the two sides; NaN where one has no outline."""
        return self.shared_m2 / (self.part_a.area_m2 + self.part_b.area_m2 - self.shared_m2)


def compare(a: Side, b: Side, within_m: float) -> Comparison:
    """Match two datasets: outlines that share area; points in an outline, or within a distance of it or of a point.

    Args:
        a: one dataset.
        b: the other one.
        within_m: the largest distance of a point [m], on the ellipsoid.
    """
    pairs = find_pairs(a, b, within_m)
    group_a, group_b = _groups(pairs, len(a), len(b))
    count = 1 + max(group_a.max(initial=-1), group_b.max(initial=-1))
    outlines_a, outlines_b = _group_outlines(a.plane, group_a, count), _group_outlines(b.plane, group_b, count)
    shared_m2 = shapely.area(shapely.intersection(outlines_a, outlines_b))
    shared_m2[shapely.is_missing(outlines_a) | shapely.is_missing(outlines_b)] = np.nan
    return Comparison(
        a=a,
        b=b,
        inside_a=_is_inside(a, b) | (group_a >= 0),
        inside_b=_is_inside(b, a) | (group_b >= 0),
        pairs=pairs,
        part_a=_part(a, group_a, outlines_a),
        part_b=_part(b, group_b, outlines_b),
        shared_m2=shared_m2,
    )


def _groups(pairs: Pairs, records_a: int, records_b: int) -> tuple[Rows, Rows]:
    """The group of each record of A and of B, counted from 0 in the order of A; -1 without a match."""
    links = coo_matrix(
        (np.ones(len(pairs.a), dtype=np.int8), (pairs.a, records_a + pairs.b)), (records_a + records_b,) * 2
    )
    component = connected_components(links, directed=False)[1]
    matched = np.unique(np.concatenate((pairs.a, records_a + pairs.b)))
    group = np.full(records_a + records_b, -1, dtype=np.intp)
    group[matched] = np.unique(component[matched], return_inverse=True)[1]
    return group[:records_a], group[records_a:]


def _group_outlines(plane: Shapes, group: Rows, count: int) -> Shapes:
    """The union of the outlines of each group; None where all are points."""
    outlines = np.full(count, None, dtype=object)
    rows = np.flatnonzero((group >= 0) & ~shapely.is_missing(plane))
    rows = rows[np.argsort(group[rows], kind="stable")]
    groups, position, parts = np.unique(group[rows], return_inverse=True, return_counts=True)
    outlines[group[rows]] = plane[rows]
    is_shared = parts[position] > 1
    if is_shared.any():
        owner = np.unique(position[is_shared], return_inverse=True)[1]
        collections = np.asarray(shapely.geometrycollections(plane[rows[is_shared]], indices=owner))
        outlines[groups[parts > 1]] = shapely.union_all(collections[:, np.newaxis], axis=1)
    return outlines


def _part(side: Side, group: Rows, outlines: Shapes) -> Part:
    rows = np.flatnonzero(group >= 0)
    count = len(outlines)
    area = shapely.area(outlines)
    area[shapely.is_missing(outlines)] = np.nan
    return Part(
        group=group,
        records=np.bincount(group[rows], minlength=count),
        area_m2=area,
        capacity_mw=np.bincount(group[rows], weights=side.capacity_mw[rows], minlength=count).astype(float),
        basis=_basis(side.basis[rows], group[rows], count),
    )


def _basis(basis: Shapes, group: Rows, count: int) -> Shapes:
    """The common capacity basis of each group, else `mixed`."""
    common = np.full(count, MIXED, dtype=object)
    for name in BASES:
        common[np.bincount(group, weights=basis != name, minlength=count) == 0] = name
    return common


def _is_inside(side: Side, other: Side) -> Flags:
    """Which records are in the other side's extent: the bounding box of its centroids, with a margin."""
    if not len(other):
        return np.zeros(len(side), dtype=np.bool_)
    lon, lat, margin = other.lon, other.lat, EXTENT_MARGIN_DEG
    east_west: Flags = (side.lon >= lon.min() - margin) & (side.lon <= lon.max() + margin)
    north_south: Flags = (side.lat >= lat.min() - margin) & (side.lat <= lat.max() + margin)
    return east_west & north_south
