from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.logistic import fit, probability
from benchmarks.match_model import Pairs, fit_weights, judged_pairs
from benchmarks.match_weights import FEATURES, MACRO, PARTS, Origin, read_weights, write_weights

ORIGIN = Origin("python -m a", "two inventories", "2026-11-29", 1234)
NO_FEATURE = dict.fromkeys(FEATURES[1:-1], 0.0)


def pairs(*rows: dict[str, object]) -> Pairs:
    """Pairs of records of `a` and `b`, each of which has numbers of its own."""
    keys = {"dataset_key_a": "a", "dataset_key_b": "b", "is_true": 0.0}
    return judged_pairs(pd.DataFrame([{**keys, **NO_FEATURE, **row} for row in rows]))


def neighbours(plants: int) -> Pairs:
    """Plants that two datasets have, of which every second one stands next to the record of the one before."""
    random = np.random.default_rng(1)
    near, far = random.uniform(0, 0.5, plants), random.uniform(1, 2, plants)
    same = [{"number_a": n, "number_b": n, "log_radii": near[n], "is_true": 1.0} for n in range(plants)]
    other = [{"number_a": n, "number_b": n - 1, "log_radii": far[n]} for n in range(1, plants, 2)]
    return pairs(*same, *other)


def test_a_coin_that_falls_three_times_in_four_has_log_odds_of_three() -> None:
    (weight,) = fit(np.ones((4000, 1)), np.tile([1.0, 1.0, 1.0, 0.0], 1000))
    assert weight == pytest.approx(np.log(3), abs=0.01)
    assert probability(np.array([weight]))[0] == pytest.approx(0.75, abs=0.001)


def test_the_odds_of_rivals_are_those_of_the_other_pairs_of_either_record() -> None:
    found = pairs(
        {"number_a": 1, "number_b": 1},
        {"number_a": 1, "number_b": 2, "log_radii": 1.0},
        {"number_a": 2, "number_b": 2, "log_radii": 2.0},
        {"number_a": 1, "number_b": 3, "dataset_key_b": "c"},
    )
    weights = np.array(
        [1.0 if feature == "1" else -1.0 if feature == "log_radii" else 0.0 for feature in FEATURES[:-1]]
    )
    odds = np.exp([1, 0, -1, 1])
    rivals = [odds[1], odds[0] + odds[2], odds[1], 0]
    assert found.log_rival_odds(weights) == pytest.approx(np.log1p(rivals))


def test_the_fit_tells_a_plant_from_its_neighbour() -> None:
    found = neighbours(200)
    weights = fit_weights(found)
    by_feature = dict(zip(FEATURES, weights, strict=True))
    assert by_feature["log_radii"] < -1
    said = found.probability(weights)
    assert said[found.is_true == 1].min() > 0.8
    assert said[found.is_true == 0].max() < 0.2


def test_the_macro_has_the_weights_that_were_written_and_says_how_they_came_about(tmp_path: Path) -> None:
    path = tmp_path / "match_weights.sql"
    weights = np.arange(len(FEATURES)) / 4
    write_weights(weights, ORIGIN, path)
    assert read_weights(path).tolist() == weights.tolist()
    text = path.read_text(encoding="utf-8")
    assert all(each in text for each in ("python -m a", "two inventories", "2026-11-29, 1,234 pairs"))


def test_a_macro_of_another_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "match_weights.sql"
    path.write_text(MACRO.read_text(encoding="utf-8").replace("log_metres", "log_miles"), encoding="utf-8")
    with pytest.raises(ValueError, match="expected the parts"):
        read_weights(path)


def test_distance_contradicting_capacities_other_names_and_rivals_speak_against_a_match() -> None:
    weights = dict(zip(FEATURES, read_weights(), strict=True))
    against = [*PARTS["distance"], "log_capacity_ratio", "has_similar_name", "has_other_name", *PARTS["crowding"]]
    assert all(weights[feature] < 0 for feature in against)
    assert weights["has_same_name"] > 0
