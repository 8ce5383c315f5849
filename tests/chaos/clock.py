"""A clock that is set back: files from the future, and a run that is two days before them."""

import os
import time
from pathlib import Path
from random import Random

from tests.chaos.outcome import Outcome, healed, judged
from tests.chaos.processes import BackgroundRun
from tests.chaos.world import make_stale
from tests.pipeline.conftest import Project

DAY_S = 86_400
# Python runs a module of this name when it starts; the program itself is not changed.
CLOCK = """
import time
_time, _time_ns = time.time, time.time_ns
time.time = lambda: _time() - {back_s}
time.time_ns = lambda: _time_ns() - {back_s} * 1_000_000_000
"""


def clock_set_back(project: Project, folder: Path, random: Random, reference: dict[str, str]) -> Outcome:
    """Run with files of tomorrow and a clock of the day before yesterday; then with the right one."""
    work = make_stale(project, random)
    files = [path for path in (project.root / "data").rglob("*") if path.is_file()]
    for path in random.sample(sorted(files), len(files) // 2):
        tomorrow = time.time() + DAY_S
        os.utime(path, (tomorrow, tomorrow))
    (folder / "sitecustomize.py").write_text(CLOCK.format(back_s=2 * DAY_S))
    run = BackgroundRun(project, "make", "all", PYTHONPATH=str(folder))
    outcome = judged("clock set back by 2 days, half of the files of tomorrow", work, run)
    return healed(outcome, project, reference)
