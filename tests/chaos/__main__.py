# ruff: noqa: T201 (its result)
"""`python -m tests.chaos`: prints what was done, and what the run and the next one did; exit code 1 for a fault."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

from tests.chaos.clock import clock_set_back
from tests.chaos.kills import Kills
from tests.chaos.mounts import NO_MOUNTS, can_mount, enter_mount_namespace, full_disk, read_only
from tests.chaos.neighbours import SECOND, open_readers, two_runs
from tests.chaos.outcome import HEADER, Outcome, as_row, skipped
from tests.chaos.processes import BackgroundRun
from tests.chaos.world import digests, new_world, shard_count
from tests.pipeline.conftest import Project

FULL_DISKS = READ_ONLY_FOLDERS = 2


def main() -> int:
    """Disturb runs; the exit code."""
    options = _options()
    enter_mount_namespace()
    end = time.monotonic() + 60 * options.minutes
    print(f"seed {options.seed}; the same again: python -m tests.chaos --seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="eo-pv-chaos-") as folder:
        rows = list(_shown(_all_rows(Path(folder), options, end)))
    failed = [row for row in rows if row.faults]
    for row in failed:
        print(f"\n{row.done}, {row.when}: {'; '.join(row.faults)}\n{row.output}")
    print(f"\n{len(rows)} disturbances, {len(failed)} with a fault")
    return bool(failed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--minutes", type=float, default=10, help="kills for which there is no time are left out")
    parser.add_argument("--only-kills", action="store_true", help="no full disk, no clock, no neighbours")
    return parser.parse_args()


def _shown(rows: Iterator[Outcome]) -> Iterator[Outcome]:
    print("\n".join(as_row(cells) for cells in (HEADER, ("---",) * len(HEADER))), flush=True)
    for row in rows:
        print(as_row(row.cells()), flush=True)
        yield row


def _all_rows(folder: Path, options: argparse.Namespace, end: float) -> Iterator[Outcome]:
    random = Random(options.seed)  # noqa: S311 (seeded on purpose)
    project = new_world(folder / "project")
    first = BackgroundRun(project, "make", "all")
    code, output = first.wait()
    if code != 0:
        yield Outcome("nothing", "–", f"exit {code}", ("the first run fails",), output=output)
        return
    reference = digests(project)
    print(f"a run without disturbance: {first.seconds:.0f} s, {shard_count(project)} shards, {len(reference)} files\n")
    others = [] if options.only_kills else _others(project, folder, random, reference)
    kills = Kills(project, random, reference, options.kills)
    for position, disturb in enumerate(others):
        yield from kills.some(len(others) - position, end)
        yield disturb()
    yield from kills.some(0, end)


def _others(project: Project, folder: Path, random: Random, reference: dict[str, str]) -> list[Callable[[], Outcome]]:
    """What is done once or twice, in random order."""
    mounts = can_mount(folder)
    full = (
        partial(full_disk, project, folder, random, reference) if mounts else partial(skipped, "full disk", NO_MOUNTS)
    )
    fixed = partial(read_only, project, random, reference) if mounts else partial(skipped, "read-only", NO_MOUNTS)
    others: list[Callable[[], Outcome]] = [
        *[full] * FULL_DISKS,
        *[fixed] * READ_ONLY_FOLDERS,
        partial(clock_set_back, project, folder, random, reference),
        *(partial(two_runs, project, command, random, reference) for command in SECOND),
        partial(open_readers, project, random, reference),
    ]
    random.shuffle(others)
    return others


if __name__ == "__main__":
    sys.exit(main())
