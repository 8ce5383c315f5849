"""Measure builds by place of several sizes, and extrapolate what larger ones would take.

    python -m benchmarks.shards [--times 1 3 10] [--records 400000] [--seed 1] [--shard-records 25000]
        [--only-new] [--keep FOLDER] [--kept-figures] [--write]

Each size is a world of `benchmarks.inventories` in a project of its own, in which DVC loads the records; that takes
minutes. Then builds alone are measured, from raw tables to published files: a new one, with no database and no shards
of a former one; again, with nothing changed; and again, with 1,363 outlines added (not with --only-new). RECORDS
themselves are also built at once, which must publish the same bytes.

--keep keeps the worlds: FOLDER/<records> is made and loaded only if it is not there, and built with this checkout's
program. --kept-figures takes the figures that are kept there, so that each size can be measured by itself, then all of
them written. --write keeps tables and picture in benchmarks/RESULTS.md, and the tables of docs/explanations/how-far.md.
"""

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cost_model import constants_sheet, cost_model, extrapolation_sheet
from benchmarks.curve import curve_picture, fitted
from benchmarks.machine import machine_sheet
from benchmarks.pictures import write_svg
from benchmarks.results import RESULTS, write_part, write_table
from benchmarks.shard_builds import (
    ADDITION,
    AGAIN,
    AT_ONCE,
    PHASES,
    MeasuredWorld,
    ShardBuild,
    kept_world,
    measured_world,
)
from benchmarks.sheets import Sheet
from benchmarks.targets import Target
from benchmarks.ways import ROOT
from loaders.core.terminal import out

TIMES = (1.0, 3.0, 10.0)
RECORDS = 400_000
SLOWER_BY_PLACE, SLOWER_THAN_LINEAR, MOST_GIB, ADDITION_SHARE = 1.1, 1.1, 2.0, 0.25
MB_PER_GIB = 1024**3 / 1e6
PAGE = ROOT / "docs" / "explanations" / "how-far.md"
ON_PAGE = ("builds", "again", "constants", "extrapolation")
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
    """Memory of the largest process [MB]; workers whose parent has not waited for them are sampled only."""
    return max(build.figures.peak_mb, *(build.phases[name].peak_mb for name in PHASES))


def again_rows(worlds: Sequence[MeasuredWorld]) -> list[tuple[str, ...]]:
    """A row for each second build, next to the new one of the same world."""
    return [
        (
            f"{name}: {world.new.records:,} records", f"{figures.seconds:,.1f}", f"{figures.cpu_s:,.1f}",
            f"{figures.peak_mb:,.0f}", f"{figures.seconds / world.new.figures.seconds:.2f}",
            f"{figures.cpu_s / world.new.figures.cpu_s:.2f}",
        )
        for world in worlds
        for name, figures in world.again.items()
    ]  # fmt: skip


def targets(worlds: Sequence[MeasuredWorld]) -> list[Target]:
    """What builds by place should reach.

    Args:
        worlds: smallest first.
    """
    base, last = next((world for world in worlds if world.whole), worlds[0]), worlds[-1]
    memory_mb = max(largest_mb(world.new) for world in worlds)
    found = [Target("memory of the largest process", memory_mb / MB_PER_GIB, MOST_GIB, " GiB")]
    base_s = base.new.figures.seconds
    if last.new.records > base.new.records:
        times = last.new.records / base.new.records
        ratio = last.new.figures.seconds / base_s
        found.append(Target(f"{times:,.1f} times the records", ratio, SLOWER_THAN_LINEAR * times, " times"))
    if base.whole:
        found.append(Target("by place / all at once", base_s / base.whole.figures.seconds, SLOWER_BY_PLACE))
    for world in worlds:
        if world.new.shards and ADDITION in world.again:
            ratio = world.again[ADDITION].seconds / world.new.figures.seconds
            found.append(Target(f"{ADDITION} / new build: {world.new.records:,} records", ratio, ADDITION_SHARE))
    return found


def divided_builds(worlds: Sequence[MeasuredWorld]) -> list[ShardBuild]:
    """New builds that had shards, or all of them where none had: few records are built at once."""
    builds = [world.new for world in worlds]
    return [build for build in builds if build.shards] or builds


