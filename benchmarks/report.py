"""Write the report and the map of a made-up world: time and memory of `eo-pv report`, and whether it is the same twice.

python -m benchmarks.report [installations …]       by default 400000
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import MB, Figures, measured
from benchmarks.tables import table
from benchmarks.world import ORIGIN
from loaders.core.files import sha256
from loaders.core.paths import ProjectPaths
from loaders.core.terminal import out

ROOT = Path(__file__).resolve().parents[1]


def reported(folder: Path, installations: int) -> Figures:
    """Make a world of about this many installations, and write its report; only the report is measured."""
    program = [sys.executable, "-m"]
    # in a process of its own: what this one holds would count as the report's
    measured([*program, "benchmarks.report_world", str(folder), "--installations", str(installations)], ROOT)
    measured([*program, "loaders", "boundaries"], folder)
    return measured([*program, "loaders", "report"], folder)


def sizes(folder: Path) -> tuple[int, int]:
    """Number of the files in a folder, and their bytes."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return len(files), sum(path.stat().st_size for path in files)


def is_same_again(folder: Path, data: Path) -> bool:
    """Whether the map has the same bytes when it is written again."""
    first = {path.relative_to(data): sha256(path) for path in data.rglob("*.js")}
    measured([sys.executable, "-m", "loaders", "report"], folder)
    return first == {path.relative_to(data): sha256(path) for path in data.rglob("*.js")}


def main() -> None:
    """Write the report of one world after the other, and print what each took."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("installations", nargs="*", type=int, default=[400_000])
    rows = []
    for installations in options.parse_args().installations:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            figures = reported(folder, installations)
            data = ProjectPaths(folder, ORIGIN).home / "report" / "map"
            files, size = sizes(data)
            again = "yes" if is_same_again(folder, data) else "NO"
        rows.append((installations, round(figures.seconds), round(figures.peak_mb), files, round(size / MB), again))
    out.print(table(("installations", "seconds", "MB of memory", "files of the map", "MB of them", "same again"), rows))


if __name__ == "__main__":
    main()
