"""Where the time of a stage goes: seconds by dbt model, or own time by function of a Python step.

    python -m benchmarks.profiles FOLDER [build|load|irradiance|report]

FOLDER is a project of `benchmarks.inventories` that has run, say `once` in what `benchmarks.pipeline --keep` kept.
"""

import argparse
import pstats
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.inventory_kinds import KINDS
from benchmarks.measure import Figures, measured
from benchmarks.outputs import PUBLISHED
from benchmarks.sheets import Sheet
from benchmarks.warehouse import model_seconds
from benchmarks.ways import BUILD, IRRADIANCE, LOAD, REPORT
from loaders.core.terminal import out

SHOWN = 15
STAGES = (LOAD, IRRADIANCE, BUILD, REPORT)
PACKAGES = "site-packages"
# `python -m loaders` does the work in a child process, which a profiler does not see
PROFILED = """
import cProfile, sys
from loaders.__main__ import main
profile, file = cProfile.Profile(), sys.argv.pop(1)
try:
    profile.runcall(main)
finally:
    profile.dump_stats(file)
"""


def slowest(stages: dict[str, Figures]) -> str:
    """The stage that took longest."""
    return max(STAGES, key=lambda name: stages[name].seconds)


def profile(folder: Path, stage: str) -> tuple[str, dict[str, float]]:
    """What the bars show, and seconds by model or by function; the slowest is first.

    Args:
        folder: of a project that has run.
        stage: one of `STAGES`.
    """
    if stage == BUILD:
        models = model_seconds(folder / "dbt" / "target" / "run_results.json")
        return "build: seconds of dbt by model, two at a time", dict(list(models.items())[:SHOWN])
    command = {LOAD: ["load", _largest(folder)], IRRADIANCE: ["irradiance"], REPORT: ["report"]}[stage]
    return f"{' '.join(command)}: own seconds by function, under a profiler", by_function(folder, command)


def by_function(folder: Path, command: list[str]) -> dict[str, float]:
    """Own time of the slowest functions of one command of `eo-pv`, with those that C does in their name."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name, "profile")
        program = [sys.executable, "-c", PROFILED, str(file), *command]
        measured(program, folder, {"EO_PV_CACHE": name})  # else nothing would be left to do
        return own_seconds(file)


def own_seconds(file: Path) -> dict[str, float]:
    """Own time by function of a profile."""
    stats: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = vars(pstats.Stats(str(file)))["stats"]
    seconds: dict[str, float] = {}
    for (path, _, function), (_, _, own, _, _) in stats.items():
        name = function_name(path, function)
        seconds[name] = seconds.get(name, 0.0) + own
    return dict(sorted(seconds.items(), key=lambda item: -item[1])[:SHOWN])


def function_name(path: str, function: str) -> str:
    """`module:function`, from the path of the module."""
    if not path.endswith(".py"):
        return function.strip("<>").removeprefix("built-in method ")
    parts = Path(path).with_suffix("").parts
    anchor = PACKAGES if PACKAGES in parts else "loaders"
    inside = parts[parts.index(anchor) + (anchor == PACKAGES) :] if anchor in parts else parts[-1:]
    return f"{'.'.join(inside)}:{function}"


def _largest(folder: Path) -> str:
    sizes = {key: (folder / PUBLISHED / (kind.archive or kind.file)).stat().st_size for key, kind in KINDS.items()}
    return max(sizes, key=lambda key: sizes[key])


def profile_sheet(title: str, bars: Mapping[str, float]) -> Sheet:
    """The same as a table."""
    return Sheet(f"Profile of {title}", ("", "seconds"), [(name, f"{value:,.2f}") for name, value in bars.items()])


def main() -> None:
    """Print the profile of one stage."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("folder", type=Path)
    options.add_argument("stage", nargs="?", choices=STAGES, default=BUILD)
    chosen = options.parse_args()
    sheet = profile_sheet(*profile(chosen.folder.resolve(), chosen.stage))
    out.print(sheet.title)
    out.print(sheet.for_terminal())


if __name__ == "__main__":
    main()
