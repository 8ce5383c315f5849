"""What is built by place has the bytes of what is built at once, and only what has changed is computed again."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from shapely import Point

from loaders import run_doi_pipeline
from loaders.core.paths import DATABASE_NAME, ProjectPaths
from loaders.settings.machine import Machine, machine, use_machine
from loaders.settings.params import read_settings
from loaders.warehouse.build_sources import BuildSources
from loaders.warehouse.dbt_run import dbt_environment
from loaders.warehouse.former_database import NOTE
from loaders.warehouse.raw_tables import read_project_overrides
from loaders.warehouse.shards.models import compiled_models
from loaders.warehouse.shards.run import Division, remove_former_tables
from tests.warehouse.conftest import Warehouse, built, write_irradiance
from tests.warehouse.elsewhere import D

FOURTH = 100  # of the records of all worlds, or a little less


def by_place(root: Path, most: int) -> Warehouse:
    """Build with so many records in a shard."""
    former = machine()
    use_machine(Machine(shard_records=most))
    try:
        return built(root)
    finally:
        use_machine(former)


def published(paths: ProjectPaths) -> dict[str, bytes]:
    """What a build publishes, by file."""
    return {path.name: path.read_bytes() for path in paths.curated.iterdir()} | {"": paths.build_metrics.read_bytes()}


def shards(paths: ProjectPaths) -> dict[str, int]:
    """The shards of the last build by name, and when each was computed."""
    return {path.name: path.stat().st_mtime_ns for path in paths.scratch("shards/results").iterdir()}


def shards_with(warehouse: Warehouse, key: str) -> set[str]:
    """The shards that have records of a dataset."""
    query = "select count(*) from read_parquet($path) where dataset_key = $key"
    folders = warehouse.paths.scratch("shards/results").iterdir()
    return {
        folder.name
        for folder in folders
        if warehouse.value(query, {"path": str(folder / "curated_pv_records.parquet"), "key": key})
    }


def computed(root: Path, most: int) -> Path:
    """The tables of shards of so many records; without the rest of the build."""
    settings, paths = read_settings(root / "params.yaml"), ProjectPaths(root, "doi")
    environment = dbt_environment(paths.scratch("build") / DATABASE_NAME, root)
    compiled = compiled_models(root, paths.scratch("models.json"), environment)
    division = Division(compiled, most, paths.scratch("shards"), paths.scratch("inputs"))
    sources = BuildSources.read(settings, paths, read_project_overrides(settings, paths))
    return division.compute(sources).folder


def add_first(root: Path, key: str, place: Point) -> None:
    """Load one more dataset, before all others in the settings: a plant at a place."""
    plant = {"type": "Feature", "properties": {"name": "Sunny", "mw": 7}, "geometry": place.__geo_interface__}
    (root / f"{key}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [plant]}))
    columns = {"name": "name", "capacity": {"column": "mw", "unit": "MW"}}
    entry = {"source": {"path": f"{key}.geojson"}, "columns": columns, "licence": "CC0-1.0"}
    params = yaml.safe_load((root / "params.yaml").read_text())
    params["datasets"] = {key: entry} | params["datasets"]
    (root / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    run_doi_pipeline(database_path=root / "raw.duckdb", params=root / "params.yaml", datasets=[key])


def all_rows(warehouse: Warehouse) -> dict[str, object]:
    """The number of rows of each table and view, and a digest of them in any order."""
    names = "select schema_name || '.' || {0}_name from duckdb_{0}s() where not internal"
    tables = [name for kind in ("table", "view") for (name,) in warehouse.rows(names.format(kind))]
    texts = "row(*columns(lambda name: name <> 'geometry'))::varchar"  # null and empty lists hash alike
    digest = f"select count(*), bit_xor(hash(rows, {texts})) from {{}} as rows"  # noqa: S608
    return {name: warehouse.rows(digest.format(name))[0] for name in tables if ".hamilton_" not in name}


@pytest.fixture(scope="module")
def in_four(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The worlds, built in four shards or more."""
    root = tmp_path_factory.mktemp("in_four") / "project"
    shutil.copytree(warehouse.paths.root, root, ignore=shutil.ignore_patterns("*.duckdb"))
    shutil.rmtree(root / "dbt/sources")  # as in a new project
    return by_place(root, FOURTH)


