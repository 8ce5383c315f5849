import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.causes import Cause
from benchmarks.grades import Grades, sample_grades, world_grades
from benchmarks.grading import ClusterScore, RuleScore, Score
from benchmarks.quality import show
from benchmarks.warehouse import model_seconds
from loaders.core.errors import BuildError
from loaders.db.connection import connect

# Two plants: the first is seen by all three datasets, and the outline of `china` was joined to the second instead.
RECORDS = """
    create schema curated;
    create table curated.curated_pv_records as
    from (values
        ('alpha', '1', 'alpha:1', 'a.geojson', 1, 'polygon', 'pv_1'),
        ('alpha', '2', 'alpha:2', 'a.geojson', 2, 'polygon', 'pv_2'),
        ('beta', '7', 'beta:7', 'b.geojson', 1, 'point', 'pv_1'),
        ('china', null, 'china:g-1', 'china_pv_2020.zip!inner/china_pv_2020.shp', 12, 'polygon', 'pv_2'),
        ('china', null, 'china:g-2', 'china_pv_2020.zip!inner/china_pv_2020.shp', 13, 'polygon', 'pv_3')
    ) as t(dataset_key, source_id, record_id, source_file, source_row, geometry_kind, installation_id);
"""
PAIRS = """
    create schema prepared;
    create table prepared.prep_pv_pairs as
    select
        *,
        split_part(record_id_a, ':', 1) as dataset_key_a,
        split_part(record_id_b, ':', 1) as dataset_key_b
    from (values
        ('alpha:1', 'beta:7', 'point_inside', true, null),
        ('alpha:2', 'china:g-1', 'shared_ground', true, null),
        ('alpha:1', 'china:g-1', null, false, 'they share 12.5 % of the smaller outline')
    ) as t(record_id_a, record_id_b, match_rule, is_match, refused_because);
"""
TRUTH = """relation,dataset_key_a,source_id_a,dataset_key_b,source_id_b
point_in_polygon,alpha,1,beta,7
shifted,alpha,1,china,china_pv_2020:12
shifted,beta,7,china,china_pv_2020:12
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "eo_pv_data.duckdb"
    with connect(path) as connection:
        connection.execute(RECORDS + PAIRS)
    return path


def truth(database: Path, text: str = TRUTH) -> Path:
    path = database.with_name("truth.csv")
    path.write_text(text, encoding="utf-8")
    return path


def test_the_samples_are_graded_by_the_pairs_of_their_truth(database: Path) -> None:
    grades = sample_grades(database, truth(database))
    assert grades.pairs == {
        ("alpha", "beta"): Score(true=1, found=1, right=1),
        ("alpha", "china"): Score(true=1, found=1, right=0),
        ("beta", "china"): Score(true=1, found=0, right=0),
    }
    assert grades.rules == {
        "point_inside": RuleScore(accepted=1, right=1, across=1, true=3),
        "shared_ground": RuleScore(accepted=1, right=0, across=0, true=3),
    }
    assert not grades.is_good


def test_rows_with_one_identifier_are_one_plant_of_the_truth(database: Path) -> None:
    with connect(database) as connection:
        connection.execute(
            """
            insert into curated.curated_pv_records
            values ('beta', '7', 'beta:7~2', 'b.geojson', 2, 'point', 'pv_1')
            """
        )
    assert sample_grades(database, truth(database)).pairs["alpha", "beta"] == Score(true=2, found=2, right=2)


def test_records_that_are_left_out_are_no_installation_together(database: Path) -> None:
    with connect(database) as connection:
        connection.execute("update curated.curated_pv_records set installation_id = null where dataset_key != 'china'")
    grades = sample_grades(database, truth(database))
    assert (grades.overall.found, grades.merged_falsely) == (0, [])


def test_whole_plants_of_the_samples_are_graded_where_the_truth_pairs_something(database: Path) -> None:
    # alpha:2 and china:g-2 are in no pair; of the only plant one record is elsewhere
    clusters = sample_grades(database, truth(database)).clusters
    assert clusters == ClusterScore(plants=1, installations=2, exact=0, pure=2)


def test_mistakes_are_told_with_their_cause_and_an_example(database: Path) -> None:
    grades = sample_grades(database, truth(database))
    assert grades.missed == [
        Cause("alpha polygon + china polygon", "they share … % of the smaller outline", 1, ("alpha:1 china:g-1",)),
        Cause("beta point + china polygon", "not compared", 1, ("beta:7 china:g-1",)),
    ]
    assert grades.merged_falsely == [
        Cause("alpha polygon + china polygon", "joined by shared_ground", 1, ("alpha:2 china:g-1",))
    ]


def test_a_pair_that_was_joined_and_divided_later_is_told_apart(database: Path) -> None:
    with connect(database) as connection:
        connection.execute("update curated.curated_pv_records set installation_id = 'pv_9' where record_id = 'beta:7'")
    causes = sample_grades(database, truth(database)).missed
    assert (
        Cause("alpha polygon + beta point", "joined by point_inside, divided later", 1, ("alpha:1 beta:7",)) in causes
    )


def test_plants_that_only_an_ungraded_record_holds_together_are_told(database: Path) -> None:
    known = database.with_name("truth.parquet")
    with connect(database) as connection:
        connection.execute("update curated.curated_pv_records set installation_id = 'pv_2'")
        plants = "('alpha:1', 1), ('alpha:2', 2), ('beta:7', 1), ('china:g-1', -1), ('china:g-2', 3)"
        connection.execute(f"copy (from (values {plants}) as t(record_id, plant)) to '{known}' (format parquet)")
    grades = world_grades(database, known)
    assert grades.overall == Score(true=1, found=5, right=1)  # all but alpha:1 alpha:2
    assert grades.merged_falsely == [
        Cause("installation of several plants", "each joined to a record that is not graded", 1, ("alpha:1 china:g-2",))
    ]


def test_a_record_that_the_build_lost_is_an_error(database: Path) -> None:
    known = database.with_name("truth.parquet")
    with connect(database) as connection:
        connection.execute(f"copy (select 'alpha:1' as record_id, 1 as plant) to '{known}' (format parquet)")
    with pytest.raises(BuildError, match="holds 5 records, its truth 1"):
        world_grades(database, known)


def test_samples_that_are_not_built_are_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="is missing"):
        sample_grades(tmp_path / "eo_pv_data.duckdb")


@pytest.mark.parametrize(
    "change",
    ["drop table prepared.prep_pv_pairs", "alter table curated.curated_pv_records drop column installation_id"],
)
def test_a_warehouse_of_another_version_is_said_to_be_one(database: Path, change: str) -> None:
    with connect(database) as connection:
        connection.execute(change)
    with pytest.raises(BuildError, match="is not as this version builds it"):
        sample_grades(database, truth(database))


def test_a_truth_that_names_a_stranger_is_an_error(database: Path) -> None:
    with pytest.raises(BuildError, match="names alpha 99, which is not in the built tables"):
        sample_grades(database, truth(database, TRUTH.replace("alpha,1,beta", "alpha,99,beta")))


@pytest.mark.parametrize(("right", "good"), [((998, 1000), True), ((997, 1000), False), ((998, 1004), False)])
def test_the_aims_are_a_recall_of_998_and_a_precision_of_995_in_a_thousand(right: tuple[int, int], good: bool) -> None:
    score = Score(true=1000, found=right[1], right=right[0])
    assert Grades({("a", "b"): score}, ClusterScore(1, 1, 1, 1), {}, [], []).is_good is good


def test_what_is_printed_holds_the_figures(database: Path) -> None:
    file = io.StringIO()
    show(sample_grades(database, truth(database)), "samples", Console(file=file, width=150))
    text = file.getvalue()
    assert "samples: 3 true pairs, 2 found, 1 of them right" in text
    assert "precision 50.00 %, recall 33.33 %, F1 40.00 %" in text
    assert "alpha:2 china:g-1" in text


def test_models_are_listed_from_the_slowest_and_tests_together(tmp_path: Path) -> None:
    results = [
        {"unique_id": "model.eo_pv.prep_pv_pairs", "execution_time": 2.5},
        {"unique_id": "test.eo_pv.unique_x.1a", "execution_time": 1.0},
        {"unique_id": "model.eo_pv.stg_pv_features", "execution_time": 0.5},
        {"unique_id": "unit_test.eo_pv.prep_pv_pairs.equal", "execution_time": 2.0},
    ]
    path = tmp_path / "run_results.json"
    path.write_text(json.dumps({"results": results}), encoding="utf-8")
    assert list(model_seconds(path).items()) == [("all tests", 3.0), ("prep_pv_pairs", 2.5), ("stg_pv_features", 0.5)]
