"""How the harder world is graded: by kind of trap."""

import io
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from benchmarks.grading import ClusterScore, Score
from benchmarks.hard_world.farms import MARKET, REGISTER
from benchmarks.hard_world.grades import HardGrades, hard_grades, show
from loaders.core.errors import BuildError
from loaders.db.connection import connect

ROWS = (
    ("a:1", "a", "p", 1, "moved"), ("b:1", "b", "p", 1, "moved"), ("a:2", "a", "q", 2, "moved"),
    ("b:2", "b", "r", 2, "moved"), ("a:3", "a", "s", 3, "wrong_names"), ("b:4", "b", "s", 4, "plain"),
)  # fmt: skip


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "eo_pv_data.duckdb"
    rows = pd.DataFrame(ROWS, columns=["record_id", "dataset_key", "installation_id", "plant", "trap"])
    rows = rows.assign(centroid_lon=10.0, centroid_lat=50.0, capacity_mw=1.0, source_attributes="{}")
    rows["dataset_key"] = rows["dataset_key"].map({"a": REGISTER, "b": MARKET})
    with connect(path) as connection:
        connection.register("rows", rows)
        connection.execute("create schema curated; create schema prepared")
        connection.execute("create table curated.curated_pv_records as from rows")
        connection.execute(
            "create table prepared.prep_pv_pairs "
            "(record_id_a varchar, record_id_b varchar, match_rule varchar, refused_because varchar)"
        )
    pq.write_table(pa.table(rows[["record_id", "plant", "trap"]]), tmp_path / "truth.parquet")
    return path


def test_pairs_are_graded_by_trap_and_those_across_two_traps_by_both(database: Path, tmp_path: Path) -> None:
    grades = hard_grades(database, tmp_path / "truth.parquet")
    assert grades.traps == {"moved": Score(2, 1, 1), "plain + wrong_names": Score(0, 1, 0)}
    assert grades.others == Score(2, 2, 1)
    assert grades.clusters == ClusterScore(plants=4, installations=4, exact=1, pure=3)
    assert [(each.what, each.why) for each in grades.missed] == [("moved", "not a candidate, within 1 km")]
    assert not grades.is_good


def test_what_is_printed_holds_both_lines_and_each_trap(database: Path, tmp_path: Path) -> None:
    file = io.StringIO()
    show(hard_grades(database, tmp_path / "truth.parquet"), Console(file=file, width=150))
    text = file.getvalue()
    assert "harder world: 2 true pairs, 2 found, 1 of them right: precision 50.00 %, recall 50.00 %" in text
    assert "30 % of the names wrong: 0 true pairs" in text
    assert "plain + wrong_names" in text
    assert "of 4 plants 25.00 % are one installation, whole and alone" in text


def test_a_record_without_a_truth_is_an_error(database: Path, tmp_path: Path) -> None:
    pq.write_table(pq.read_table(tmp_path / "truth.parquet").slice(1), tmp_path / "shorter.parquet")
    with pytest.raises(BuildError, match="with a truth"):
        hard_grades(database, tmp_path / "shorter.parquet")


@pytest.mark.parametrize(
    ("others", "names", "good"),
    [
        (Score(1000, 1000, 995), Score(1000, 900, 900), True),
        (Score(1000, 1000, 994), Score(1000, 900, 900), False),
        (Score(1000, 990, 989), Score(1000, 900, 900), False),
        (Score(1000, 1000, 995), Score(1000, 899, 899), False),
        (Score(1000, 1000, 995), Score(1000, 920, 910), False),
    ],
)
def test_the_aims_of_the_harder_world(others: Score, names: Score, good: bool) -> None:
    traps = {"moved": others, "wrong_names": names}
    assert HardGrades(traps, ClusterScore(1, 1, 1, 1), [], [], None).is_good is good
