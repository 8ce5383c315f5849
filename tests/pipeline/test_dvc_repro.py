"""What `dvc repro` runs again, and what it leaves alone: on the real DVC, in a copy of the project."""

import shutil
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import yaml

from loaders.settings.params import RESERVED_KEYS
from tests.pipeline.conftest import Project, entry, write_farms

WHERE_RECORDS_ARE = {"cells", "boundaries", "irradiance"}


def curated_ids(project: Project) -> list[str]:
    table = pq.read_table(project.data("curated", "curated_pv_records.parquet"), columns=["record_id"])
    ids: list[str] = table["record_id"].to_pylist()
    return ids


def loaded_ids(project: Project, key: str) -> list[str]:
    ids: list[str] = pq.read_table(project.data("loaded", f"{key}.parquet"))["record_id"].to_pylist()
    return ids


def warehouse_tables(project: Project) -> set[str]:
    """The datasets that have a table."""
    with duckdb.connect(str(project.data("eo_pv_data.duckdb")), read_only=True) as connection:
        names = connection.execute("select table_name from duckdb_tables() where schema_name = 'raw_data'").fetchall()
    return {name for (name,) in names} - RESERVED_KEYS


def test_the_first_run_runs_every_stage_and_publishes_every_record(built: Project) -> None:
    assert curated_ids(built) == ["north:1", "north:2", "south:3"]
    assert warehouse_tables(built) == {"north", "south"}
    assert (built.data("report", "summary.md")).read_text().count("| north |") == 1


def test_a_second_run_runs_nothing(project: Project) -> None:
    run = project.repro()
    assert (run.code, run.stages) == (0, set())
    assert "Data and pipelines are up to date." in run.output


def test_other_columns_load_again_and_another_source_fetches_again_that_dataset_only(
    project: Project, tmp_path: Path
) -> None:
    before = project.data("raw", "south").stat()
    write_farms(project.root / "own" / "elsewhere.geojson", (7, 11.0, 50.0))
    project.edit(lambda s: s["datasets"]["south"]["columns"].update(capacity={"column": "mw", "unit": "MW"}))
    project.edit(lambda s: s["datasets"]["north"]["source"].update(path="own/elsewhere.geojson"))
    steps = {"resolve@north", "fetch@north", "load@north", "load@south"}
    expected = {"settings", *steps, "build"} | WHERE_RECORDS_ARE
    assert project.repro_without_build(tmp_path).stages == expected
    assert project.data("raw", "south").stat().st_ino == before.st_ino
    assert (loaded_ids(project, "north"), loaded_ids(project, "south")) == (["north:7"], ["south:3"])
    assert [path.name for path in project.data("raw", "north").iterdir()] == ["elsewhere.geojson"]


def test_added_datasets_run_their_own_stages_only_and_own_ones_leave_nothing_when_their_file_goes(
    project: Project, tmp_path: Path
) -> None:
    """One among the published datasets, and one in the file of the user's own."""
    write_farms(project.root / "own" / "east.geojson", (8, 70.0, 20.0))
    write_farms(project.root / "own" / "west.geojson", (9, -70.0, -20.0))
    project.edit(lambda s: s["datasets"].update(east=entry("east")))
    path = project.root / "local" / "params.yaml"
    path.write_text(yaml.safe_dump({"datasets": {"west": entry("west")}}))
    steps = {f"{step}@" for step in ("resolve", "fetch", "load")}
    own = {f"local/dvc.yaml:{step}west" for step in steps}
    published = {"settings", *(f"{step}east" for step in steps)}
    assert project.repro_without_build(tmp_path).stages == {*own, *published, "build"} | WHERE_RECORDS_ARE
    assert (loaded_ids(project, "east"), loaded_ids(project, "west")) == (["east:8"], ["west:9"])
    assert project.repro_without_build(tmp_path).stages == set()
    path.unlink()
    assert "build" in project.repro_without_build(tmp_path).stages
    assert [path for path in project.data().rglob("*west*") if "cache" not in path.parts] == []


def test_of_a_removed_dataset_no_file_is_left_until_dvc_brings_it_back(project: Project, tmp_path: Path) -> None:
    for name in ("params.yaml", "dvc.lock"):
        shutil.copy2(project.root / name, tmp_path / name)
    project.edit(lambda s: s["datasets"].pop("north"))
    assert project.repro_without_build(tmp_path).stages == {"settings", "build"} | WHERE_RECORDS_ARE
    left = [path for path in project.data().rglob("*") if "north" in path.name]
    assert left == []
    assert project.repro_without_build(tmp_path).stages == set()

    project.data("eo_pv_data.duckdb").unlink()
    for name in ("params.yaml", "dvc.lock"):
        shutil.copy2(tmp_path / name, project.root / name)
    for command in (("dvc", "repro", "fetch@north"), ("dvc", "checkout"), ("make", "all")):
        run = project.run(*command)
        assert run.code == 0, run.output
    assert run.stages == set()
    assert curated_ids(project) == ["north:1", "north:2", "south:3"]
    assert "north" in warehouse_tables(project), "the warehouse follows the tables"


