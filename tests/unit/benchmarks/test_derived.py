"""Datasets derived from real ones: decoys, and other inventories of the same plants."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from benchmarks.real.derived import decoy, other_inventory
from benchmarks.real.inventories import Identifier, Inventory

NEW = Inventory("new", Path("new.csv"), "own", 2, {"columns": {"name": "title"}}, {"uspvdb_case": Identifier("case")})


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