def sheets(worlds: Sequence[MeasuredWorld]) -> dict[str, Sheet]:
    """All tables, each by its name."""
    builds, wholes = [world.new for world in worlds], [world.whole for world in worlds if world.whole]
    divided = divided_builds(worlds)
    records = [build.records for build in divided]
    seconds = fitted(records, [build.figures.seconds for build in divided])
    memory = fitted(records, [largest_mb(build) for build in divided])
    model = cost_model(divided, {world.new.records: world.loads for world in worlds if world.loads})
    return {
        "targets": Sheet(
            "Targets of builds by place", ("target", "is", "aim", ""), [target.row for target in targets(worlds)]
        ),
        "builds": Sheet(
            "Builds by place",
            ("records", "shards", "seconds", "CPU s", "largest process MB", "all processes MB", "records/s"),
            build_rows([*builds, *wholes]),
            f"Fitted: seconds = {seconds}; MB of the largest process = {memory}.",
        ),
        "again": Sheet(
            "Builds again",
            ("change", "seconds", "CPU s", "largest process MB", "/ new", "CPU / new"),
            again_rows(worlds),
        ),
        "phases": Sheet(
            "Phases of builds by place",
            ("phase", "seconds", "CPU s", "largest process MB", "all processes MB", "CPU s per million records"),
            phase_rows([*builds, *wholes]),
            "Dividing begins with the start of the program; raw tables are written at the same time. Files of shards "
            "are published while dbt makes the other tables; publishing is the rest.",
        ),
        "constants": constants_sheet(model),
        "extrapolation": extrapolation_sheet(model),
    }


def measure(folder: Path, chosen: argparse.Namespace) -> list[MeasuredWorld]:
    """Build the world of each size, or read what has been measured of it; smallest first."""
    worlds = []
    for times in sorted(chosen.times):
        records = round(times * chosen.records)
        world = folder / f"{records}"
        if chosen.kept_figures:
            found = kept_world(world)
        else:
            also = {AT_ONCE: times == 1, AGAIN: not chosen.only_new}
            wanted = [name for name, is_wanted in also.items() if is_wanted]
            found = measured_world(world, records, chosen.seed, chosen.shard_records, wanted)
        out.print(f"{found.new.records:,} records, {found.new.shards} shards: {found.new.figures}", soft_wrap=True)
        worlds.append(found)
    return worlds


def main() -> None:
    """Measure, print, and write it down if that is asked for."""
    chosen = _chosen()
    load_average = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        worlds = measure((chosen.keep or Path(name)).resolve(), chosen)
    tables = sheets(worlds) | {"machine": machine_sheet(load_average)}
    for table in tables.values():
        out.print(f"\n{table.title}" + (f"\n{table.note}" if table.note else ""), soft_wrap=True)
        out.print(table.for_terminal())
    if chosen.write:
        _write(divided_builds(worlds), tables)


def _write(builds: Sequence[ShardBuild], tables: dict[str, Sheet]) -> None:
    records, seconds = [build.records for build in builds], [build.figures.seconds for build in builds]
    picture = curve_picture(TITLE, "seconds", records, seconds, fitted(records, seconds))
    write_svg(picture, RESULTS.parent / PICTURE)
    sections = "\n".join(table.as_markdown() for table in tables.values())
    write_part(TEXT.format(title=TITLE, picture=PICTURE, tables=sections))
    for name in ON_PAGE:
        write_table(name, tables[name], PAGE)


def _chosen() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--times", type=float, nargs="+", default=TIMES, help="sizes, as multiples of --records")
    options.add_argument("--records", type=int, default=RECORDS)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--shard-records", type=int, help="at most so many records in a shard")
    options.add_argument("--only-new", action="store_true", help="no builds on top of another one")
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="where the worlds are kept, or have been")
    options.add_argument("--kept-figures", action="store_true", help="those of --keep, instead of measuring again")
    options.add_argument("--write", action="store_true", help="write to RESULTS.md, the picture, and the page")
    chosen = options.parse_args()
    if chosen.kept_figures and not chosen.keep:
        options.error("--kept-figures needs --keep FOLDER")
    return chosen


if __name__ == "__main__":
    main()
