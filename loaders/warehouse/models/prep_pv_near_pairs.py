"""The dbt model prep_pv_near_pairs: between two datasets, a record has one counterpart at most."""

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

from loaders.core.arrays import Flags, Numbers, Rows

DATASETS = "least(dataset_key_a, dataset_key_b), greatest(dataset_key_a, dataset_key_b)"
GROUPS = f"dense_rank() over (order by is_outlines, {DATASETS})"
# of the dataset that comes first in the alphabet, and of the other one
SIDES = (
    "case when dataset_key_a < dataset_key_b then number_a else number_b end as one",
    "case when dataset_key_a < dataset_key_b then number_b else number_a end as other",
)
LINKS_AT_A_TIME = 300
# To stay alone costs more than any pair does (macro match_cost), whatever else is loaded.
COST_OF_NONE = 20.0


def assign_records(neighbours: duckdb.DuckDBPyRelation) -> pa.Table:
    """The pairs of `prep_pv_neighbours` that are kept, by pair of datasets: one to one, of the lowest total cost.

    Args:
        neighbours: `prep_pv_neighbours`.

    Returns:
        `number_a`, `number_b` and `near_rule`.
    """
    columns = ("number_a", "number_b", "near_rule", "cost", *SIDES, f"{GROUPS} as pair_of_datasets")
    links = neighbours.project(", ".join(columns)).order("pair_of_datasets, one, other").to_arrow_table()
    one, other, cost, group = (links[name].to_numpy() for name in ("one", "other", "cost", "pair_of_datasets"))
    chosen = np.zeros(len(links), dtype=np.bool_)
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    for rows in np.split(np.arange(len(links)), starts[1:]):
        if len(rows):
            chosen[rows] = one_to_one(one[rows], other[rows], cost[rows])
    return links.select(["number_a", "number_b", "near_rule"]).filter(pa.array(chosen))


def one_to_one(one: Rows, other: Rows, cost: Numbers) -> Flags:
    """Which links are kept, so that no record has two and the sum of (cost of none - cost) is the greatest.

    Args:
        one: the records of one dataset.
        other: those of the other dataset.
        cost: of each link; a pair has one link at most.
    """
    row, column = (np.unique(side, return_inverse=True)[1] for side in (one, other))
    rows = row.max() + 1
    links = coo_matrix((np.ones(len(row), dtype=np.int8), (row, rows + column)), shape=(rows + column.max() + 1,) * 2)
    component = connected_components(links, directed=False)[1][row]
    order = np.argsort(component, kind="stable")
    starts = np.flatnonzero(np.diff(component[order], prepend=-1))  # where a component begins
    cuts = starts[np.flatnonzero(np.diff(starts // LINKS_AT_A_TIME, prepend=0))]
    cost_of_none = np.full(component.max() + 1, COST_OF_NONE)
    np.maximum.at(cost_of_none, component, cost + 1)
    kept = np.zeros(len(row), dtype=np.bool_)
    for block in np.split(order, cuts):
        kept[block] = _assigned(one[block], other[block], cost[block], cost_of_none[component[block]])
    return kept


def _assigned(one: Rows, other: Rows, cost: Numbers, cost_of_none: Numbers) -> Flags:
    """The same for some whole components, since the time grows faster than the number of links."""
    row, column = (np.unique(side, return_inverse=True)[1] for side in (one, other))
    rows, columns = row.max() + 1, column.max() + 1
    # each record may stay alone, at more than any link costs; and no cost is zero, which would be no link
    alone = np.arange(rows)
    costs_alone = np.zeros(rows)
    costs_alone[row] = cost_of_none
    ends = (np.concatenate([row, alone]), np.concatenate([column, columns + alone]))
    costs = np.concatenate([cost + 1, costs_alone + 1])
    graph = coo_matrix((costs, ends), shape=(rows, columns + rows))
    kept: Flags = min_weight_full_bipartite_matching(graph.tocsr())[1][row] == column
    return kept
