"""`python -m tests.chaos`: prints what was done, what the run said and what the next one did; exit code 1 for a fault."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from tests.chaos.clock import clock_set_back
from tests.chaos.kills import random_kill
from tests.chaos.mounts import NO_MOUNTS, can_mount, enter_mount_namespace, full_disk, read_only
from tests.chaos.neighbours import SECOND, open_readers, two_runs
from tests.chaos.outcome import HEADER, Outcome, as_row, healed, skipped
from tests.chaos.processes import BackgroundRun
from tests.chaos.world import digests, new_world, shard_count
from tests.pipeline.conftest import Project

FULL_DISKS = READ_ONLY_FOLDERS = 2
HEALED_AT_LEAST = 5  # every so many kills, however little time is left


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is disturbed, and for how long."""

    kills: int
    end: float

    def has_time(self, needed_s: float) -> bool:
        """Whether so much time is left [s]."""
        return time.monotonic() + needed_s < self.end


def main() -> int:
    """Disturb runs; the exit code."""
    options = _options()
    enter_mount_namespace()
    limits = Limits(options.kills, time.monotonic() + 60 * options.minutes)
    print(f"seed {options.seed}; the same again: python -m tests.chaos --seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="eo-pv-chaos-") as folder:
        rows = list(_shown(_all_rows(Path(folder), Random(options.seed), limits)))
    failed = [row for row in rows if row.faults]
    for row in failed:
        print(f"\n{row.done}, {row.when}: {'; '.join(row.faults)}\n{row.output}")
    print(f"\n{len(rows)} disturbances, {len(failed)} with a fault")
    return bool(failed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--minutes", type=float, default=10, help="kills that would begin later are left out")
    return parser.parse_args()


def _shown(rows: Iterator[Outcome]) -> Iterator[Outcome]:
    print("\n".join(as_row(cells) for cells in (HEADER, ("---",) * len(HEADER))), flush=True)
    for row in rows:
        print(as_row(row.cells()), flush=True)
        yield row


def _all_rows(folder: Path, random: Random, limits: Limits) -> Iterator[Outcome]:
    project = new_world(folder / "project")
    first = BackgroundRun(project, "make", "all")
    code, output = first.wait()
    run_s, reference = first.seconds, digests(project)
    if code != 0:
        yield Outcome("nothing", "–", f"exit {code}", ("the first run fails",), output=output)
        return
    print(f"a run without disturbance: {run_s:.0f} s, {shard_count(project)} shards, {len(reference)} files\n")
    for disturb in _single(project, folder, random, reference):
        yield disturb()
    yield from _kills(project, random, limits, run_s, reference)


def _single(
    project: Project, folder: Path, random: Random, reference: dict[str, str]
) -> Iterator[Callable[[], Outcome]]:
    """What is done once or twice."""
    mounts = can_mount(folder)
    for _ in range(FULL_DISKS):
        yield lambda: full_disk(project, folder, random, reference) if mounts else skipped("a full disk", NO_MOUNTS)
    for _ in range(READ_ONLY_FOLDERS):
        yield lambda: read_only(project, random, reference) if mounts else skipped("a read-only folder", NO_MOUNTS)
    yield lambda: clock_set_back(project, folder, random, reference)
    for command in SECOND:
        yield lambda command=command: two_runs(project, command, random, reference)
    yield lambda: open_readers(project, random, reference)


def _kills(
    project: Project, random: Random, limits: Limits, run_s: float, reference: dict[str, str]
) -> Iterator[Outcome]:
    """Kills; each run after one is the next to be killed, unless there is time to let it end."""
    for number in range(limits.kills):
        if not limits.has_time(2 * run_s):
            yield Outcome("kills", "–", f"no time for {limits.kills - number} of {limits.kills}")
            return
        outcome = random_kill(project, number, random, run_s)
        remaining = limits.kills - number - 1
        is_last = not remaining or not limits.has_time(3 * run_s)
        if is_last or number % HEALED_AT_LEAST == HEALED_AT_LEAST - 1 or limits.has_time((1 + remaining) * run_s):
            yield healed(outcome, project, reference)
        else:
            yield replace(outcome, healed="is killed, too")


if __name__ == "__main__":
    sys.exit(main())
