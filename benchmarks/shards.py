"""Measure builds by place of several sizes, and extrapolate what larger ones would take.

    python -m benchmarks.shards [--times 0.1 1 3 10] [--records 400000] [--seed 1] [--shard-records 50000]
        [--keep FOLDER] [--write]

Each size is a world of `benchmarks.inventories` in a project of its own, in which DVC loads the records; that takes
minutes. Then the build alone is measured, from raw tables to published files, with no tables of a former one. RECORDS
themselves are also built at once, which must publish the same bytes.

--keep keeps the worlds: FOLDER/<records> is made and loaded only if it is not there, and built with this checkout's
program. --write keeps tables and picture in benchmarks/RESULTS.md.
"""

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cost_model import CostModel, constants_sheet, cost_model, extrapolation_sheet
from benchmarks.curve import curve_picture, fitted
from benchmarks.machine import machine_sheet
from benchmarks.measure import Figures
from benchmarks.pictures import write_svg
from benchmarks.results import RESULTS, write_part
from benchmarks.shard_builds import PHASES, WHOLE, ShardBuild, measured_build
from benchmarks.shard_worlds import ready_world
from benchmarks.sheets import Sheet
from benchmarks.targets import Target
from loaders.core.terminal import out

TIMES = (0.1, 1.0, 3.0, 10.0)
RECORDS = 400_000
SLOWER_BY_PLACE, SLOWER_THAN_LINEAR, MOST_GIB = 1.1, 1.1, 2.0
MB_PER_GIB = 1024**3 / 1e6
PICTURE = "pictures/shards.svg"
TITLE = "Seconds of a build by place"
TEXT = """\
# Builds by place

Written by `python -m benchmarks.shards --write`. The module's docstring states what is measured and how; every plant
and every file is made up.

![{title}]({picture})

{tables}"""


def build_rows(builds: Sequence[ShardBuild]) -> list[tuple[str, ...]]:
    """A row for each build."""
    return [
        (
            f"{build.records:,}", f"{build.shards:,}" if build.shards else "all at once",
            f"{build.figures.seconds:,.1f}", f"{build.figures.cpu_s:,.1f}", f"{largest_mb(build):,.0f}",
            f"{build.figures.tree_mb:,.0f}", f"{build.records / build.figures.seconds:,.0f}",
        )
        for build in builds
    ]  # fmt: skip


def phase_rows(builds: Sequence[ShardBuild]) -> list[tuple[str, ...]]:
    """A row for each phase of each build."""
    return [
        (
            f"{name}: {_size(build)}", f"{figures.seconds:,.1f}", f"{figures.cpu_s:,.1f}",
            f"{figures.peak_mb:,.0f}", f"{figures.tree_mb:,.0f}", f"{1e6 * figures.cpu_s / build.records:,.1f}",
        )
        for build in builds
        for name, figures in build.phases.items()
    ]  # fmt: skip


def _size(build: ShardBuild) -> str:
    return f"{build.records:,} records" if build.shards else f"{build.records:,} records at once"


def largest_mb(build: ShardBuild) -> float:
    """Memory of the largest process [MB]; workers that nobody has waited for are seen by samples only."""
    return max(build.figures.peak_mb, *(build.phases[name].peak_mb for name in PHASES))


def targets(builds: Sequence[ShardBuild], whole: ShardBuild | None) -> list[Target]:
    """What builds by place should reach.

    Args:
        builds: by place, smallest first.
        whole: all records of one of them at once; null if that was not measured.
    """
    found = [Target("memory of the largest process", max(map(largest_mb, builds)) / MB_PER_GIB, MOST_GIB, " GiB")]
    base = next((build for build in builds if whole and build.records == whole.records), builds[0])
    last = builds[-1]
    if last.records > base.records:
        times = last.records / base.records
        ratio = last.figures.seconds / base.figures.seconds
        found.append(Target(f"{times:,.1f} times the records", ratio, SLOWER_THAN_LINEAR * times, " times"))
    if whole:
        ratio = base.figures.seconds / whole.figures.seconds
        found.append(Target("by place / all at once", ratio, SLOWER_BY_PLACE))
    return found


def sheets(builds: Sequence[ShardBuild], whole: ShardBuild | None, model: CostModel) -> list[Sheet]:
    """All tables."""
    records = [build.records for build in builds]
    seconds = fitted(records, [build.figures.seconds for build in builds])
    memory = fitted(records, [largest_mb(build) for build in builds])
    rows = [target.row for target in targets(builds, whole)]
    of_all = (*builds, whole) if whole else builds
    return [
        Sheet("Targets of builds by place", ("target", "is", "aim", ""), rows),
        Sheet(
            "Builds by place",
            ("records", "shards", "seconds", "CPU s", "largest process MB", "all processes MB", "records/s"),
            build_rows(of_all),
            f"Fitted: seconds = {seconds}; MB of the largest process = {memory}.",
        ),
        Sheet(
            "Phases of builds by place",
            ("phase", "seconds", "CPU s", "largest process MB", "all processes MB", "CPU s per million records"),
            phase_rows(of_all),
            "Dividing begins with the start of the program; raw tables are written at the same time.",
        ),
        constants_sheet(model),
        extrapolation_sheet(model),
    ]


def measure(folder: Path, chosen: argparse.Namespace) -> tuple[list[ShardBuild], ShardBuild | None, dict[int, Figures]]:
    """Build each size by place, and one of them at once, too; returns what loading took as well.

    Raises:
        SystemExit: by place, other bytes are published than at once.
    """
    builds, loads, whole = [], {}, None
    for times in sorted(chosen.times):
        world = folder / f"{round(times * chosen.records)}"
        loaded = ready_world(world, round(times * chosen.records), chosen.seed)
        builds.append(measured_build(world, chosen.shard_records))
        out.print(f"{builds[-1].records:,} records, {builds[-1].shards} shards: {builds[-1].figures}", soft_wrap=True)
        if loaded:
            loads[builds[-1].records] = loaded
        if times == 1:
            whole = measured_build(world, WHOLE)
            out.print(f"{whole.records:,} records at once: {whole.figures}", soft_wrap=True)
            if whole.digest != builds[-1].digest:
                raise SystemExit(f"{world}: by place, other bytes were published than with all records at once")
    return builds, whole, loads


def main() -> None:
    """Measure, print, and write it down if that is asked for."""
    chosen = _chosen()
    load_average = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        builds, whole, loads = measure((chosen.keep or Path(name)).resolve(), chosen)
    divided = [build for build in builds if build.shards] or builds  # few records are not
    tables = [*sheets(builds, whole, cost_model(divided, loads)), machine_sheet(load_average)]
    for table in tables:
        out.print(f"\n{table.title}" + (f"\n{table.note}" if table.note else ""), soft_wrap=True)
        out.print(table.for_terminal())
    if chosen.write:
        records, seconds = [build.records for build in builds], [build.figures.seconds for build in builds]
        picture = curve_picture(TITLE, "seconds", records, seconds, fitted(records, seconds))
        write_svg(picture, RESULTS.parent / PICTURE)
        sections = "\n".join(table.as_markdown() for table in tables)
        write_part(TEXT.format(title=TITLE, picture=PICTURE, tables=sections))


def _chosen() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--times", type=float, nargs="+", default=TIMES, help="sizes, as multiples of --records")
    options.add_argument("--records", type=int, default=RECORDS)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--shard-records", type=int, help="at most so many records in a shard")
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="where the worlds are kept, or have been")
    options.add_argument("--write", action="store_true", help="write to benchmarks/RESULTS.md, and the picture")
    return options.parse_args()


if __name__ == "__main__":
    main()
