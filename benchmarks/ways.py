"""Three ways from published files to installations, each a process of its own, with its phases and its grade."""

import compileall
import json
import os
import sys
from collections.abc import Callable, Iterator
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
FETCH, LOAD, IRRADIANCE, BUILD, REPORT = "resolve and fetch", "load", "irradiance", "build", "report"
BOUNDARIES, JOIN = "cells and boundaries", "spatial join"
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
    yield _way("floor", [*PYTHON, "benchmarks.floor", str(folder)], ROOT, lambda: _floor_ends(folder))
    yield _way(
        "what people do today",
        [*PYTHON, "benchmarks.shortcut", str(folder)],
        ROOT,
        lambda: {},
        lambda: pair_grade(pq.read_table(folder / SHORTCUT_RECORDS), folder / TRUTH),
    )
    paths = ProjectPaths(folder, ORIGIN)
    yield _way(
        "eo-pv",
        [*PYTHON, "loaders", "all"],
        folder,
        lambda: stage_ends(paths),
        lambda: pair_grade(pq.read_table(paths.home / "curated" / "curated_pv_records.parquet"), folder / TRUTH),
    )


def start_up(folder: Path) -> Figures:
    """A stage that has nothing to do, the fastest of three."""
    runs = [measured([*PYTHON, "loaders", "resolve", next(iter(KINDS))], folder) for _ in range(3)]
    return min(runs, key=lambda figures: figures.seconds)


def samples() -> tuple[Figures, Figures]:
    """`make all` on the bundled samples of this checkout: all over again, and with nothing to do."""
    return measured(["make", "all", "ARGS=--force"], ROOT), measured(["make", "all"], ROOT)


def _way(
    name: str,
    command: list[str],
    within: Path,
    ends: Callable[[], dict[str, float]],
    grade: Callable[[], Score] | None = None,
) -> Way:
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = watched(command, within, {"PATH": tools, "EO_PV_CACHE": str(within / CACHE), "PYTHONWARNINGS": "ignore"})
    found = ends()
    return Way(name, run.figures, phases(run, found) if found else {}, grade() if grade else None, run.started)


def _floor_ends(folder: Path) -> dict[str, float]:
    files = set((folder / FLOOR).glob("*.parquet"))
    joined = folder / FLOOR / JOINED
    return {LOAD: last_written(files - {joined}), JOIN: last_written([joined])}


def stage_ends(paths: ProjectPaths) -> dict[str, float]:
    """When each stage ended, by what its steps write of their time at their end; fetching ends when a load begins."""
    times = paths.home / "times"
    loads = [times / f"{key}.json" for key in KINDS]
    steps = {BOUNDARIES: "boundaries", IRRADIANCE: "irradiance", BUILD: "build", REPORT: "report"}
    return {
        FETCH: min(last_written([file]) - json.loads(file.read_text(encoding="utf-8"))["load"] for file in loads),
        LOAD: last_written(loads),
        **{name: last_written([times / f"{file}.json"]) for name, file in steps.items()},
    }
