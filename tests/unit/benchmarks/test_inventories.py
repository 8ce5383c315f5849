import json
import zipfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from benchmarks.inventories import make_inventories
from benchmarks.inventory_columns import plant_names
from benchmarks.inventory_kinds import KINDS
from benchmarks.outputs import PUBLISHED
from benchmarks.world import TRUTH
from benchmarks.world_views import BLOCKS, CROWD, INVENTORY, PERMITS, ROOFS, ROOFS_SEEN, SATELLITE, SURVEY
from loaders.add import new_project
from loaders.settings.params import read_settings

RECORDS = 1_500  # with fewer there is no town


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    folder = tmp_path_factory.mktemp("inventories") / "project"
    features = make(folder)
    return folder, features


def make(folder: Path) -> dict[str, int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(new_project, "PROGRAM", (".dvcignore",))  # copying the program takes a second
        return make_inventories(folder, RECORDS, seed=1)


def published(folder: Path, key: str) -> str:
    kind = KINDS[key]
    within = folder / PUBLISHED
    return f"/vsizip/{within / kind.archive}/{kind.file}" if kind.archive else str(within / kind.file)


def test_each_record_of_the_truth_is_a_published_feature(project: tuple[Path, dict[str, int]]) -> None:
    folder, features = project
    truth = pq.read_table(folder / TRUTH)
    keys, counts = np.unique([one.partition(":")[0] for one in truth["record_id"].to_pylist()], return_counts=True)
    assert dict(zip(keys.tolist(), counts.tolist(), strict=True)) == features
    assert len(set(truth["record_id"].to_pylist())) == sum(features.values())
    assert sum(features.values()) == pytest.approx(RECORDS, rel=0.5)


@pytest.mark.parametrize(
    ("key", "crs", "driver"),
    [
        (SURVEY, "EPSG:3857", ".gpkg"),
        (SATELLITE, "EPSG:4326", ".geojson"),
        (INVENTORY, "EPSG:6933", ".shp"),
        (BLOCKS, "EPSG:4326", ".gpkg"),
        (CROWD, "EPSG:4326", ".geojson"),
    ],
)
def test_gdal_reads_the_features_in_the_published_crs(
    project: tuple[Path, dict[str, int]], key: str, crs: str, driver: str
) -> None:
    folder, features = project
    info = pyogrio.read_info(published(folder, key))
    assert (info["features"], info["crs"]) == (features[key], crs)
    assert KINDS[key].file.endswith(driver)


def test_a_shapefile_keeps_letters_that_are_not_ascii(project: tuple[Path, dict[str, int]]) -> None:
    folder, _ = project
    regions = pyogrio.raw.read(published(folder, INVENTORY), columns=["REGION"])[3][0]
    assert set(regions) == {"Süd", "Öst", "Ñandú", "Åland"}
    with zipfile.ZipFile(folder / PUBLISHED / "inventory_2019.zip") as packed:
        assert packed.read("inventory_2019.cpg") == b"UTF-8"


def test_points_roofs_and_parquet_are_in_longitude_and_latitude(project: tuple[Path, dict[str, int]]) -> None:
    folder, features = project
    lines = (folder / PUBLISHED / KINDS[PERMITS].file).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + features[PERMITS]
    assert '"ylat","xlong"' in lines[0]
    roofs = (folder / PUBLISHED / KINDS[ROOFS].file).read_text(encoding="utf-8").splitlines()
    assert len(roofs) == 1 + features[ROOFS]
    table = pq.read_table(folder / PUBLISHED / KINDS[ROOFS_SEEN].file)
    assert len(table) == features[ROOFS_SEEN]
    assert json.loads(table.schema.metadata[b"geo"])["columns"]["geometry"]["encoding"] == "WKB"
    lon, lat = shapely.get_coordinates(shapely.centroid(shapely.from_wkb(table["geometry"].to_numpy()))).T
    assert lon == pytest.approx(table["longitude"].to_numpy(), abs=1e-5)
    assert lat == pytest.approx(table["latitude"].to_numpy(), abs=1e-5)


def test_the_settings_name_each_file_and_how_many_features_it_has(project: tuple[Path, dict[str, int]]) -> None:
    folder, features = project
    settings = read_settings(folder / "params.yaml")
    assert {key: one.expected_features for key, one in settings.datasets.items()} == features
    assert settings.origin == "doi"
    assert settings.boundaries.source == "naturalearth"
    for kind in KINDS.values():
        assert (folder / PUBLISHED / (kind.archive or kind.file)).is_file()


def test_the_same_seed_makes_the_same_bytes(project: tuple[Path, dict[str, int]], tmp_path: Path) -> None:
    make(tmp_path / "again")
    for path in (*(project[0] / PUBLISHED).iterdir(), project[0] / TRUTH):
        again = tmp_path / "again" / path.relative_to(project[0])
        assert again.read_bytes() == path.read_bytes(), path.name


def test_the_name_of_a_plant_is_its_own() -> None:
    names = plant_names(np.arange(0, 20_000, 2))
    assert len(set(names)) == len(names)
    assert names == plant_names(np.arange(0, 20_000, 2))
