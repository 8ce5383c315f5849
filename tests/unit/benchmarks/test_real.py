"""Grades of real inventories: what is known of each file, and how pairs are judged by shared identifiers."""

import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
import shapely
import yaml
from rich.console import Console

from benchmarks.causes import Cause
from benchmarks.grading import Score
from benchmarks.real.derived import decoy, other_inventory
from benchmarks.real.grades import Counts, DecoyScore, decoy_scores, real_grades
from benchmarks.real.inventories import KNOWN, Identifier, Inventory, inventories, namespaces, older_edition
from benchmarks.real.run import Options, grade_real
from benchmarks.reliability import Bin, reliability
from loaders.core.errors import BuildError
from loaders.db.connection import connect
from loaders.settings.params import Dataset

FILES = yaml.safe_load(KNOWN.read_text(encoding="utf-8"))


def folder_of(tmp_path: Path, *keys: str) -> Path:
    """A folder that holds the files of some known inventories, empty ones."""
    for key in keys:
        path = tmp_path / key / FILES[key]["file"]
        path.parent.mkdir()
        path.touch()
    return tmp_path


def test_known_files_are_found_below_the_folder_and_the_others_are_named(tmp_path: Path) -> None:
    found, missing = inventories(folder_of(tmp_path, "usa_uspvdb_2023", "usa_uspvdb_2025", "gbr_repd_2020"))
    assert [each.key for each in found] == ["usa_uspvdb_2025", "usa_uspvdb_2023", "gbr_repd_2020"]  # newest first
    assert len(missing) == len(FILES) - 3
    assert "uspvdb_v2_0_20240801.csv" in missing


@pytest.mark.parametrize("key", FILES)
def test_the_entry_of_each_known_file_is_one_that_params_yaml_takes(tmp_path: Path, key: str) -> None:
    (inventory,), _ = inventories(folder_of(tmp_path, key))
    entry = inventory.settings(names=False, identifiers=False, older=None)
    assert Dataset.model_validate({"key": key, **entry}).source.path == str(inventory.path)


def test_identifiers_and_editions_are_mapped_only_if_matching_may_use_them(tmp_path: Path) -> None:
    found, _ = inventories(folder_of(tmp_path, "usa_uspvdb_2023", "usa_uspvdb_2025"))
    newest, oldest = found
    assert older_edition(newest, found) == oldest.key
    assert older_edition(oldest, found) is None
    blind = newest.settings(names=False, identifiers=False, older=oldest.key)
    assert set(blind["columns"]) == {"source_id", "area", "capacity", "installed"}
    assert "version_of" not in blind
    sighted = newest.settings(names=False, identifiers=True, older=oldest.key)
    assert sighted["columns"]["identifiers"] == {"uspvdb_case": "case_id", "eia_plant": "eia_id"}
    assert sighted["version_of"] == "usa_uspvdb_2023"


def test_an_identifier_within_another_one_is_for_grading_only(tmp_path: Path) -> None:
    (inventory,), _ = inventories(folder_of(tmp_path, "global_gppd_2021"))
    assert inventory.truth["eia_plant"] == Identifier("gppd_idnr", r"^USA0*(\d+)$")
    assert inventory.settings(names=False, identifiers=True, older=None)["columns"]["identifiers"] == {
        "gppd": "gppd_idnr"
    }


def inventory(key: str, of: str, edition: int, **truth: Identifier) -> Inventory:
    return Inventory(key, Path(f"{key}.csv"), of, edition, {"columns": {"name": "title"}}, truth)


