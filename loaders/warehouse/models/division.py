"""Divides a component of matched records that contradicts itself, is over-merged or holds two records of a dataset."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.cluster.hierarchy import DisjointSet

from loaders.core.arrays import Numbers, Rows, Shapes
from loaders.warehouse.models.hulls import hull_m2, least_m2_of, on_one_side
from loaders.warehouse.models.links import CannotLinks, Limits, Links


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one component.

    Attributes:
        row: of each record.
        dataset: a number for the dataset of each.
        least_m2: as in the node of that name.
        shapes: EPSG:4326 as (lon, lat).
    """

    row: Rows
    dataset: Rows
    least_m2: Numbers
    shapes: Shapes


@dataclass(frozen=True, slots=True)
class _Group:
    """Records that form one installation so far.

    Attributes:
        hull: around all of them [°].
        largest_m2: the largest hull of a single record [m²].
        cannot_link: records that must not join the group.
        datasets: whose records it holds.
    """

    hull: shapely.Geometry
    largest_m2: float
    cannot_link: frozenset[int]
    datasets: frozenset[int]

    def __or__(self, other: "_Group") -> "_Group":
        hull = shapely.convex_hull(shapely.GeometryCollection([self.hull, other.hull]))
        return _Group(
            hull,
            max(self.largest_m2, other.largest_m2),
            self.cannot_link | other.cannot_link,
            self.datasets | other.datasets,
        )


def divide(records: Records, link_rows: Rows, links: Links, apart: CannotLinks, limits: Limits) -> list[list[int]]:
    """Merge single records again by the strongest links first, except links that violate a constraint.

    Args:
        records: of one component.
        link_rows: which links are between them.
        links: of all records.
        apart: of all records.
        limits: on the size of an installation.

    Returns:
        The rows of each group, sorted.
    """
    groups = _single_groups(records, apart, limits)
    joined = DisjointSet(list(groups))
    for pair in _strongest_first(link_rows, links):
        a, b = joined[int(links.a[pair])], joined[int(links.b[pair])]
        if a == b or b in {joined[row] for row in groups[a].cannot_link}:
            continue
        if links.is_one_to_one[pair] and groups[a].datasets & groups[b].datasets:
            continue
        both = groups[a] | groups[b]
        if links.is_fixed[pair] or hull_m2(both.hull) <= limits.spread * both.largest_m2:
            joined.merge(a, b)
            groups[joined[a]] = both
    return sorted(sorted(group) for group in joined.subsets())


def _strongest_first(rows: Rows, links: Links) -> Rows:
    """Fixed links, then those that may join records of one dataset, then all others; of each, the strongest first."""
    keys = (links.b, links.a, -links.strength, links.is_one_to_one, ~links.is_fixed)
    return rows[np.lexsort(tuple(key[rows] for key in keys))]


def _single_groups(records: Records, apart: CannotLinks, limits: Limits) -> dict[int, _Group]:
    """A group for each record."""
    hulls = shapely.convex_hull(on_one_side(records.shapes, np.zeros(len(records.row), dtype=np.intp)))
    least = np.maximum(records.least_m2, least_m2_of(records.shapes, limits))
    cannot_link = defaultdict(set)
    for a, b in zip(apart.a.tolist(), apart.b.tolist(), strict=True):
        cannot_link[a].add(b)
        cannot_link[b].add(a)
    members = set(records.row.tolist())
    return {
        row: _Group(hull, max(hull_m2(hull), least_m2), frozenset(cannot_link[row] & members), frozenset({dataset}))
        for row, hull, least_m2, dataset in zip(
            records.row.tolist(), hulls, least.tolist(), records.dataset.tolist(), strict=True
        )
    }
