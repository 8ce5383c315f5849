"""The main job as a newcomer types it: `make all` on the bundled samples."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml

from benchmarks.grades import sample_grades
from tests.pipeline.conftest import Project, Run, copy_sources, run_by_hand

DATASETS, TABLES = 13, 8


@pytest.fixture(scope="module")
def clones(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[tuple[Project, Run], Project]:
    """Two clones in different places: one after `make all`, the other one after the same steps by hand, without DVC."""
    another = copy_sources(tmp_path_factory.mktemp("another") / "deeper")
    with ThreadPoolExecutor() as pool:
        by_hand = pool.submit(run_by_hand, another)
        made: tuple[Project, Run] = request.getfixturevalue("made_all")
    by_hand.result()
    return made, another


def published(project: Project) -> dict[str, bytes]:
    """What must be the same bytes everywhere: all but time and commit of the run."""
    folders = ("boundaries", "cells", "curated", "irradiance", "loaded", "metrics", "locks", "report")
    paths = [path for folder in folders for path in sorted(project.data(folder).rglob("*")) if path.is_file()]
    names = {str(path.relative_to(project.data())): path for path in paths if path.name not in {".gitignore", "run.js"}}
    return {name: path.read_bytes() for name, path in names.items()}


def test_make_all_ends_with_a_table_of_the_datasets_and_the_files_it_wrote(
    clones: tuple[tuple[Project, Run], Project],
) -> None:
    project, run = clones[0]
    assert run.code == 0, run.output
    steps = (
        "resolve (13 datasets), fetch (13 datasets), load (13 datasets), cells, boundaries, irradiance, build, report."
    )
    assert re.search(rf"^Ran in \d+:\d\d: {re.escape(steps)}$", run.output, re.MULTILINE)
    start = run.output.index("\ndataset  ") + 1
    said = [line for line in run.output[:start].splitlines() if not re.search(r" · \d+:\d\d$", line)]  # after 10 s
    assert len(said) <= 4, said
    closing = run.output[start:]
    for key in ("usa_cali_usgs_pv_2016", "chn_med_res_pv_2024"):
        assert closing.count(key) == 1
    assert "SYNTHETIC, bundled samples: all datasets." in closing
    assert f"data/sample/curated/ ({TABLES} Parquet files, " in closing
    for name in ("eo_pv_data.duckdb", "report/index.html", "report/summary.md"):
        assert f"data/sample/{name}" in closing
        assert project.data(*name.split("/")).exists()
    assert json.loads(project.data("build.json").read_text())["missing_datasets"] == {}


def test_the_warehouse_keeps_data_and_the_accounting_of_the_run_apart(
    clones: tuple[tuple[Project, Run], Project],
) -> None:
    project = clones[0][0]
    datasets = yaml.safe_load((project.root / "params.yaml").read_text())["datasets"]
    with duckdb.connect(project.data("eo_pv_data.duckdb"), read_only=True) as connection:
        data, meta = (
            [name for (name,) in connection.execute(f"SHOW TABLES FROM {schema}").fetchall()]
            for schema in ("raw_data", "raw_meta")
        )
    assert data == sorted([*datasets, "admin_boundaries", "doi_pv_features", "solar_irradiance"])
    accounting = ["dataset_accounting", "irradiance_refused", "rejected_records"]
    assert meta == sorted([*accounting, "dataset_terms", "hamilton_runs", "overrides", "settings"])


def test_two_clones_make_the_same_bytes(clones: tuple[tuple[Project, Run], Project]) -> None:
    (one, _), another = clones
    assert published(one) == published(another)
    curated, context = (
        TABLES + 3,
        1 + 2 + 3,
    )  # with attribution, bibliography and columns; boundaries, cells, irradiance
    tables = [name for name in published(one) if not name.startswith("report/")]
    assert len(tables) == curated + context + 2 * DATASETS + DATASETS + (2 * DATASETS + 1)
    assert {f"report/{name}" for name in ("index.html", "map.html", "map/meta.js", "summary.md")} < set(published(one))


def test_every_record_of_a_sample_says_that_it_is_synthetic(clones: tuple[tuple[Project, Run], Project]) -> None:
    tables = sorted(clones[0][0].data("curated").glob("*.parquet"))
    assert len(tables) == TABLES
    for path in tables:
        assert set(pq.read_table(path)["is_synthetic"].to_pylist()) == {True}, path.name


def test_the_summary_counts_what_the_records_hold(clones: tuple[tuple[Project, Run], Project]) -> None:
    folder = clones[0][0].data("curated")
    records = pq.read_table(folder / "curated_pv_records.parquet", columns=["dataset_key"])["dataset_key"]
    counted = {row["values"]: row["counts"] for row in records.value_counts().to_pylist()}
    summary = pq.read_table(folder / "curated_pv_dataset_summary.parquet").to_pylist()
    assert {row["dataset_key"]: row["records_kept"] for row in summary} == counted
    assert len(summary) == DATASETS


def test_the_duplicates_of_the_samples_are_all_found_and_nothing_else(
    clones: tuple[tuple[Project, Run], Project],
) -> None:
    """As `make quality` grades them."""
    grades = sample_grades(clones[0][0].data("eo_pv_data.duckdb"))
    assert (grades.overall.true, grades.overall.precision, grades.overall.recall) == (3011, 1, 1)
    assert grades.clusters.exact == grades.clusters.plants == 269


def test_plants_of_the_samples_that_do_not_operate_are_counted_and_left_out(
    clones: tuple[tuple[Project, Run], Project],
) -> None:
    folder = clones[0][0].data("curated")
    (row,) = (
        row
        for row in pq.read_table(folder / "curated_pv_dataset_summary.parquet").to_pylist()
        if row["records_left_out"]
    )
    assert (row["dataset_key"], row["records_left_out"], round(row["capacity_left_out_mw"], 1)) == (
        *("uk_crowdsourced_pv_2020", 7, 10.8),
    )
    assert dict(row["left_out"]) == {"status construction": 2, "status planned": 5}
    statuses = pq.read_table(folder / "curated_pv_installations.parquet", columns=["status"])["status"]
    assert set(statuses.to_pylist()) == {"operating", "unknown"}


def test_two_rows_of_one_object_of_openstreetmap_add_their_halves(
    clones: tuple[tuple[Project, Run], Project],
) -> None:
    folder = clones[0][0].data("curated")
    records = pq.read_table(folder / "curated_pv_records.parquet", columns=["source_id", "installation_id"]).to_pylist()
    (plant,) = {row["installation_id"] for row in records if row["source_id"] == "481025238"}
    installations = pq.read_table(folder / "curated_pv_installations.parquet").to_pylist()
    assert [row["capacity_mw"] for row in installations if row["installation_id"] == plant] == [1.56]  # twice 0.78


def test_make_all_again_runs_nothing_and_still_shows_the_table(clones: tuple[tuple[Project, Run], Project]) -> None:
    project = clones[0][0]
    before = published(project)
    run = project.run("make", "all")
    assert run.code == 0
    assert re.match(r"(.* · \d+:\d\d\n)*Nothing changed since the last run\.\n", run.output), run.output
    assert "usa_cali_usgs_pv_2016" in run.output
    assert published(project) == before