@pytest.fixture
def copied(in_four: Warehouse, tmp_path: Path) -> Warehouse:
    """A copy of them, to be changed."""
    shutil.copytree(in_four.paths.root, tmp_path / "project")
    return Warehouse(ProjectPaths(tmp_path / "project", "doi"))


def test_four_shards_make_the_bytes_of_one_build(warehouse: Warehouse, in_four: Warehouse) -> None:
    assert len(shards(in_four.paths)) >= 4
    assert published(in_four.paths) == published(warehouse.paths)


def test_sixty_four_shards_make_the_bytes_of_one_build(warehouse: Warehouse, copied: Warehouse) -> None:
    by_place(copied.paths.root, 9)
    assert len(shards(copied.paths)) >= 64
    assert published(copied.paths) == published(warehouse.paths)


def test_prepared_tables_of_shards_can_be_queried(warehouse: Warehouse, in_four: Warehouse) -> None:
    query = "select record_id, country, licence_kind from prepared.prep_pv_datasets_unified order by all"
    assert in_four.rows(query) == warehouse.rows(query)
    pairs = "select record_id_a, record_id_b, match_rule, strength from prepared.prep_pv_pairs order by all"
    assert in_four.rows(pairs) == warehouse.rows(pairs)


def test_what_is_kept_is_not_computed_again(copied: Warehouse) -> None:
    before = shards(copied.paths)
    computed(copied.paths.root, FOURTH)
    assert shards(copied.paths) == before


def test_a_new_dataset_far_away_computes_its_own_shard_only(copied: Warehouse) -> None:
    """Shards after it then have other numbers, and all datasets other ranks; without it, those from before."""
    root, before = copied.paths.root, shards(copied.paths)
    settings = (root / "params.yaml").read_text()
    add_first(root, "a_far_2020", Point(-170, 60))
    computed(root, FOURTH)
    after = shards(copied.paths)
    (new,) = after.keys() - before.keys()
    assert shards_with(copied, "a_far_2020") == {new}
    (root / "params.yaml").write_text(settings)
    computed(root, FOURTH)
    assert after.items() - shards(copied.paths).items() == {(new, after[new])}


def test_a_name_at_a_stand_in_for_a_position_leads_to_another_shard(copied: Warehouse) -> None:
    add_first(copied.paths.root, "a_centroid_2020", Point(0.25, 0))  # of the country AA
    add_first(copied.paths.root, "a_known_2021", Point(9.1, -4.2))
    tables = computed(copied.paths.root, FOURTH)
    query = f"select dataset_keys from read_parquet('{tables}/*/curated_pv_installations.parquet') where name = 'Sunny'"  # noqa: S608
    assert copied.rows(query) == [(["a_centroid_2020", "a_known_2021"],)]


def test_a_database_that_is_taken_over_has_the_rows_of_a_new_one(copied: Warehouse) -> None:
    """One dataset is new and another one gone."""
    root, note = copied.paths.root, copied.paths.scratch("shards") / NOTE
    first_size = json.loads(note.read_text())["first_size"]
    add_first(root, "a_new_2020", Point(0.0005, 0.0005))
    params = yaml.safe_load((root / "params.yaml").read_text())
    del params["datasets"][D]
    (root / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    write_irradiance(root)
    updated = by_place(root, FOURTH)
    files, rows = published(updated.paths), all_rows(updated)
    assert json.loads(note.read_text())["first_size"] == first_size
    note.unlink()
    new = by_place(root, FOURTH)
    assert published(new.paths) == files
    assert all_rows(new) == rows


def test_a_changed_setting_of_a_rule_computes_all_shards(copied: Warehouse) -> None:
    before = shards(copied.paths)
    path = copied.paths.root / "params.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"dedup": {"alike_m": 16}}, sort_keys=False))
    computed(copied.paths.root, FOURTH)
    assert not before.keys() & shards(copied.paths).keys()


def test_small_builds_leave_no_shards(copied: Warehouse) -> None:
    remove_former_tables(copied.paths.scratch("shards"), None)
    assert not copied.paths.scratch("shards").exists()
