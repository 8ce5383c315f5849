"""Time the whole run next to the least that any program does, and to what people do today.

    python -m benchmarks.pipeline [--records 400000] [--times 10] [--seed 1] [--keep FOLDER] [--write]

Each way is a process of its own over the same made-up files (`benchmarks.inventories`), which have been read once.
eo-pv starts in a new project with empty caches. Seconds, time of processors and the memory of the largest process are
those of the operating system; what is seen of phases and of all processes is sampled ten times a second.

--times also measures that many times the records. --keep keeps the projects; FOLDER is new or empty. --write keeps the
tables and pictures in benchmarks/RESULTS.md.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks import load_rows
from benchmarks.machine import machine_sheet
from benchmarks.measure import measured
from benchmarks.outputs import PUBLISHED
from benchmarks.profiles import profile, profile_sheet, slowest
from benchmarks.results import write_results
from benchmarks.sheets import Sheet
from benchmarks.targets import fixed_targets, phase_rows, ratio_targets, way_rows
from benchmarks.ways import PYTHON, ROOT, Way, measured_ways, samples, start_up, warm_up
from benchmarks.world import TRUTH
from loaders.core.terminal import out

RECORDS = 400_000
FIGURES = ("seconds", "CPU s", "largest process MB", "all processes MB", "records/s")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One size of world.

    Attributes:
        folder: of its project.
        records: in all files.
        ways: floor, what people do today, and eo-pv.
    """

    folder: Path
    records: int
    ways: list[Way]


def measure(folder: Path, records: int, seed: int) -> Measurement:
    """Make a world, and go all three ways through it."""
    # in a process of its own: what this one holds would count as theirs
    measured([*PYTHON, "benchmarks.inventories", str(folder), "--records", str(records), "--seed", str(seed)], ROOT)
    warm_up(folder)
    ways = []
    for way in measured_ways(folder):
        out.print(f"{way.name}: {way.figures}", soft_wrap=True)
        ways.append(way)
    return Measurement(folder, _published(folder), ways)


def sheets(measurement: Measurement) -> Iterator[Sheet]:
    """The tables of one size."""
    records, (floor, _, whole) = measurement.records, measurement.ways
    size = f"{records:,} records"
    size_mb = sum(path.stat().st_size for path in (measurement.folder / PUBLISHED).iterdir()) / 1e6
    yield Sheet(
        f"Side by side: {size}",
        ("way", *FIGURES, "to floor", "to today", "CPU to today", "recall", "precision"),
        way_rows(measurement.ways, records),
        f"Eight inventories in six formats, {size_mb:,.0f} MB; recall and precision of pairs of records of one plant.",
    )
    for way in (floor, whole):
        yield Sheet(
            f"Phases of {way.name}: {size}",
            ("phase", *FIGURES, "share", "to floor"),
            phase_rows(way, records, floor.phases if way is whole else {}),
        )
    rows = list(load_rows.load_rows(measurement.folder, floor.started))
    yield Sheet(f"Loads by inventory: {size}", load_rows.HEADINGS, rows, load_rows.NOTE)


def main() -> None:
    """Measure, print, and write it down if that is asked for."""
    chosen = _chosen()
    load_average = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = (chosen.keep or Path(name)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        first = measure(folder / "once", chosen.records, chosen.seed)
        tables = list(sheets(first))
        targets = ratio_targets(first.ways) + fixed_targets(start_up(first.folder), *samples())
        tables.insert(0, Sheet("Targets", ("target", "is", "aim", ""), [target.row for target in targets]))
        stage = slowest(first.ways[-1].phases)
        title, bars = profile(first.folder, stage)
        tables.append(profile_sheet(f"the slowest stage, {title}", bars))
        if chosen.times > 1:
            tables += sheets(measure(folder / "times", chosen.records * chosen.times, chosen.seed))
    tables.append(machine_sheet(load_average))
    for table in tables:
        out.print(f"\n{table.title}")
        out.print(table.for_terminal())
    if chosen.write:
        write_results(tables, first.ways, title, bars)


def _chosen() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--records", type=int, default=RECORDS)
    options.add_argument("--times", type=int, default=1, help="also measure this many times the records")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="where to keep the projects")
    options.add_argument("--write", action="store_true", help="write benchmarks/RESULTS.md and its pictures")
    return options.parse_args()


def _published(folder: Path) -> int:
    """How many records the files of a project hold."""
    return int(pq.read_metadata(folder / TRUTH).num_rows)


if __name__ == "__main__":
    main()
