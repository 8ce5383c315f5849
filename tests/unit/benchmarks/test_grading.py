import numpy as np
import pytest

from benchmarks.grading import ClusterScore, Graded, RuleScore, Score, cluster_score, pair_scores, rule_scores, total

# Plant 1 is a block and another one in `b`, and a whole in `a` that only the first was joined to; plant 2 is two
# records that were joined, and with them the only record of plant 3. x lies around both and is not graded.
ROWS = (
    ("a:1", "a", 1, "P"), ("b:1", "b", 1, "P"), ("b:2", "b", 1, "Q"),
    ("a:2", "a", 2, "R"), ("c:2", "c", 2, "R"), ("b:3", "b", 3, "R"),
    ("c:x", "c", -1, "R"),
)  # fmt: skip


def texts(*values: str) -> np.ndarray:
    return np.array(values, dtype=np.object_)


def graded(*rows: tuple[str, str, int, str]) -> Graded:
    ids, keys, plants, installations = zip(*rows, strict=True)
    return Graded(texts(*ids), texts(*keys), np.array(plants), texts(*installations))


def test_pairs_are_counted_by_the_two_datasets_and_never_within_one() -> None:
    assert pair_scores(graded(*ROWS)) == {
        ("a", "b"): Score(true=2, found=2, right=1),  # a:1 b:1 right, a:2 b:3 wrong, a:1 b:2 missed
        ("a", "c"): Score(true=1, found=1, right=1),
        ("b", "c"): Score(true=0, found=1, right=0),  # b:3 c:2
    }


def test_the_total_is_the_sum_of_the_pairs_of_datasets() -> None:
    score = total(list(pair_scores(graded(*ROWS)).values()))
    assert score == Score(true=3, found=4, right=2)
    assert score.precision == pytest.approx(2 / 4)
    assert score.recall == pytest.approx(2 / 3)
    assert score.f1 == pytest.approx(4 / 7)


def test_counting_agrees_with_listing_every_pair() -> None:
    random = np.random.default_rng(1)
    rows = [
        (f"r{n}", "abcd"[random.integers(4)], int(random.integers(-1, 40)), f"i{random.integers(40)}")
        for n in range(300)
    ]
    listed = [
        (one[2] == other[2], one[3] == other[3])
        for n, one in enumerate(rows)
        for other in rows[n + 1 :]
        if one[1] != other[1] and -1 not in {one[2], other[2]}
    ]
    expected = Score(sum(t for t, _ in listed), sum(f for _, f in listed), sum(t and f for t, f in listed))
    assert total(list(pair_scores(graded(*rows)).values())) == expected


def test_a_plant_counts_only_if_its_installation_is_whole_and_alone() -> None:
    assert cluster_score(graded(*ROWS)) == ClusterScore(plants=3, installations=3, exact=0, pure=2)
    joined = [(*row[:3], "P") if row[0] == "b:2" else row for row in ROWS]
    assert cluster_score(graded(*joined)) == ClusterScore(plants=3, installations=2, exact=1, pure=1)
    assert cluster_score(graded(*joined)).recall == pytest.approx(1 / 3)


def test_an_ungraded_record_makes_no_installation_impure() -> None:
    rows = (("a:1", "a", 1, "P"), ("b:1", "b", 1, "P"), ("c:1", "c", -1, "P"))
    assert cluster_score(graded(*rows)) == ClusterScore(plants=1, installations=1, exact=1, pure=1)
    assert total(list(pair_scores(graded(*rows)).values())) == Score(1, 1, 1)


def test_a_rule_is_graded_by_the_pairs_that_it_accepted_itself() -> None:
    scores = rule_scores(
        graded(*ROWS),
        texts("a:1", "b:1", "a:2", "b:3", "b:3"),
        texts("b:1", "b:2", "c:2", "c:2", "c:x"),
        texts("shared_ground", "shared_ground", "same_shape", "shared_ground", "shared_ground"),
    )
    assert scores == {
        "same_shape": RuleScore(accepted=1, right=1, across=1, true=3),
        # a:1 b:1 across, b:1 b:2 within a dataset, b:3 c:2 wrong; b:3 c:x is not graded
        "shared_ground": RuleScore(accepted=3, right=2, across=1, true=3),
    }
    assert scores["shared_ground"].precision == pytest.approx(2 / 3)
    assert scores["shared_ground"].share_found == pytest.approx(1 / 3)


def test_nothing_found_and_nothing_true_is_no_error() -> None:
    alone = graded(("a:1", "a", 1, "P"), ("b:1", "b", 2, "Q"))
    score = total(list(pair_scores(alone).values()))
    assert (score.precision, score.recall, score.f1) == (1.0, 1.0, 1.0)
    assert rule_scores(alone, texts(), texts(), texts()) == {}
