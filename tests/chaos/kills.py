"""`kill -9` at random moments: of all processes of a run, or of one of them."""

from random import Random

from tests.chaos.outcome import Outcome, judged
from tests.chaos.processes import SHELLS, BackgroundRun, kill, role
from tests.chaos.world import last_written, make_stale
from tests.pipeline.conftest import Project

EVERYTHING, ANYTHING = "all", "any"
TARGETS = (EVERYTHING, "worker", "dbt", ANYTHING, "step", "run")
EARLIEST_S = 0.3
LONGEST_DELAY_S = 3.0  # after a process of the role has appeared
WORDS = {
    "run": "the process of the run",
    "step": "the process of a step",
    "worker": "a worker of shards",
    "dbt": "the process of dbt",
    "tracker": "multiprocessing's resource tracker",
}


def random_kill(project: Project, number: int, random: Random, run_s: float) -> Outcome:
    """Start a run that has something to do, and kill some of it.

    Args:
        project: to run.
        number: of the kill; what is killed alternates.
        random: chooses the moment.
        run_s: how long a run takes [s].
    """
    target = TARGETS[number % len(TARGETS)]
    work = make_stale(project, random)
    run = BackgroundRun(project, "make", "all")
    if target in {EVERYTHING, ANYTHING, "run"}:
        run.wait_until(random.uniform(EARLIEST_S, run_s))
    else:
        run.wait_for(target)
        run.wait_until(run.seconds + random.uniform(0, LONGEST_DELAY_S))
    seconds, stage = run.seconds, last_written(project)
    if target == EVERYTHING:
        run.kill_all()
        done, is_silent = "kill -9 of all processes", True
    else:
        done, is_silent = _kill_one(run, target, random)
    return judged(done, f"{seconds:.1f} s of {work}: {stage}", run, may_be_silent=is_silent)


def _kill_one(run: BackgroundRun, target: str, random: Random) -> tuple[str, bool]:
    """Kill one process of a role; what was killed, and whether nobody is left to say so."""
    living = [process for process in run.processes() if role(process) != SHELLS]
    candidates = [process for process in living if target in {ANYTHING, role(process)}] or living
    if not candidates:
        return "kill -9, too late", False
    chosen = random.choice(sorted(candidates, key=lambda process: process.pid))
    name, parent = role(chosen), chosen.parent()
    kill([chosen])
    return f"kill -9 of {WORDS[name]}", name == "run" and parent is not None and role(parent) == SHELLS
