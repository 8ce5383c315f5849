"""Entity resolution as a Hamilton graph: connected components of matched pairs are installations.

A component is split where an override says that two of its records differ, or where over-merging makes it implausibly
large: a chain of pairs, each plausible, whose ends are far apart.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely
from scipy.cluster.hierarchy import DisjointSet
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from loaders.core.arrays import Flags, Numbers, Rows, Shapes
from loaders.core.node_tags import node
from loaders.geo.antimeridian import WORLD, joined
from loaders.geo.earth import EQUATOR_EAST_M, EQUATOR_NORTH_M

M2_PER_DEGREE2 = EQUATOR_EAST_M * EQUATOR_NORTH_M  # along a parallel less, by the cosine of the latitude
LEAST_RECORDS = 3  # two records matched by a rule cannot be over-merged; two matched by an override can
CHUNK_RECORDS = 20_000  # records whose shapes are in memory at a time, or one group if that is larger


@dataclass(frozen=True, slots=True)
class Links:
    """Matched pairs of records, by row.

    Attributes:
        a, b: the records.
        strength: match weight [0 to 1, and 2 for an override]; the weakest links are cut first.
        is_fixed: never cut by distance: overrides, identifiers, groups of the publisher, and equal shapes.
        is_one_to_one: joins no two records of one dataset, not even by way of others.
        apart_m: how far apart a rule for points lets the two be [m]; 0 for all other rules.
    """

    a: Rows
    b: Rows
    strength: Numbers
    is_fixed: Flags
    is_one_to_one: Flags
    apart_m: Numbers


@dataclass(frozen=True, slots=True)
class CannotLinks:
    """Pairs of records that must not be one installation (cannot-link constraints), by row."""

    a: Rows
    b: Rows


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on the size of an installation.

    Attributes:
        spread: how many times larger its hull may be than that of its largest record.
        outlines_m2: least area [m²] that counts as the largest record's, where all are outlines.
        points_m2: the same where there is a point, which has no area itself; more where a link reaches further.
    """

    spread: float
    outlines_m2: float
    points_m2: float


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


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def component(links: Links, record_count: int) -> Rows:
    """The component of each record; a record without links is its own component."""
    ones = np.ones(len(links.a), dtype=np.int8)
    label: Rows = connected_components(coo_matrix((ones, (links.a, links.b)), (record_count,) * 2), directed=False)[1]
    return label.astype(np.intp)


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def solid(links: Links, record_count: int) -> Rows:
    """The same by links that may join records of one dataset: parts of a whole, groups, equal shapes, overrides."""
    a, b = links.a[~links.is_one_to_one], links.b[~links.is_one_to_one]
    ones = np.ones(len(a), dtype=np.int8)
    label: Rows = connected_components(coo_matrix((ones, (a, b)), (record_count,) * 2), directed=False)[1]
    return label.astype(np.intp)


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def sizes(component: Rows) -> Rows:
    """Number of records in each component."""
    return np.bincount(component)


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def contradicted(component: Rows, apart: CannotLinks) -> Flags:
    """Components with two records that must not be one installation."""
    is_contradicted = np.zeros(component.max(initial=-1) + 1, dtype=np.bool_)
    is_inside = component[apart.a] == component[apart.b]
    is_contradicted[component[apart.a[is_inside]]] = True
    return is_contradicted


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def crowded(component: Rows, solid: Rows, dataset: Rows) -> Flags:
    """Components with two records of one dataset that no solid links hold together."""
    return _has_two_of_a_dataset(component, solid, dataset)


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def least_m2(links: Links, shapes: pa.ChunkedArray, limits: Limits) -> Numbers:
    """Least area [m²] that each record counts as, when the size of its component is judged; 0 for outlines."""
    reach_m = np.zeros(len(shapes))
    np.maximum.at(reach_m, links.a, links.apart_m)
    np.maximum.at(reach_m, links.b, links.apart_m)
    reached: Numbers = np.where(reach_m > 0, np.maximum(np.pi * reach_m**2, limits.points_m2), 0)
    return reached


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def runaway(  # noqa: PLR0913 (one for each node that it follows from)
    component: Rows, sizes: Rows, least_m2: Numbers, links: Links, shapes: pa.ChunkedArray, limits: Limits
) -> Flags:
    """Components whose hull is too large for their largest record."""
    is_runaway = np.zeros(len(sizes), dtype=np.bool_)
    least_records = np.full(len(sizes), LEAST_RECORDS)
    least_records[component[links.a[links.is_fixed]]] = 2
    rows = np.flatnonzero(sizes[component] >= least_records[component])
    for chunk in _group_chunks(rows, component):
        labels, position = np.unique(component[chunk], return_inverse=True)
        is_runaway[labels] = _is_spread_out(_decoded(shapes, chunk), position, least_m2[chunk], limits)
    return is_runaway


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def cluster(  # noqa: PLR0913 (one for each node that it follows from)
    component: Rows,
    contradicted: Flags,
    crowded: Flags,
    runaway: Flags,
    least_m2: Numbers,
    dataset: Rows,
    links: Links,
    apart: CannotLinks,
    shapes: pa.ChunkedArray,
    limits: Limits,
) -> Rows:
    """The installation of each record: its component, or its part of a divided component."""
    label = component.copy()
    next_label = len(contradicted)
    for rows, pairs in _components_to_divide(component, contradicted | crowded | runaway, links):
        records = Records(rows, dataset[rows], least_m2[rows], _decoded(shapes, rows))
        groups = _divide(_single_groups(records, apart, limits), pairs, links, limits.spread)
        for group in groups[1:]:  # the first keeps the component's number
            label[group] = next_label
            next_label += 1
    return label


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def is_divided(component: Rows, cluster: Rows) -> Flags:
    """Which records belong to a divided component."""
    pairs = np.unique(np.stack((component, cluster)), axis=1)
    flags: Flags = (np.bincount(pairs[0]) > 1)[component]
    return flags


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def is_spread_out(  # noqa: PLR0913 (one for each node that it follows from)
    component: Rows, runaway: Flags, cluster: Rows, least_m2: Numbers, shapes: pa.ChunkedArray, limits: Limits
) -> Flags:
    """Which records belong to an installation that is too large, but has only fixed links."""
    flags = np.zeros(len(cluster), dtype=np.bool_)
    for chunk in _group_chunks(np.flatnonzero(runaway[component]), cluster):
        position = np.unique(cluster[chunk], return_inverse=True)[1]
        flags[chunk] = _is_spread_out(_decoded(shapes, chunk), position, least_m2[chunk], limits)[position]
    return flags


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def is_crowded(cluster: Rows, solid: Rows, dataset: Rows) -> Flags:
    """Which records belong to an installation with two records of a dataset that only fixed links hold together."""
    flags: Flags = _has_two_of_a_dataset(cluster, solid, dataset)[cluster]
    return flags


