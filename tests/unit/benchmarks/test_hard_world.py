"""The harder world: what its traps are made of, and how it is graded."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from benchmarks.grading import ClusterScore, Score
from benchmarks.hard_world.farms import (
    COPY,
    DATASETS,
    MARKET,
    NEXT_EDITION,
    OUTLINES,
    PLANNING,
    REGISTER,
    SATELLITE,
    TRACED,
    Listed,
    farms,
    listed,
)
from benchmarks.hard_world.grades import HardGrades, hard_grades
from benchmarks.hard_world.moves import wrong_names
from benchmarks.hard_world.names import elsewhere
from benchmarks.hard_world.traps import TRAPS
from benchmarks.hard_world.world import hard_records, make_hard_world
from loaders.core.errors import BuildError
from loaders.db.connection import connect
from loaders.geo.geometry import area_m2
from loaders.settings.params import read_settings


@pytest.fixture(scope="module")
def records() -> pd.DataFrame:
    made = hard_records(6000, 1)
    shapes = shapely.from_wkt(made["wkt"].to_numpy())
    centres = shapely.centroid(shapes)
    return made.assign(shape=shapes, lon=shapely.get_x(centres), lat=shapely.get_y(centres))


def test_it_has_about_as_many_records_as_were_asked_for_of_every_dataset_and_trap(records: pd.DataFrame) -> None:
    assert len(records) == pytest.approx(6000, rel=0.1)
    assert set(records["dataset"]) == set(DATASETS)
    assert set(records["trap"]) == set(TRAPS)
    assert not records.duplicated(["dataset", "id"]).any()


def test_no_plant_belongs_to_two_traps_or_stands_twice_in_a_dataset(records: pd.DataFrame) -> None:
    assert (records.groupby("plant")["trap"].nunique() == 1).all()
    assert not records.duplicated(["dataset", "plant"]).any()


def test_the_same_seed_makes_the_same_records_and_another_one_does_not() -> None:
    one, again, other = hard_records(800, 1), hard_records(800, 1), hard_records(800, 2)
    pd.testing.assert_frame_equal(one, again)
    assert one["wkt"].tolist() != other["wkt"].tolist()


def test_both_editions_of_the_register_know_a_plant_by_the_same_identifier(records: pd.DataFrame) -> None:
    of_plant = records[records["dataset"].isin([REGISTER, NEXT_EDITION])].groupby("plant")["id"].nunique()
    assert (of_plant == 1).all()


def pairs(records: pd.DataFrame, trap: str, a: str, b: str) -> pd.DataFrame:
    """Records of the same plants in two datasets, with the distance between them."""
    chosen = records[records["trap"] == trap]
    both = chosen[chosen["dataset"] == a].merge(chosen[chosen["dataset"] == b], on="plant", suffixes=("_a", "_b"))
    north_m = (both["lat_a"] - both["lat_b"]) * 111_132
    east_m = (both["lon_a"] - both["lon_b"]) * 111_320 * np.cos(np.radians(both["lat_a"]))
    return both.assign(apart_m=np.hypot(north_m, east_m))


def test_points_move_in_proportion_to_the_size_of_the_plant(records: pd.DataFrame) -> None:
    both = pairs(records, "moved", REGISTER, NEXT_EDITION)
    radii = both["apart_m"] / both["radius_m_a"]
    assert radii.min() == pytest.approx(0.1, abs=0.02)
    assert radii.max() == pytest.approx(0.6, abs=0.02)


def test_a_new_neighbour_stands_where_the_old_edition_has_the_plant(records: pd.DataFrame) -> None:
    chosen = records[records["trap"] == "new_neighbour"]
    old = chosen[chosen["dataset"] == REGISTER]
    new = chosen[(chosen["dataset"] == NEXT_EDITION) & ~chosen["plant"].isin(old["plant"])]
    both = old.merge(new, on="site", suffixes=("_old", "_new"))
    assert len(both) == len(old)
    assert (np.hypot(both["x_m_old"] - both["x_m_new"], both["y_m_old"] - both["y_m_new"]) < 8.01).all()
    assert (pairs(records, "new_neighbour", REGISTER, NEXT_EDITION)["apart_m"] > 20).all()


@pytest.mark.parametrize("trap", ["one_spot_by_capacity", "one_spot_by_name"])
def test_plants_at_one_spot_differ_by_capacity_or_by_name(records: pd.DataFrame, trap: str) -> None:
    spot = records[(records["trap"] == trap) & (records["dataset"] == REGISTER)].groupby("site")
    assert (spot["wkt"].nunique() == 1).all()
    assert (spot["plant"].nunique() > 1).all()
    evidence = "mw" if trap == "one_spot_by_capacity" else "name"
    assert (spot[evidence].nunique() == spot["plant"].nunique()).all()


def test_a_refused_application_is_a_plant_of_its_own_that_only_the_planning_register_lists(
    records: pd.DataFrame,
) -> None:
    chosen = records[records["trap"] == "resubmitted"]
    built = chosen[chosen["dataset"] == NEXT_EDITION]["plant"]
    refused = chosen[~chosen["plant"].isin(built)]
    assert set(refused["dataset"]) == {PLANNING}
    assert len(refused) == len(built)
    both = refused.merge(chosen[chosen["dataset"] == PLANNING], on="site", suffixes=("", "_built"))
    both = both[both["plant"] != both["plant_built"]]
    assert (both["mw"] / both["mw_built"]).between(1.24, 1.71).all()


def test_positions_of_a_dataset_are_rounded_or_stand_for_unknown_ones(records: pd.DataFrame) -> None:
    market = records[(records["trap"] == "rounded") & (records["dataset"] == MARKET)]
    assert (market["lon"].round(2) == market["lon"]).all()
    unknown = records[records["trap"] == "placeholder"].groupby(["lon", "lat"]).size()
    assert len(unknown) == 2
    assert (0.0, 0.0) in unknown.index


def test_a_copy_has_the_figures_of_its_source_and_at_times_coarser_positions(records: pd.DataFrame) -> None:
    both = pairs(records, "plain", REGISTER, COPY)
    assert len(both) > 10
    assert (both["name_a"] == both["name_b"]).all()
    assert (both["mw_a"] == both["mw_b"]).all()
    assert both["apart_m"].between(0, 80).all()
    assert (both["apart_m"] == 0).mean() == pytest.approx(0.5, abs=0.25)


def test_outlines_are_shifted_by_8_to_12_m_each(records: pd.DataFrame) -> None:
    both = pairs(records, "outlines_shifted", OUTLINES, TRACED)
    assert both["apart_m"].between(0, 24.3).all()
    assert both["apart_m"].mean() == pytest.approx(12.7, abs=2.5)  # 10 m · 4 / π
    areas = area_m2(both["shape_a"].to_numpy())
    assert areas == pytest.approx(both["area_m2_a"].fillna(pd.Series(areas)).to_numpy(), rel=0.1)


def test_half_of_the_names_are_missing_and_30_percent_of_the_others_wrong() -> None:
    found = pd.concat(wrong_names(np.arange(3000), np.random.default_rng(1)))
    truth = found[found["dataset"] == NEXT_EDITION].set_index("plant")["name"].str.split(" Solar").str[0].str.casefold()
    market = found[found["dataset"] == MARKET]
    named = market[market["name"] != ""]
    assert len(named) / len(market) == pytest.approx(0.5, abs=0.03)
    plain = named[named["name"].str.isascii()]
    first_letter = plain["name"].str.casefold().str[:5].to_numpy() == truth[plain["plant"]].str[:5].to_numpy()
    assert first_letter.mean() == pytest.approx(0.7, abs=0.04)


def test_names_are_written_in_other_ways_but_stay_recognisable() -> None:
    found = elsewhere(["Oak Hill"] * 300, [2] * 300, np.random.default_rng(1))
    assert {"Oak Hill2 Solar Ltd", "Öäk Hill II Energy Center", "OAK HILL Phase 2"} & set(found)
    assert all(name.casefold().translate(str.maketrans("áéöü", "aeou")).startswith("oak hill") for name in found)


def test_a_satellite_states_neither_names_nor_years_and_its_capacity_is_up_to_40_percent_off() -> None:
    random = np.random.default_rng(1)
    farm = farms(np.arange(500), random)
    seen = listed(farm, Listed(SATELLITE), random)
    assert (seen["name"] == "").all()
    assert seen["year"].isna().all()
    assert (seen["mw"] / farm["mw"]).between(0.69, 1.41).all()


def test_the_project_can_be_loaded_and_its_truth_knows_every_record(tmp_path: Path) -> None:
    made = make_hard_world(tmp_path, 800, 1)
    settings = read_settings(tmp_path / "params.yaml")
    paths = {key: str(dataset.source.path) for key, dataset in settings.datasets.items()}
    files = {key: pd.read_csv(path, dtype=str) for key, path in paths.items()}
    truth = pq.read_table(tmp_path / "truth.parquet").to_pandas()
    assert sum(len(file) for file in files.values()) == made == len(truth)
    assert set(truth["record_id"]) == {f"{key}:{id_}" for key, file in files.items() for id_ in file["id"]}


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