CASE, EIA = Identifier("case"), Identifier("plant", r"^USA0*(\d+)$")
OLD, NEW = (
    inventory("old", "own", 1, uspvdb_case=CASE, eia_plant=EIA),
    inventory("new", "own", 2, uspvdb_case=CASE, eia_plant=EIA),
)
OTHER = inventory("other", "other", 0, eia_plant=EIA)
DATASETS = (NEW, OLD, OTHER)
# id, case, plant code, installation, metres to the north, MW
RECORDS = (
    ("new:1", 1, "USA007", "p", 0, 10.0),
    ("old:1", "1.0", "USA7", "p", 100, 9.0),  # the same case, found
    ("new:2", 2, None, "q", 0, 20.0),
    ("old:2", 2, None, "r", 1500, 20.0),  # missed
    ("old:3", 3, None, "q", 0, 5.0),  # joined to case 2
    ("other:7", None, "USA7", "s", 50, 10.0),  # plant 7 is case 1, missed twice
    ("other:8", None, "DEU8", "q", 0, 1.0),  # has no identifier in common with any
    ("decoy:1", None, None, "p", 0, 1.0),
    ("decoy:2", None, None, "t", 0, 1.0),
)
PAIRS = (
    ("old:1", "new:1", "same_name", None, 0.96),
    ("other:7", "new:1", None, "50.0 m apart, and another one is nearer", 0.6),
    ("new:2", "old:3", "point_near", None, 0.7),
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "eo_pv_data.duckdb"
    rows = [_row(*record) for record in RECORDS]
    pairs = pd.DataFrame(
        PAIRS, columns=["record_id_a", "record_id_b", "match_rule", "refused_because", "match_probability"]
    )
    with connect(path) as connection:
        connection.execute("create schema curated; create schema prepared")
        connection.register("rows", pd.DataFrame(rows))
        connection.register("pairs", pairs)
        connection.execute("create table curated.curated_pv_records as from rows")
        connection.execute("create table prepared.prep_pv_pairs as from pairs")
        connection.execute(
            "create table curated.curated_pv_installations as "
            "select installation_id, max(capacity_mw) as capacity_mw from rows group by 1"
        )
    return path


def _row(name: str, case: object, plant: object, installation: str, north_m: float, mw: float) -> dict[str, Any]:
    return {
        "record_id": name,
        "dataset_key": name.partition(":")[0],
        "installation_id": installation,
        "centroid_lon": 10.0,
        "centroid_lat": 50 + north_m / 111_194.93,  # on the sphere that distances are measured on
        "capacity_mw": mw,
        "source_attributes": json.dumps({"case": case, "plant": plant, "title": f"Farm {name}"}),
    }


def test_pairs_are_judged_by_the_first_identifier_that_both_have(database: Path) -> None:
    grades = real_grades(database, DATASETS)
    assert grades.pairs == {
        ("new", "old"): Score(true=2, found=2, right=1),
        ("new", "other"): Score(true=1, found=0, right=0),
        ("old", "other"): Score(true=1, found=0, right=0),
    }
    assert grades.overall == Score(true=4, found=2, right=1)


def test_installations_and_capacity_are_compared_with_the_newest_edition_of_each_plant(database: Path) -> None:
    # cases 1 (10 MW), 2 (20 MW), 3 (5 MW), and installations p, q, r
    assert real_grades(database, DATASETS).counts["own"] == Counts(3, 35.0, 3, 50.0)


def test_each_miss_has_the_reason_of_the_build_and_each_wrong_pair_its_rule(database: Path) -> None:
    grades = real_grades(database, DATASETS)
    assert {(each.what, each.why, each.count) for each in grades.missed} == {
        ("new + old", "not a candidate, 1 to 10 km apart", 1),
        ("new + other", "… m apart, and another one is nearer", 1),
        ("old + other", "not a candidate, within 1 km", 1),
    }
    assert grades.wrong == [
        Cause("new + old", "joined by point_near", 1, ("new:2 old:3: 0 m, 20.0 / 5.0 MW, Farm new:2 / Farm old:3",))
    ]


def test_every_mistake_is_written_down(database: Path, tmp_path: Path) -> None:
    real_grades(database, DATASETS, dump=tmp_path)
    assert len(pd.read_csv(tmp_path / "missed.csv")) == 3
    assert pd.read_csv(tmp_path / "wrong.csv")["ids"].tolist() == ["new:2 old:3"]


def test_made_up_inventories_are_scored_but_their_mistakes_are_not_listed(database: Path) -> None:
    grades = real_grades(database, [NEW, OLD], [OTHER])
    assert set(grades.pairs) == {("new", "old")}
    assert set(grades.others) == {("new", "other"), ("old", "other")}
    assert {each.what for each in grades.missed} == {"new + old"}


def test_a_decoy_is_scored_by_the_records_that_were_joined_to_others(database: Path) -> None:
    assert decoy_scores(database, ["decoy"]) == [DecoyScore("decoy", 2, 1)]
    assert decoy_scores(database, []) == []
    assert DecoyScore("decoy", 2, 1).rate == pytest.approx(0.5)


def test_the_reliability_of_probabilities_counts_judged_pairs_in_bins(database: Path) -> None:
    grades = real_grades(database, DATASETS)
    assert grades.reliability == [Bin(0.5, 1, 0.6, 1.0), Bin(0.7, 1, 0.7, 0.0), Bin(0.9, 1, 0.96, 1.0)]
    assert [each.is_calibrated for each in grades.reliability] == [True, True, True]
    assert not Bin(0.9, 100, 0.95, 0.89).is_calibrated


def test_without_probabilities_there_is_no_reliability() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema prepared; create table prepared.prep_pv_pairs (record_id_a varchar)")
        assert reliability(connection) is None


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    """Canonical records of 400 plants of 10 MW in a row, and a large one."""
    lon = np.linspace(-100, -90, 401)
    records = pd.DataFrame(
        {
            "source_id": np.arange(401).astype(str),
            "geometry": shapely.to_wkb(shapely.points(lon, 40.0)),
            "centroid_lon": lon,
            "centroid_lat": 40.0,
            "source_area_m2": 200_000.0,
            "capacity_mw": 10.0,
            "installed_to": pd.Timestamp("2019-12-31"),
            "source_attributes": [json.dumps({"title": f"Farm {number}"}) for number in range(401)],
        }
    )
    path = tmp_path / "new.parquet"
    records.to_parquet(path)
    return path


def test_a_decoy_is_the_same_dataset_a_tenth_of_a_degree_further_north(loaded: Path, tmp_path: Path) -> None:
    found = decoy(NEW, loaded, tmp_path)
    published = pd.read_csv(found.path)
    assert (found.key, dict(found.truth)) == ("new_decoy", {})
    assert set(shapely.get_y(shapely.from_wkt(published["wkt"].to_numpy()))) == {40.1}
    assert published["name"].tolist()[:2] == ["Farm 0", "Farm 1"]


def test_another_inventory_lists_some_plants_moved_resized_and_with_other_names(loaded: Path, tmp_path: Path) -> None:
    found = other_inventory(NEW, loaded, tmp_path, 1)
    again = other_inventory(NEW, loaded, tmp_path / "again", 1)
    published = pd.read_csv(found.path)
    assert found.path.read_bytes() == again.path.read_bytes()
    assert found.truth == {"uspvdb_case": Identifier("plant")}
    assert len(published) == pytest.approx(0.6 * 401, rel=0.15)
    named = published.dropna(subset="name")
    assert len(named) / len(published) == pytest.approx(0.5, abs=0.1)
    is_right = named["name"] == "Farm " + named["plant"].astype(str)
    assert is_right.mean() == pytest.approx(0.7, abs=0.1)
    assert (published["capacity_mw"] != 10).mean() == pytest.approx(0.5, abs=0.1)
    north_m = (shapely.get_y(shapely.from_wkt(published["wkt"].to_numpy())) - 40) * 111_000
    assert np.abs(north_m).mean() == pytest.approx(400 * 2 / np.pi, rel=0.2)


def test_a_folder_without_any_known_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"None of the inventories of benchmarks/real/inventories\.yml is below"):
        grade_real(tmp_path, tmp_path / "out", Options(), Console(quiet=True))


def test_namespaces_are_in_the_order_of_the_file() -> None:
    assert namespaces()[:2] == ["uspvdb_case", "eia_plant"]