@node(data_source="warehouse", processing_stage="prepare", data_type="arrow")
def clusters(cluster: Rows, is_divided: Flags, is_spread_out: Flags, is_crowded: Flags) -> pa.Table:
    """One row per record in order: the number of its installation, and whether it was divided, is large or crowded."""
    return pa.table(
        {"cluster": cluster, "is_divided": is_divided, "is_spread_out": is_spread_out, "is_crowded": is_crowded}
    )


def _has_two_of_a_dataset(group: Rows, solid: Rows, dataset: Rows) -> Flags:
    """By group, whether a dataset has records in it that belong to different solid parts."""
    parts = np.unique(np.stack((group, dataset, solid)), axis=1)
    is_next = (parts[:2, 1:] == parts[:2, :-1]).all(axis=0)
    has_two = np.zeros(group.max(initial=-1) + 1, dtype=np.bool_)
    has_two[parts[0, 1:][is_next]] = True
    return has_two


def _group_chunks(rows: Rows, group: Rows) -> Iterator[Rows]:
    """The rows in chunks of whole groups, which bounds the memory for their shapes."""
    ordered = rows[np.argsort(group[rows], kind="stable")]
    group_starts = np.flatnonzero(np.diff(group[ordered], prepend=-1))  # where a group begins
    cuts = group_starts[np.flatnonzero(np.diff(group_starts // CHUNK_RECORDS, prepend=0))]
    yield from (chunk for chunk in np.split(ordered, cuts) if len(chunk))


def _is_spread_out(shapes: Shapes, group: Rows, least_m2: Numbers, limits: Limits) -> Flags:
    """By group, whether its hull is too large; shapes are sorted by group."""
    shapes = _on_one_side(shapes, group)
    scale = M2_PER_DEGREE2 * np.cos(np.radians(shapely.get_y(shapely.centroid(shapes))))
    largest, scales = np.zeros(group[-1] + 1), np.zeros(group[-1] + 1)
    hull_m2 = shapely.area(shapely.convex_hull(shapes)) * scale
    np.maximum.at(largest, group, np.maximum(np.maximum(hull_m2, least_m2), _least_m2(shapes, limits)))
    np.maximum.at(scales, group, scale)
    hulls = shapely.area(shapely.convex_hull(shapely.geometrycollections(shapes, indices=group))) * scales
    spread: Flags = hulls > limits.spread * largest
    return spread


def _least_m2(shapes: Shapes, limits: Limits) -> Numbers:
    least: Numbers = np.where(shapely.get_dimensions(shapes) == 0, limits.points_m2, limits.outlines_m2)
    return least


def _on_one_side(shapes: Shapes, group: Rows) -> Shapes:
    """Shapes in degrees, continued beyond 180° for groups on both sides of the antimeridian."""
    whole = joined(shapes).copy()
    west, east = np.full(group[-1] + 1, np.inf), np.full(group[-1] + 1, -np.inf)
    bounds = shapely.bounds(whole)
    np.minimum.at(west, group, bounds[:, 0])
    np.maximum.at(east, group, bounds[:, 2])
    turned = ((east - west)[group] > WORLD / 2) & (bounds[:, 0] < 0)
    whole[turned] = shapely.transform(whole[turned], lambda xy: xy + np.array((WORLD, 0.0)))
    return whole


def _components_to_divide(component: Rows, is_chosen: Flags, links: Links) -> list[tuple[Rows, Rows]]:
    """Records and links of each component that is to be divided."""
    records, pairs = defaultdict(list), defaultdict(list)
    for row in np.flatnonzero(is_chosen[component]):
        records[component[row]].append(row)
    for pair in np.flatnonzero(is_chosen[component[links.a]]):
        pairs[component[links.a[pair]]].append(pair)
    return [(np.array(records[label]), np.array(pairs[label], dtype=np.intp)) for label in records]


def _divide(groups: dict[int, _Group], link_rows: Rows, links: Links, spread: float) -> list[list[int]]:
    """Merge single records again by the strongest links first, except links that violate a constraint."""
    joined = DisjointSet(list(groups))
    for pair in _strongest_first(link_rows, links):
        a, b = joined[int(links.a[pair])], joined[int(links.b[pair])]
        if a == b or b in {joined[row] for row in groups[a].cannot_link}:
            continue
        if links.is_one_to_one[pair] and groups[a].datasets & groups[b].datasets:
            continue
        both = groups[a] | groups[b]
        if links.is_fixed[pair] or _area_m2(both.hull) <= spread * both.largest_m2:
            joined.merge(a, b)
            groups[joined[a]] = both
    return sorted(sorted(group) for group in joined.subsets())


def _strongest_first(rows: Rows, links: Links) -> Rows:
    """Fixed links, then those that may join records of one dataset, then all others; of each, the strongest first."""
    keys = (links.b, links.a, -links.strength, links.is_one_to_one, ~links.is_fixed)
    return rows[np.lexsort(tuple(key[rows] for key in keys))]


def _single_groups(records: Records, apart: CannotLinks, limits: Limits) -> dict[int, _Group]:
    """A group for each record."""
    hulls = shapely.convex_hull(_on_one_side(records.shapes, np.zeros(len(records.row), dtype=np.intp)))
    least = np.maximum(records.least_m2, _least_m2(records.shapes, limits))
    cannot_link = defaultdict(set)
    for a, b in zip(apart.a.tolist(), apart.b.tolist(), strict=True):
        cannot_link[a].add(b)
        cannot_link[b].add(a)
    members = set(records.row.tolist())
    return {
        row: _Group(hull, max(_area_m2(hull), least_m2), frozenset(cannot_link[row] & members), frozenset({dataset}))
        for row, hull, least_m2, dataset in zip(
            records.row.tolist(), hulls, least.tolist(), records.dataset.tolist(), strict=True
        )
    }


def _area_m2(hull: shapely.Geometry) -> float:
    south, north = shapely.bounds(hull)[[1, 3]]
    return float(shapely.area(hull) * M2_PER_DEGREE2 * np.cos(np.radians((south + north) / 2)))


def _decoded(shapes: pa.ChunkedArray, rows: Rows) -> Shapes:
    return np.asarray(shapely.from_wkb(shapes.take(pa.array(rows)).to_numpy(zero_copy_only=False)))
