"""`match_probability`: what the warehouse computes is what was fitted."""

import numpy as np
import pytest

from benchmarks.match_model import judged_pairs
from benchmarks.match_weights import read_weights
from loaders.db.connection import connect
from tests.warehouse.conftest import Warehouse

PAIRS = """
    select pairs.pair_kind, pairs.dataset_key_a = pairs.dataset_key_b as is_of_one, match_parts, match_probability
    from prepared.prep_pv_pairs as pairs
"""
FEATURES = """
    select features.*, 0 as is_true, match_probability
    from prepared.prep_pv_match_features as features
    inner join prepared.prep_pv_pairs using (number_a, number_b)
"""


def test_only_points_of_two_datasets_have_a_probability_which_is_the_sum_of_its_parts(warehouse: Warehouse) -> None:
    with connect(warehouse.paths.database, read_only=True) as connection:
        rows = connection.execute(PAIRS).to_arrow_table().to_pylist()
    modelled = [row for row in rows if row["match_probability"] is not None]
    assert modelled
    assert modelled == [row for row in rows if row["pair_kind"] == "points" and not row["is_of_one"]]
    for row in modelled:
        assert list(row["match_parts"]) == ["base", "distance", "capacity", "name", "crowding"]
        log_odds = sum(row["match_parts"].values())
        assert row["match_probability"] == pytest.approx(1 / (1 + np.exp(-log_odds)), abs=0.0001)


def test_the_warehouse_and_the_fit_agree_on_a_probability(warehouse: Warehouse) -> None:
    with connect(warehouse.paths.database, read_only=True) as connection:
        table = connection.execute(FEATURES).df()
    said = judged_pairs(table).probability(read_weights())
    assert said == pytest.approx(table["match_probability"].to_numpy(), abs=0.01)
