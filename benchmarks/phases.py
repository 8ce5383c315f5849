"""The phases of a command, told apart by when the last file of each was written."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks.measure import Figures, Run

REST = "rest"


def phases(run: Run, ends: Mapping[str, float]) -> dict[str, Figures]:
    """What each phase took; what comes after the last one is `REST`, so that they add up to the run.

    Args:
        run: the command.
        ends: by phase, in their order, when it ended [seconds since 1970].
    """
    found, start = {}, run.started
    for name, end in {**ends, REST: run.ended}.items():
        stop = min(max(start, end), run.ended)
        found[name] = _between(run, start, stop)
        start = stop
    return found


def last_written(files: Iterable[Path]) -> float:
    """When the youngest of some files was written [seconds since 1970]; 0 if there are none."""
    return max((path.stat().st_mtime for path in files), default=0.0)


def _between(run: Run, start: float, stop: float) -> Figures:
    inside = [sample for sample in run.samples if start <= sample.at <= stop]
    return Figures(
        stop - start,
        max((sample.largest_mb for sample in inside), default=0.0),
        max((sample.tree_mb for sample in inside), default=0.0),
        _cpu_until(run, stop) - _cpu_until(run, start),
    )


def _cpu_until(run: Run, moment: float) -> float:
    """Time of processors until then [s], as far as samples tell."""
    if moment >= run.ended:
        return max(run.figures.cpu_s, run.samples[-1].cpu_s if run.samples else 0.0)
    return next((sample.cpu_s for sample in reversed(run.samples) if sample.at <= moment), 0.0)
