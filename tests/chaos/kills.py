"""`kill -9` at random moments: of all processes of a run, or of one of them."""

import time
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from tests.chaos.outcome import Outcome, healed, judged, skipped
from tests.chaos.processes import SHELLS, BackgroundRun, kill, role
from tests.chaos.world import last_written, make_stale
from tests.pipeline.conftest import Project

EVERYTHING, ANYTHING = "all", "any"
TARGETS = (EVERYTHING, "worker", "dbt", ANYTHING, "step", "run")
EARLIEST_S, LATEST_S = 0.3, 20.0
KILL_S, HEALING_S, DISTURBANCE_S = 15, 20, 25  # about, on two cores with nothing else to do
HEALED_EVERY = 5  # kills, however little time is left
LONGEST_DELAY_S = 3.0  # after a process of the role has appeared
WORDS = {
    "run": "the process of the run",
    "step": "the process of a step",
    "worker": "a worker of shards",
    "dbt": "the process of dbt",
    "tracker": "multiprocessing's resource tracker",
}


class Kills:
    """Kills; each run after one is the next to be killed, unless there is time to let it end."""

    def __init__(self, project: Project, random: Random, reference: dict[str, str], count: int) -> None:
        """Prepare so many."""
        self._project, self._random, self._reference, self._count = project, random, reference, count
        self._done = 0

    def some(self, others: int, end: float) -> Iterator[Outcome]:
        """As many as come before the next one of so many other disturbances; all that are left if there is none.

        Args:
            others: how many are still to come, each of which takes two runs or less.
            end: of the time, as `time.monotonic()` counts it [s].
        """
        for _ in range((self._count - self._done) // (others + 1)):
            left_s = end - time.monotonic() - others * DISTURBANCE_S
            if left_s < KILL_S + HEALING_S:
                if not others:
                    yield skipped(f"{self._count - self._done} more kills", "no time")
                return
            outcome = self._one()
            left = self._count - self._done
            is_due = self._done % HEALED_EVERY == 0 or not left or left_s < 2 * (KILL_S + HEALING_S)
            if is_due or left_s > (1 + left) * (KILL_S + HEALING_S):
                yield healed(outcome, self._project, self._reference)
            else:
                yield replace(outcome, healed="is disturbed, too")

    def _one(self) -> Outcome:
        """Start a run that has something to do, and kill some of it."""
        target = TARGETS[self._done % len(TARGETS)]
        self._done += 1
        work = make_stale(self._project, self._random)
        run = BackgroundRun(self._project, "make", "all")
        if target in {EVERYTHING, ANYTHING, "run"}:
            run.wait_until(self._random.uniform(EARLIEST_S, LATEST_S))
        else:
            run.wait_for(target)
            run.wait_until(run.seconds + self._random.uniform(0, LONGEST_DELAY_S))
        seconds, stage = run.seconds, last_written(self._project)
        if target == EVERYTHING:
            run.kill_all()
            done, is_silent = "kill -9 of all processes", True
        else:
            done, is_silent = _kill_one(run, target, self._random)
        return judged(done, f"{seconds:.1f} s of {work}: {stage}", run, may_be_silent=is_silent)


def _kill_one(run: BackgroundRun, target: str, random: Random) -> tuple[str, bool]:
    """Kill one process of a role; what was killed, and whether no process is left to report it."""
    living = [process for process in run.processes() if role(process) != SHELLS]
    candidates = [process for process in living if target in {ANYTHING, role(process)}] or living
    if not candidates:
        return "kill -9, too late", False
    chosen = random.choice(sorted(candidates, key=lambda process: process.pid))
    name, parent = role(chosen), chosen.parent()
    kill([chosen])
    return f"kill -9 of {WORDS[name]}", name == "run" and parent is not None and role(parent) == SHELLS