def test_other_panels_ask_for_irradiance_again_and_for_nothing_else(project: Project, tmp_path: Path) -> None:
    project.edit(lambda s: s["irradiance"].update(losses=0.2))
    assert project.repro_without_build(tmp_path).stages == {"settings", "irradiance", "build"}


def test_another_size_limit_fetches_nothing_again(project: Project) -> None:
    project.edit(lambda s: s.update(max_mb=1))
    assert project.repro().stages == {"settings"}


def test_settings_with_a_default_may_be_left_out(project: Project) -> None:
    """The copy of params.yaml states all of them, as defaults: without them, nothing changes."""
    project.edit(lambda s: [s.pop(name) for name in set(s) - {"origin", "datasets"}])
    run = project.repro()
    assert (run.code, run.stages) == (0, {"settings"}), run.output


def test_own_datasets_alone_are_enough(project: Project) -> None:
    datasets = yaml.safe_load((project.root / "params.yaml").read_text())["datasets"]
    (project.root / "params.yaml").write_text("origin: sample\n")
    (project.root / "local" / "params.yaml").write_text(yaml.safe_dump({"datasets": datasets}))
    run = project.repro("--dry")
    assert run.code == 0, run.output
    assert {"local/dvc.yaml:load@north", "build"} <= run.stages


def test_a_changed_own_file_is_noticed_and_taken_in_once_accepted(project: Project, tmp_path: Path) -> None:
    """Its new record is near others, so that neither boundaries nor irradiance have to be asked for."""
    write_farms(project.root / "own" / "north.geojson", (1, 10.0, 52.0), (2, 10.1, 52.0), (5, 10.05, 52.0))
    refused = project.repro()
    assert refused.code != 0
    assert "make update KEY=north" in refused.output
    assert curated_ids(project) == ["north:1", "north:2", "south:3"]
    update = project.run("make", "update", "KEY=north")
    assert "north: north.geojson changed (" in update.output
    expected = {"resolve@north", "fetch@north", "load@north", "cells", "build"}
    assert project.repro_without_build(tmp_path).stages == expected
    assert loaded_ids(project, "north") == ["north:1", "north:2", "north:5"]


def test_no_shell_runs_what_stands_in_a_setting(project: Project) -> None:
    hostile = ("a; touch pwned #", "$(touch pwned)", "`touch pwned`", "a\ntouch pwned", "it's; touch pwned")
    project.edit(lambda s: s["datasets"].update({key: entry("north") for key in hostile}))
    run = project.repro("--keep-going")
    assert run.code != 0
    assert "the name 'a; touch pwned #' cannot be used" in run.output
    assert not (project.root / "pwned").exists()


def test_a_broken_dataset_fails_alone_with_one_clear_paragraph(project: Project) -> None:
    broken = project.root / "own" / "broken.geojson"
    broken.write_text('{"type": "FeatureCollection", "features": [{"type": "Fea')
    write_farms(project.root / "own" / "west.geojson", (9, -70.0, -20.0))
    project.edit(lambda s: s["datasets"].update(broken=entry("broken"), west=entry("west")))
    run = project.repro("--keep-going")
    assert run.code != 0
    steps = {f"{step}@{key}" for step in ("resolve", "fetch", "load") for key in ("broken", "west")}
    assert run.stages == {"settings", *steps}
    said = [line for line in run.output.splitlines() if line.startswith("Error: ")]
    assert len(said) == 1
    assert said[0].startswith("Error: broken: broken.geojson cannot be read as geojson")
    assert "make update KEY=broken" in said[0]
    assert "Traceback" not in run.output
    assert project.data("loaded", "west.parquet").exists()
    assert not project.data("loaded", "broken.parquet").exists()
    assert curated_ids(project) == ["north:1", "north:2", "south:3"]


def test_tables_that_were_deleted_are_made_again(project: Project) -> None:
    for path in project.data("curated").iterdir():
        path.unlink()
    assert project.repro("--dry").stages == {"build"}


def test_a_build_that_fails_keeps_the_tables_of_the_last_good_one(project: Project) -> None:
    model = project.root / "dbt" / "models" / "staging" / "stg_pv_features.sql"  # an early one: the rest is skipped
    model.write_text(model.read_text().replace("    source_id,\n", "    no_such_column,\n"))
    run = project.repro()
    assert run.code != 0
    assert "model.eo_pv.stg_pv_features: " in run.output
    assert f"EO_PV_DATABASE={project.data('.work', 'build', 'eo_pv_data.duckdb')} dbt build" in run.output
    assert not project.data(".work", "build").exists(), "half a database"
    assert curated_ids(project) == ["north:1", "north:2", "south:3"]
    assert "north" in warehouse_tables(project)
    model.write_text("select {{ unfinished")
    again = project.repro()
    assert "stg_pv_features.sql" in again.output
    assert "model.eo_pv.stg_pv_features: " not in again.output, "the failure of the run before"
