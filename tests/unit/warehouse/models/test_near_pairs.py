"""One-to-one assignment: of the records near a record, at most one in each other dataset is the same plant."""

from itertools import permutations

import duckdb
import numpy as np
import pyarrow as pa

from loaders.warehouse.models import prep_pv_near_pairs
from loaders.warehouse.models.prep_pv_near_pairs import assign_records, one_to_one


def _kept(links: list[tuple[int, int, float]]) -> set[tuple[int, int]]:
    one, other, cost = (np.array(side) for side in zip(*links, strict=True))
    kept = one_to_one(one.astype(np.intp), other.astype(np.intp), cost.astype(float))
    return {(a, b) for (a, b, _), is_kept in zip(links, kept, strict=True) if is_kept}


def test_a_link_of_its_own_is_kept_whatever_it_costs() -> None:
    assert _kept([(1, 7, 0.0), (2, 8, 99.0)]) == {(1, 7), (2, 8)}


def test_of_two_records_near_one_the_better_is_kept() -> None:
    assert _kept([(1, 7, 2.0), (2, 7, 1.0)]) == {(2, 7)}


def test_two_pairs_are_kept_rather_than_the_best_one_alone() -> None:
    """Neighbours within each other's reach: the best link of all would leave two records alone."""
    assert _kept([(1, 7, 1.5), (1, 8, 1.0), (2, 8, 1.5)]) == {(1, 7), (2, 8)}


def test_four_plants_at_one_spot_are_told_apart_by_the_total() -> None:
    links = [(a, b, 0.0 if a + b == 13 else 3.0) for a in range(4) for b in range(10, 14)]
    assert _kept(links) == {(0, 13), (1, 12), (2, 11), (3, 10)}


def test_no_other_choice_has_a_lower_total_cost() -> None:
    random = np.random.default_rng(1)
    costs = random.random((5, 5))
    links = [(a, b, costs[a, b]) for a in range(5) for b in range(5)]
    best = min(sum(costs[a, b] for a, b in enumerate(order)) for order in permutations(range(5)))
    assert np.isclose(sum(costs[a, b] for a, b in _kept(links)), best)


def test_components_that_are_solved_together_do_not_change_each_other() -> None:
    links = [(a, 1000 + (a + shift) % 40, float((7 * a + 3 * shift) % 11)) for a in range(40) for shift in (0, 1)]
    links += [(100 + a, 2000 + a, 1.0) for a in range(500)]
    together = _kept(links)
    assert {pair for pair in together if pair[0] < 100} == _kept([link for link in links if link[0] < 100])
    assert len(links) > prep_pv_near_pairs.LINKS_AT_A_TIME


def test_each_pair_of_datasets_is_assigned_by_itself_and_outlines_apart_from_points() -> None:
    """Record 1 of a has a counterpart in b and one in c; an outline of a one in b, next to its point."""
    rows = [
        (1, 2, "a", "b", False, "point_near", 1.0),
        (1, 3, "a", "b", False, "point_near", 2.0),
        (1, 4, "a", "c", False, "same_name", 5.0),
        (1, 5, "a", "b", True, "outlines_alike", 9.0),
        (6, 7, "b", "a", False, "point_near", 1.0),
        (7, 8, "a", "b", False, "point_near", 3.0),
    ]
    names = ("number_a", "number_b", "dataset_key_a", "dataset_key_b", "is_outlines", "near_rule", "cost")
    table = pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    with duckdb.connect() as connection:
        kept = assign_records(connection.from_arrow(table)).to_pylist()
    assert sorted(tuple(row.values()) for row in kept) == [
        (1, 2, "point_near"),
        (1, 4, "same_name"),
        (1, 5, "outlines_alike"),
        (6, 7, "point_near"),
    ]


def test_no_neighbour_gives_no_pair() -> None:
    with duckdb.connect() as connection:
        empty = connection.sql(
            "select 1 as number_a, 2 as number_b, 'a' as dataset_key_a, 'b' as dataset_key_b, false as is_outlines, "
            "'point_near' as near_rule, 1.0::double as cost where false"
        )
        assert assign_records(empty).num_rows == 0
