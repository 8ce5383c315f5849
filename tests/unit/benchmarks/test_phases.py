import os
import sys
from pathlib import Path

import pytest

from benchmarks.measure import Figures, Run, Sample, watched
from benchmarks.phases import REST, last_written, phases

RUN = Run(
    Figures(10, 300, 500, 14),
    started=100,
    ended=110,
    samples=[Sample(101, 50, 60, 1), Sample(103, 200, 220, 4), Sample(106, 300, 500, 9), Sample(109, 90, 95, 13)],
)


def test_phases_add_up_to_the_run_and_each_has_its_own_peak() -> None:
    found = phases(RUN, {"load": 104.0, "build": 108.0})
    assert found == {
        "load": Figures(4, 200, 220, 4),
        "build": Figures(4, 300, 500, 5),
        REST: Figures(2, 90, 95, 5),
    }
    assert sum(each.seconds for each in found.values()) == RUN.figures.seconds
    assert sum(each.cpu_s for each in found.values()) == RUN.figures.cpu_s


def test_a_phase_whose_files_are_older_than_the_one_before_takes_no_time() -> None:
    found = phases(RUN, {"load": 104.0, "cells": 103.0, "build": 120.0})
    assert [each.seconds for each in found.values()] == [4, 0, 6, 0]


def test_the_last_of_several_files_ends_a_phase(tmp_path: Path) -> None:
    for name, moment in (("a", 50), ("b", 70), ("c", 60)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (moment, moment))
    assert last_written(tmp_path.iterdir()) == 70
    assert last_written([]) == 0


def test_the_time_of_a_command_and_of_those_that_it_starts_is_counted(tmp_path: Path) -> None:
    busy = "import time\nwhile time.process_time() < 0.25: pass"
    run = watched(
        [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"], tmp_path
    )
    assert 0.25 <= run.figures.cpu_s < 2
    assert run.figures.tree_mb > 12  # two Pythons
    assert run.ended - run.started == pytest.approx(run.figures.seconds)
