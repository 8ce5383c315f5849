"""`kill -9` at the worst moment: half-written, half-renamed. The next run recovers by itself."""

from pathlib import Path

from tests.pipeline.conftest import Project
from tests.pipeline.test_dvc_repro import WHERE_RECORDS_ARE, curated_ids, warehouse_tables
from tests.step_server import WITHOUT_SERVER

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


def repro_killed_before(project: Project, command: str, name: str, tmp_path: Path) -> set[str]:
    """Run `dvc repro` and kill the whole of it, DVC too, when a command is about to rename a file into place.

    Returns:
        The stages that it had begun.
    """
    (tmp_path / "sitecustomize.py").write_text(KILLER.format(command=command, name=name))
    run = project.repro(PYTHONPATH=str(tmp_path), PYTHONUNBUFFERED="1", **WITHOUT_SERVER)
    assert run.code == -9, run.output
    return run.stages


def unfinished(project: Project) -> list[str]:
    """Files that no finished run leaves behind."""
    left = [path for path in project.data(".work").rglob("*") if path.is_file() and path.suffix != ".lock"]
    return [str(path) for path in [*left, *project.data().rglob("*.partial"), *project.data().rglob("*.wal")]]


def test_fetch_load_and_build_that_are_killed_one_after_the_other_are_each_done_again(
    project: Project, tmp_path: Path
) -> None:
    project.edit(lambda s: s["datasets"]["north"]["source"].update(include=["*.geojson"]))
    project.edit(lambda s: s["datasets"]["north"]["columns"].update(capacity={"column": "mw", "unit": "MW"}))
    assert repro_killed_before(project, "fetch", "raw/north", tmp_path) == {"settings", "resolve@north", "fetch@north"}
    assert repro_killed_before(project, "load", "loaded/north.parquet", tmp_path) == {"fetch@north", "load@north"}
    assert project.data("loaded", "north.rejected.parquet").exists()

    project.edit(lambda s: s["datasets"].pop("south"))
    begun = repro_killed_before(project, "warehouse", "curated/curated_pv_records.parquet", tmp_path)
    assert begun == {"settings", "load@north", "build"} | WHERE_RECORDS_ARE
    assert "south" in warehouse_tables(project), "the old warehouse is whole until the new one replaces it"

    assert project.repro().stages == {"build"}
    assert curated_ids(project) == ["north:1", "north:2"]
    assert warehouse_tables(project) == {"north"}
    assert unfinished(project) == []
