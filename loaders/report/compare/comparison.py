"""Two datasets against each other: which of their records are the same installation, and how far they agree on it.

One farm may be one outline here and ten blocks there. Areas and capacities are therefore compared by group: all
records of both that hang together through matching pairs.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from loaders.core.arrays import Flags, Numbers, Rows, Shapes
from loaders.report.compare.pairs import Pairs, find_pairs
from loaders.report.compare.records import UNKNOWN, Side

EXTENT_MARGIN_DEG = 0.05  # about 5 km: what lies at the rim of one may be drawn a little further out by the other
BASES = ("ac", "dc", UNKNOWN)
MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Part:
    """What one side brings into the groups; each array but `group` has one entry a group.

    Attributes:
        group: the group of each record of the side; -1 where nothing matches it.
        records: how many.
        area_m2: what their outlines cover together [m²], overlaps once; NaN where all are points.
        capacity_mw: sum of their stated capacities [MW]; NaN unless each states one.
        basis: of those capacities: ac, dc, unknown or mixed.
    """

    group: Rows
    records: Rows
    area_m2: Numbers
    capacity_mw: Numbers
    basis: Shapes


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of a comparison.

    Attributes:
        a, b: the two sides.
        inside_a, inside_b: which records lie in the other's extent, or match one there.
        pairs: the matching records.
        part_a, part_b: both sides of each group.
        shared_m2: by group, area that both cover [m²]; NaN where a side has no outline.
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
        """By group, intersection over union of what the two sides cover; NaN where one has no outline."""
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
    covered_a, covered_b = _covered(a.plane, group_a, count), _covered(b.plane, group_b, count)
    shared = shapely.area(shapely.intersection(covered_a, covered_b))
    shared[shapely.is_missing(covered_a) | shapely.is_missing(covered_b)] = np.nan
    return Comparison(
        a=a,
        b=b,
        inside_a=_is_inside(a, b) | (group_a >= 0),
        inside_b=_is_inside(b, a) | (group_b >= 0),
        pairs=pairs,
        part_a=_part(a, group_a, covered_a),
        part_b=_part(b, group_b, covered_b),
        shared_m2=shared,
    )


def _groups(pairs: Pairs, count_a: int, count_b: int) -> tuple[Rows, Rows]:
    """The group of each record of A and of B, counted from 0 in the order of A; -1 where nothing matches it."""
    links = coo_matrix((np.ones(len(pairs.a), dtype=np.int8), (pairs.a, count_a + pairs.b)), (count_a + count_b,) * 2)
    label = connected_components(links, directed=False)[1]
    matched = np.unique(np.concatenate((pairs.a, count_a + pairs.b)))
    group = np.full(count_a + count_b, -1, dtype=np.intp)
    group[matched] = np.unique(label[matched], return_inverse=True)[1]
    return group[:count_a], group[count_a:]


def _covered(plane: Shapes, group: Rows, count: int) -> Shapes:
    """What the outlines of each group cover together; None where all are points."""
    covered = np.full(count, None, dtype=object)
    rows = np.flatnonzero((group >= 0) & ~shapely.is_missing(plane))
    rows = rows[np.argsort(group[rows], kind="stable")]
    groups, position, parts = np.unique(group[rows], return_inverse=True, return_counts=True)
    covered[group[rows]] = plane[rows]
    several = parts[position] > 1
    if several.any():
        owner = np.unique(position[several], return_inverse=True)[1]
        collections = np.asarray(shapely.geometrycollections(plane[rows[several]], indices=owner))
        covered[groups[parts > 1]] = shapely.union_all(collections[:, np.newaxis], axis=1)
    return covered


def _part(side: Side, group: Rows, covered: Shapes) -> Part:
    rows = np.flatnonzero(group >= 0)
    count = len(covered)
    area = shapely.area(covered)
    area[shapely.is_missing(covered)] = np.nan
    return Part(
        group=group,
        records=np.bincount(group[rows], minlength=count),
        area_m2=area,
        capacity_mw=np.bincount(group[rows], weights=side.capacity_mw[rows], minlength=count).astype(float),
        basis=_basis(side.basis[rows], group[rows], count),
    )


def _basis(basis: Shapes, group: Rows, count: int) -> Shapes:
    """The basis that the records of each group have in common, else `mixed`."""
    common = np.full(count, MIXED, dtype=object)
    for name in BASES:
        common[np.bincount(group, weights=basis != name, minlength=count) == 0] = name
    return common


def _is_inside(side: Side, other: Side) -> Flags:
    """Which records lie in the bounding box of the other side's centroids, a little widened."""
    if not len(other):
        return np.zeros(len(side), dtype=np.bool_)
    lon, lat, margin = other.lon, other.lat, EXTENT_MARGIN_DEG
    east_west: Flags = (side.lon >= lon.min() - margin) & (side.lon <= lon.max() + margin)
    north_south: Flags = (side.lat >= lat.min() - margin) & (side.lat <= lat.max() + margin)
    return east_west & north_south
