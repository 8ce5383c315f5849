"""Made-up worlds that are loaded and wait for a build; a kept one is loaded once, and built with the newest program."""

import compileall
import json
import os
import shutil
import sys
from pathlib import Path

from benchmarks.inventory_kinds import KINDS
from benchmarks.measure import Figures, measured
from benchmarks.ways import CACHE, PYTHON, ROOT
from benchmarks.world import ORIGIN
from loaders.add.new_project import SKIPPED
from loaders.core.files import write_json
from loaders.core.paths import LOCAL_FOLDER, ProjectPaths

PROGRAM = ("dbt", "loaders")
SOURCES = Path("dbt", "sources")
LOADS = "loads.json"  # what loading took


def ready_world(folder: Path, records: int, seed: int) -> Figures | None:
    """Make and load a world, unless that has been done; returns what loading took, null where that is not known.

    Args:
        folder: does not exist yet, or holds a world of `benchmarks.inventories`.
        records: of all inventories together.
        seed: the same one makes the same world.
    """
    paths = ProjectPaths(folder, ORIGIN)
    if not (folder / "params.yaml").exists():
        # in a process of its own: what this one holds would count as the build's
        measured([*PYTHON, "benchmarks.inventories", str(folder), "--records", str(records), "--seed", str(seed)], ROOT)
    copy_program(ROOT, folder)
    (folder / LOCAL_FOLDER / "params.yaml").unlink(missing_ok=True)  # of a benchmark that was killed
    if not is_loaded(paths):
        figures = measured(["dvc", "repro", "--quiet", "boundaries", "irradiance"], folder, tools(folder))
        write_json({"seconds": figures.seconds, "peak_mb": figures.peak_mb, "cpu_s": figures.cpu_s}, folder / LOADS)
    kept = folder / LOADS
    return Figures(**json.loads(kept.read_text(encoding="utf-8"))) if kept.exists() else None


def is_loaded(paths: ProjectPaths) -> bool:
    """Whether a build can begin."""
    loaded = [paths.loaded(key) for key in KINDS]
    return all(path.exists() for path in (*loaded, paths.boundaries, *paths.irradiance_tables.values()))


def copy_program(checkout: Path, folder: Path) -> None:
    """Give a project the program of a checkout; dbt's sources, too, which a build writes anew."""
    for name in PROGRAM:
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(checkout / name, folder / name, ignore=SKIPPED)
    shutil.copytree(checkout / SOURCES, folder / SOURCES, dirs_exist_ok=True)
    compileall.compile_dir(folder / "loaders", quiet=1)


def tools(folder: Path) -> dict[str, str]:
    """The environment of commands in a project: the programs of this Python, and a cache of its own."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": programs, "EO_PV_CACHE": str(folder / CACHE)}
