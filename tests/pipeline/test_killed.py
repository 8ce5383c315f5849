"""`kill -9` at the worst moment: half-written, half-renamed. The next run recovers by itself."""

from pathlib import Path

from tests.pipeline.conftest import Project
from tests.pipeline.test_dvc_repro import curated_ids, warehouse_tables

# Python runs a module of this name when it starts; the program itself is not changed.
KILLER = """
import os, pathlib, signal, sys
rename = pathlib.Path.replace
def kill_before(self, target):
    if sys.argv[1:2] == [{command!r}] and str(target).endswith("/data/sample/{name}"):
        os.killpg(0, signal.SIGKILL)
    return rename(self, target)
pathlib.Path.replace = kill_before
"""


def repro_killed_before(project: Project, command: str, name: str, tmp_path: Path) -> None:
    """Run `dvc repro` and kill the whole of it, DVC too, when a command is about to rename a file into place."""
    (tmp_path / "sitecustomize.py").write_text(KILLER.format(command=command, name=name))
    run = project.repro(PYTHONPATH=str(tmp_path))
    assert run.code == -9, run.output


def unfinished(project: Project) -> list[str]:
    """Files that no finished run leaves behind."""
    left = [path for path in project.data(".work").rglob("*") if path.is_file() and path.suffix != ".lock"]
    return [str(path) for path in [*left, *project.data().rglob("*.partial"), *project.data().rglob("*.wal")]]


def test_a_load_killed_between_its_two_files_is_done_again(project: Project, tmp_path: Path) -> None:
    project.edit(lambda s: s["datasets"]["north"]["columns"].update(capacity={"column": "mw", "unit": "MW"}))
    repro_killed_before(project, "load", "loaded/north.parquet", tmp_path)
    assert project.data("loaded", "north.rejected.parquet").exists()
    assert project.repro().stages == {"load@north", "cells", "build"}
    assert curated_ids(project) == ["north:1", "north:2", "south:3"]
    assert unfinished(project) == []


def test_a_build_killed_between_two_tables_is_done_again(project: Project, tmp_path: Path) -> None:
    project.edit(lambda s: s["datasets"].pop("north"))
    repro_killed_before(project, "warehouse", "curated/curated_pv_records.parquet", tmp_path)
    assert "north" in warehouse_tables(project), "the old warehouse is whole until the new one replaces it"
    assert project.repro().stages == {"build"}
    assert curated_ids(project) == ["south:3"]
    assert warehouse_tables(project) == {"south"}
    assert unfinished(project) == []


def test_a_fetch_killed_before_its_folder_is_in_place_is_done_again(project: Project, tmp_path: Path) -> None:
    project.edit(lambda s: s["datasets"]["north"]["source"].update(include=["*.geojson"]))
    repro_killed_before(project, "fetch", "raw/north", tmp_path)
    assert project.repro().stages == {"fetch@north", "load@north", "cells", "build"}
    assert curated_ids(project) == ["north:1", "north:2", "south:3"]
    assert unfinished(project) == []
