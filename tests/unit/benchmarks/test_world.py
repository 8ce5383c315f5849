import hashlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from benchmarks.world import ORIGIN, TRUTH, make_world, record_table
from benchmarks.world_plants import BOXES, CLUSTER, FILLED, FIRST_PHASE, PHASES, plants_of, site_cells
from benchmarks.world_views import BLOCKS, CROWD, INVENTORY, PERMITS, SATELLITE, SURVEY, VIEWS, sightings, take
from loaders.acquire.lock import read_lock
from loaders.contract import RECORD
from loaders.core.paths import ProjectPaths
from loaders.settings.params import read_settings

RECORDS = 4_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    make_world(folder, RECORDS, seed=1)
    return folder


@pytest.fixture(scope="module")
def records(world: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    loaded = [str(ProjectPaths(world, ORIGIN).loaded(key)) for key in VIEWS]
    with duckdb.connect() as connection:
        truth = connection.read_parquet(str(world / TRUTH))
        connection.read_parquet(loaded).join(truth, "record_id").create("records")
        yield connection


def count(connection: duckdb.DuckDBPyConnection, condition: str) -> int:
    return len(connection.table("records").filter(condition))


def shapes(connection: duckdb.DuckDBPyConnection, condition: str) -> np.ndarray:
    found = connection.table("records").filter(condition).order("record_id").project("geometry").to_arrow_table()
    return np.asarray(shapely.from_wkb(found["geometry"].to_numpy()))


def test_the_same_seed_makes_the_same_world_and_another_one_does_not(world: Path, tmp_path: Path) -> None:
    digests = {}
    for name, seed in (("again", 1), ("other", 2)):
        make_world(tmp_path / name, RECORDS, seed)
        digests[name] = hashlib.sha256((tmp_path / name / TRUTH).read_bytes()).hexdigest()
        digests[name] += hashlib.sha256(ProjectPaths(tmp_path / name, ORIGIN).loaded(SURVEY).read_bytes()).hexdigest()
    here = hashlib.sha256((world / TRUTH).read_bytes()).hexdigest()
    here += hashlib.sha256(ProjectPaths(world, ORIGIN).loaded(SURVEY).read_bytes()).hexdigest()
    assert digests["again"] == here != digests["other"]


def test_it_has_about_as_many_records_as_were_asked_for_each_with_its_plant(
    world: Path, records: duckdb.DuckDBPyConnection
) -> None:
    assert count(records, "true") == pq.read_metadata(world / TRUTH).num_rows
    assert count(records, "true") == pytest.approx(RECORDS, rel=0.1)
    assert records.execute("select count(distinct record_id) from records").fetchall() == [(count(records, "true"),)]


def test_the_project_has_all_that_a_build_asks_for(world: Path) -> None:
    settings = read_settings(world / "params.yaml")
    paths = ProjectPaths(world, settings.origin)
    for key in VIEWS:
        assert paths.metrics(key).exists()
        assert paths.rejected(key).exists()
        assert read_lock(paths.lock(key)).source == settings.datasets[key].source.as_stated
    assert (world / "dbt" / "dbt_project.yml").exists()


def test_every_record_keeps_the_contract(records: duckdb.DuckDBPyConnection) -> None:
    for field in RECORD:
        if field.required:
            assert count(records, f"{field.name} is null") == 0, field.name
        if field.least is not None:
            assert count(records, f"{field.name} < {field.least}") == 0, field.name
        if field.most is not None:
            assert count(records, f"{field.name} > {field.most}") == 0, field.name
    assert shapely.is_valid(shapes(records, "true")).all()


def test_outlines_of_two_plants_never_share_much_ground(records: duckdb.DuckDBPyConnection) -> None:
    outlines = shapes(records, "geometry_kind = 'polygon' and plant != -1")
    plant = records.execute(
        "select plant from records where geometry_kind = 'polygon' and plant != -1 order by record_id"
    ).fetchnumpy()["plant"]
    a, b = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    a, b = a[plant[a] != plant[b]], b[plant[a] != plant[b]]
    shared = shapely.area(shapely.intersection(outlines[a], outlines[b]))
    assert (shared < 0.5 * np.minimum(shapely.area(outlines[a]), shapely.area(outlines[b]))).all()


def test_some_records_lie_on_the_antimeridian_and_some_far_in_the_north(records: duckdb.DuckDBPyConnection) -> None:
    assert count(records, "abs(centroid_lon) > 179.98") > 5
    assert count(records, "centroid_lat between 65 and 70") > 5
    bounds = shapely.bounds(shapes(records, "abs(centroid_lon) > 179.9"))
    assert ((bounds[:, 2] - bounds[:, 0]) > 359).any()  # cut there, as a load would


def test_an_outline_around_several_farms_is_none_of_them(records: duckdb.DuckDBPyConnection) -> None:
    plants = plants_of(site_cells(3000, 1), 0, 0, np.random.default_rng(1))
    found = sightings(plants, np.random.default_rng(1))[INVENTORY]
    sloppy = found.shapes[found.plant == -1]
    farms = plants.number[plants.kind == CLUSTER]
    assert 0 < len(sloppy) < 0.1 * len(farms)
    assert count(records, "plant = -1") < 0.005 * RECORDS


def test_points_and_blocks_always_have_an_outline_of_the_whole_beside_them() -> None:
    plants = plants_of(site_cells(2000, 1), 0, 0, np.random.default_rng(1))
    found = sightings(plants, np.random.default_rng(1))
    outlines = [found[key] for key in (SURVEY, SATELLITE)]
    outlines.append(take(found[CROWD], np.flatnonzero(shapely.get_dimensions(found[CROWD].shapes) == 2)))
    unphased = 2 * plants.number[~plants.is_phased]
    whole = set(np.concatenate([each.plant for each in outlines])) | (set(found[INVENTORY].plant) & set(unphased))
    rows, counts = np.unique(found[BLOCKS].plant, return_counts=True)
    assert set(rows[counts > 1]) <= whole
    both = set(found[PERMITS].plant) & set(found[CROWD].plant)
    assert both <= whole | set(rows)


def test_the_first_phase_of_each_footprint_is_its_share_of_the_plant() -> None:
    assert shapely.area(PHASES) / FILLED == pytest.approx([FIRST_PHASE] * 3)


def test_a_new_column_of_the_contract_is_null_until_the_world_fills_it() -> None:
    plants = plants_of(site_cells(5, 1), 0, 0, np.random.default_rng(1))
    found = sightings(plants, np.random.default_rng(1))[PERMITS]
    table = record_table(PERMITS, found, np.zeros(len(found.plant), dtype=np.bool_), 0, 8)
    assert table["group_id"].null_count == len(table)
    assert table.schema == pa.schema([(field.name, field.type) for field in RECORD])


def test_boxes_of_land_do_not_overlap() -> None:
    boxes = shapely.box(*BOXES.T)
    overlapping, _ = shapely.STRtree(boxes).query(boxes, predicate="overlaps")
    assert overlapping.tolist() == []


def test_only_a_large_world_has_sites_on_further_land() -> None:
    near_farms = 2_014_513
    assert site_cells(near_farms, seed=1).max() == near_farms - 1
    assert near_farms < site_cells(near_farms + 1, seed=1).max() < 2_822_562


def test_more_sites_than_there_is_room_for_are_refused() -> None:
    with pytest.raises(SystemExit, match="has room for"):
        site_cells(10**9, 1)
