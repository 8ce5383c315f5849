"""Others at work at the same time: a second run, a build by hand, and readers of the tables."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

from tests.chaos.outcome import Outcome, healed, judged
from tests.chaos.processes import BackgroundRun
from tests.chaos.world import make_stale
from tests.pipeline.conftest import ROOT, Project

LATEST_S = 10.0
SECOND = (("make", "all"), (sys.executable, "-m", "loaders", "repro"), (sys.executable, "-m", "loaders", "warehouse"))


def two_runs(project: Project, command: tuple[str, ...], random: Random, reference: dict[str, str]) -> Outcome:
    """Start a run, then another command before it has ended: each succeeds or says who is at work."""
    work = make_stale(project, random)
    first = BackgroundRun(project, "make", "all")
    first.wait_until(random.uniform(0, LATEST_S))
    name = " ".join(Path(word).name for word in command)
    second = judged(f"`{name}` next to a run", f"{first.seconds:.1f} s of {work}", BackgroundRun(project, *command))
    outcome = judged(second.done, second.when, first)
    both = replace(
        outcome,
        said=f"{second.said}; the run: {outcome.said}",
        faults=second.faults + outcome.faults,
        output=second.output + outcome.output,
    )
    return healed(both, project, reference)


def open_readers(project: Project, random: Random, reference: dict[str, str]) -> Outcome:
    """Run while the database and the Parquet files are open and are read again and again."""
    tables = (project.data("eo_pv_data.duckdb"), project.data("curated", "curated_pv_records.parquet"))
    command = [sys.executable, "-m", "tests.chaos.reader", *map(str, tables)]
    work = make_stale(project, random)
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as reader:
        outcome = judged("open readers of DuckDB and Parquet", work, BackgroundRun(project, "make", "all"))
        output, _ = reader.communicate()
    faults = outcome.faults
    if reader.returncode:
        faults += ("the reader failed",)
    elif output.count(",") or output.startswith("0 "):
        faults += ("the reader saw other records",)
    last = output.strip().splitlines()[-1]
    shown = replace(outcome, said=f"{outcome.said}; read {last}", faults=faults, output=outcome.output + output)
    return healed(shown, project, reference)
