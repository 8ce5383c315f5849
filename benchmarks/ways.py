"""Three ways from published files to installations, each a process of its own, with its phases and its grade."""

import compileall
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.grading import Score
from benchmarks.inventory_kinds import KINDS
from benchmarks.measure import Figures, measured, watched
from benchmarks.outputs import FLOOR, JOINED, PUBLISHED, SHORTCUT_RECORDS
from benchmarks.pair_grades import pair_grade
from benchmarks.phases import last_written, phases
from benchmarks.world import ORIGIN, TRUTH
from loaders.core.paths import ProjectPaths

ROOT = Path(__file__).resolve().parents[1]
PYTHON = [sys.executable, "-m"]
FETCH, LOAD, IRRADIANCE, BUILD, REPORT = "start, resolve and fetch", "load", "irradiance", "build", "report"
TAKEN, BOUNDARIES, JOIN = "stages of DVC up to load", "cells and boundaries", "spatial join"
GRADED = ["record_id", "dataset_key", "installation_id"]
QUIET = {"PYTHONWARNINGS": "ignore"}  # of geopandas
CACHE = ".cache"  # of eo-pv, empty


@dataclass(frozen=True, slots=True)
class Way:
    """One way, measured.

    Attributes:
        name: of it.
        figures: of the whole process.
        phases: of it, in their order.
        score: of its installations; None if it makes none.
        started: when [seconds since 1970].
    """

    name: str
    figures: Figures
    phases: dict[str, Figures]
    score: Score | None = None
    started: float = 0.0


class LoadTimes:
    """When each load of a new project ended, whichever process ran it, before its DVC stage or in it.

    Attributes:
        ended: by dataset, when [seconds since 1970], and how long it took [s].
    """

    def __init__(self, paths: ProjectPaths) -> None:
        self._paths = paths
        self.ended: dict[str, tuple[float, float]] = {}

    def look(self) -> None:
        """Note the loads that have ended since the last look."""
        for key in KINDS.keys() - self.ended.keys():
            if seconds := self._paths.step_seconds(key).get(LOAD):
                self.ended[key] = time.time(), seconds


def warm_up(folder: Path) -> None:
    """Read the published files once, and compile the project's program, as an installation does."""
    for path in (folder / PUBLISHED).iterdir():
        path.read_bytes()
    compileall.compile_dir(folder / "loaders", quiet=1)


def measured_ways(folder: Path) -> Iterator[Way]:
    """Each of them, one after the other.

    Args:
        folder: of a project of `benchmarks.inventories`, in which nothing has run yet.
    """
    floor = watched([*PYTHON, "benchmarks.floor", str(folder)], ROOT, QUIET)
    yield Way("floor", floor.figures, phases(floor, _floor_ends(folder)), None, floor.started)
    today = watched([*PYTHON, "benchmarks.shortcut", str(folder)], ROOT, QUIET)
    score = pair_grade(pq.read_table(folder / SHORTCUT_RECORDS), folder / TRUTH)
    yield Way("what people do today", today.figures, {}, score, today.started)
    paths = ProjectPaths(folder, ORIGIN)
    yield _whole_run(paths, LoadTimes(paths))


def _whole_run(paths: ProjectPaths, loads: LoadTimes) -> Way:
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": tools, "EO_PV_CACHE": str(paths.root / CACHE)}
    run = watched([*PYTHON, "loaders", "all"], paths.root, environment, loads.look)
    records = pq.read_table(paths.home / "curated" / "curated_pv_records.parquet", columns=GRADED)
    found = phases(run, stage_ends(paths, loads))
    return Way("eo-pv", run.figures, found, pair_grade(records, paths.root / TRUTH), run.started)


def start_up(folder: Path) -> Figures:
    """A stage that has nothing to do, the fastest of three."""
    runs = [measured([*PYTHON, "loaders", "resolve", next(iter(KINDS))], folder) for _ in range(3)]
    return min(runs, key=lambda figures: figures.seconds)


def samples() -> tuple[Figures, Figures]:
    """`make all` on the bundled samples of this checkout: all over again, and with nothing to do."""
    apart = {"MAKEFLAGS": ""}  # else it would take over the ARGS of `make bench`
    measured(["make", "install"], ROOT, apart)  # the environment is no part of it
    again, nothing = (measured(["make", "all", f"ARGS={given}"], ROOT, apart) for given in ("--force", ""))
    return again, nothing


def _floor_ends(folder: Path) -> dict[str, float]:
    files = set((folder / FLOOR).glob("*.parquet"))
    joined = folder / FLOOR / JOINED
    return {LOAD: last_written(files - {joined}), JOIN: last_written([joined])}


def stage_ends(paths: ProjectPaths, loads: LoadTimes) -> dict[str, float]:
    """When each stage ended: loads as they were seen, the others by the time that their step writes at its end."""
    times = paths.home / "times"
    steps = {BOUNDARIES: "boundaries", IRRADIANCE: "irradiance", BUILD: "build", REPORT: "report"}
    return {
        FETCH: min(end - seconds for end, seconds in loads.ended.values()),
        LOAD: max(end for end, _ in loads.ended.values()),
        TAKEN: last_written(paths.loaded(key) for key in KINDS),
        **{name: last_written([times / f"{file}.json"]) for name, file in steps.items()},
    }
