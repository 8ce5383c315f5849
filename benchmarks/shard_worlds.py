"""Made-up worlds that are loaded and wait for a build; a kept one is loaded once, and built with the newest program."""

import compileall
import json
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
import yaml

from benchmarks.inventory_files import GEOMETRY, geojson
from benchmarks.inventory_kinds import KINDS
from benchmarks.measure import Figures, measured
from benchmarks.outputs import PUBLISHED
from benchmarks.ways import CACHE, PYTHON, ROOT
from benchmarks.world import ORIGIN
from loaders.add.new_project import SKIPPED
from loaders.core.files import write_json
from loaders.core.paths import LOCAL_FOLDER, ProjectPaths

PROGRAM = ("dbt", "loaders")
SOURCES = Path("dbt", "sources")
LOADS = "loads.json"  # what loading took
# a small dataset that is added to a world: outlines in rows, as many as one of India publishes
ADDED, ADDED_OUTLINES, ADDED_PER_ROW = "ind_outlines_2026", 1363, 37
ADDED_LON, ADDED_LAT, ADDED_STEP_DEG, ADDED_HALF_DEG = 77.0, 20.0, 0.01, 0.001
CONTEXT = ("settings", "cells", "boundaries", "irradiance")


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
    (folder / LOCAL_FOLDER / "params.yaml").unlink(missing_ok=True)
    if not is_loaded(paths):
        figures = measured(["dvc", "repro", "--quiet", "boundaries", "irradiance"], folder, tools(folder))
        write_json({"seconds": figures.seconds, "peak_mb": figures.peak_mb, "cpu_s": figures.cpu_s}, folder / LOADS)
    elif paths.lock(ADDED).exists():
        _run(folder, *CONTEXT)  # without it
    kept = folder / LOADS
    return Figures(**json.loads(kept.read_text(encoding="utf-8"))) if kept.exists() else None


def is_loaded(paths: ProjectPaths) -> bool:
    """Whether a build can begin."""
    loaded = [paths.loaded(key) for key in KINDS]
    return all(path.exists() for path in (*loaded, paths.boundaries, *paths.irradiance_tables.values()))


def add_dataset(folder: Path) -> None:
    """Add a small dataset to a loaded world, and load it with all that it needs; `ready_world` removes it."""
    numbers = np.arange(ADDED_OUTLINES)
    lon = ADDED_LON + ADDED_STEP_DEG * (numbers % ADDED_PER_ROW)
    lat = ADDED_LAT + ADDED_STEP_DEG * (numbers // ADDED_PER_ROW)
    half = ADDED_HALF_DEG
    outlines = shapely.box(lon - half, lat - half, lon + half, lat + half)
    file = Path(PUBLISHED, f"{ADDED}.geojson")
    with geojson(folder / file) as append:
        append(pa.table({"fid": numbers, GEOMETRY: shapely.to_wkb(outlines)}))
    entry = {
        "source": {"path": str(file)},
        "columns": {"source_id": "fid"},
        "expected_features": ADDED_OUTLINES,
        "licence": "CC-BY-4.0",
        "licence_verified": True,
    }
    text = yaml.safe_dump({"datasets": {ADDED: entry}}, sort_keys=False)
    (folder / LOCAL_FOLDER / "params.yaml").write_text(text, encoding="utf-8")
    _run(folder, *(f"{step} {ADDED}" for step in ("resolve", "fetch", "load")), *CONTEXT)


def _run(folder: Path, *commands: str) -> None:
    for command in commands:
        measured([*PYTHON, "loaders", "--quiet", *command.split()], folder, tools(folder))


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
