import json
from pathlib import Path

import duckdb
import pytest

from benchmarks.grades import Grades
from benchmarks.grading import ClusterScore, Score
from benchmarks.real.grades import Counts, DecoyScore, RealGrades
from benchmarks.recorded import of_build, of_real, record


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "eo_pv_data.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema curated; create table curated.curated_pv_records as from range(7)")
    return path


def test_figures_name_what_was_measured_and_other_measurements_stay(tmp_path: Path, database: Path) -> None:
    file = tmp_path / "matching_quality.json"
    file.write_text(json.dumps({"world": {"records": 60_000}}), encoding="utf-8")
    grades = Grades({("a", "b"): Score(10, 9, 8)}, ClusterScore(5, 6, 4, 6), {}, [], [])
    record("samples", database, of_build(grades), file)
    recorded = json.loads(file.read_text(encoding="utf-8"))
    assert recorded["world"] == {"records": 60_000}
    samples = recorded["samples"]
    assert samples["records"] == 7
    assert samples["score"] == {"true": 10, "found": 9, "right": 8, "precision": 0.888889, "recall": 0.8}
    assert (samples["plants"], samples["whole"]) == (5, 4)
    assert len(samples["date"]) == len("2026-01-01")


def test_a_real_truth_is_recorded_by_pair_of_datasets_with_its_false_matches() -> None:
    grades = RealGrades(
        {("a", "b"): Score(10, 10, 9), ("a", "c"): Score(0, 0, 0)},
        {},
        {"uspvdb": Counts(5, 1.0, 6, 1.0)},
        [],
        [],
        None,
    )
    assert of_real(grades, [DecoyScore("d_decoy", 100, 1)]) == {
        "score": {"true": 10, "found": 10, "right": 9, "precision": 0.9, "recall": 0.9},
        "parts": [{"name": "a · b", "true": 10, "found": 10, "right": 9, "precision": 0.9, "recall": 0.9}],
        "counts": {"uspvdb": {"plants": 5, "installations": 6}},
        "decoys": [{"name": "d_decoy", "records": 100, "matched": 1}],
    }
