"""Entity resolution as a Hamilton graph: connected components of matched pairs are installations.

A component is split where an override says that two of its records differ, or where over-merging makes it implausibly
large: a chain of pairs, each plausible, whose ends are far apart.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from loaders.core.arrays import Flags, Numbers, Rows, Shapes
from loaders.core.node_tags import node
from loaders.warehouse.models.division import Records, divide
from loaders.warehouse.models.hulls import is_too_large
from loaders.warehouse.models.links import CannotLinks, Limits, Links

LEAST_RECORDS = 3  # two records matched by a rule cannot be over-merged; two matched by an override can
CHUNK_RECORDS = 20_000  # records whose shapes are in memory at a time, or one group if that is larger


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def component(links: Links, record_count: int) -> Rows:
    """The component of each record; a record without links is its own component."""
    return _components(links.a, links.b, record_count)


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def solid(links: Links, record_count: int) -> Rows:
    """The same by links that may join records of one dataset: parts of a whole, groups, equal shapes, overrides."""
    return _components(links.a[~links.is_one_to_one], links.b[~links.is_one_to_one], record_count)


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
        is_runaway[labels] = is_too_large(_decoded(shapes, chunk), position, least_m2[chunk], limits)
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
        for group in divide(records, pairs, links, apart, limits)[1:]:  # the first keeps the component's number
            label[group] = next_label
            next_label += 1
    return label


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def is_divided(component: Rows, cluster: Rows) -> Flags:
    """Which records belong to a divided component."""
    any_cluster = np.zeros(component.max(initial=-1) + 1, dtype=np.intp)
    any_cluster[component] = cluster
    divided = np.zeros(len(any_cluster), dtype=np.bool_)
    divided[component[cluster != any_cluster[component]]] = True
    flags: Flags = divided[component]
    return flags


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def is_spread_out(  # noqa: PLR0913 (one for each node that it follows from)
    component: Rows, runaway: Flags, cluster: Rows, least_m2: Numbers, shapes: pa.ChunkedArray, limits: Limits
) -> Flags:
    """Which records belong to an installation that is too large, but has only fixed links."""
    flags = np.zeros(len(cluster), dtype=np.bool_)
    for chunk in _group_chunks(np.flatnonzero(runaway[component]), cluster):
        position = np.unique(cluster[chunk], return_inverse=True)[1]
        flags[chunk] = is_too_large(_decoded(shapes, chunk), position, least_m2[chunk], limits)[position]
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


def _components(a: Rows, b: Rows, record_count: int) -> Rows:
    ones = np.ones(len(a), dtype=np.int8)
    label: Rows = connected_components(coo_matrix((ones, (a, b)), (record_count,) * 2), directed=False)[1]
    return label.astype(np.intp)


def _has_two_of_a_dataset(group: Rows, solid: Rows, dataset: Rows) -> Flags:
    """By group, whether a dataset has records in it that belong to different solid parts."""
    rows = np.lexsort((solid, dataset, group))
    group, dataset, solid = group[rows], dataset[rows], solid[rows]
    is_second = (group[1:] == group[:-1]) & (dataset[1:] == dataset[:-1]) & (solid[1:] != solid[:-1])
    has_two = np.zeros(group.max(initial=-1) + 1, dtype=np.bool_)
    has_two[group[1:][is_second]] = True
    return has_two


def _group_chunks(rows: Rows, group: Rows) -> Iterator[Rows]:
    """The rows in chunks of whole groups, which bounds the memory for their shapes."""
    ordered = rows[np.argsort(group[rows], kind="stable")]
    group_starts = np.flatnonzero(np.diff(group[ordered], prepend=-1))  # where a group begins
    cuts = group_starts[np.flatnonzero(np.diff(group_starts // CHUNK_RECORDS, prepend=0))]
    yield from (chunk for chunk in np.split(ordered, cuts) if len(chunk))


def _components_to_divide(component: Rows, is_chosen: Flags, links: Links) -> list[tuple[Rows, Rows]]:
    """Records and links of each component that is to be divided."""
    records, pairs = defaultdict(list), defaultdict(list)
    for row in np.flatnonzero(is_chosen[component]):
        records[component[row]].append(row)
    for pair in np.flatnonzero(is_chosen[component[links.a]]):
        pairs[component[links.a[pair]]].append(pair)
    return [(np.array(records[label]), np.array(pairs[label], dtype=np.intp)) for label in records]


def _decoded(shapes: pa.ChunkedArray, rows: Rows) -> Shapes:
    return np.asarray(shapely.from_wkb(shapes.take(pa.array(rows)).to_numpy(zero_copy_only=False)))
