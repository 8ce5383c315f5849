"""Time the pairs of outlines that meet: DuckDB's spatial join, SedonaDB's, and shapely's tree by strips.

    python -m benchmarks.join FOLDER [--rows 25000 50000 400000 4000000] [--memory-mb 1000] [--repeat 3]
        [--sedona PYTHON] [--write]

FOLDER holds the loaded files of a world, such as `data/doi/loaded`. More rows than it has are whole copies, side by
side; fewer are the westernmost ones. Each join is a process of its own with two threads, and reads the file. DuckDB and
SedonaDB run without a memory limit and with one, and may spill to disk. The tree finds boxes that meet, then tests the
outlines.

SedonaDB is no dependency of eo-pv: --sedona names a Python that has it (`pip install "apache-sedona[db]"`); without it,
only the others are measured. --write keeps the table in benchmarks/RESULTS.md.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.machine import machine_sheet
from benchmarks.measure import Figures, measured, watched
from benchmarks.results import write_part
from benchmarks.sheets import Sheet
from benchmarks.ways import PYTHON, ROOT
from loaders.core.terminal import out

ROWS = (25_000, 50_000, 400_000, 4_000_000)
MEMORY_MB, REPEAT = 1_000, 3
ENGINES = {"DuckDB": "duckdb", "SedonaDB": "sedonadb", "tree by strips": "tree"}
JOINS = Path(__file__).with_name("join_engines.py")  # run as a file: SedonaDB's Python has no eo-pv
TEXT = """\
# Joins

Written by `python -m benchmarks.join --write`. The module's docstring states what is measured and how.
"""
HEADINGS = ("join", "outlines", "limit MB", "pairs", "seconds", "CPU s", "largest process MB", "spilled MB")


@dataclass(frozen=True, slots=True)
class Joined:
    """One join, the fastest of its repetitions.

    Attributes:
        name: of the engine.
        outlines: on either side.
        limit_mb: memory that the engine was given [MB]; 0 is no limit.
        pairs: found; null where it failed.
        figures: of its process.
        spilled_mb: the most that stood on disk at a time [MB].
    """

    name: str
    outlines: int
    limit_mb: int
    pairs: int | None
    figures: Figures
    spilled_mb: float

    @property
    def row(self) -> tuple[str, ...]:
        """As it is printed."""
        limit, figures = f"{self.limit_mb:,}" if self.limit_mb else "none", self.figures
        pairs = "failed" if self.pairs is None else f"{self.pairs:,}"
        return (
            self.name, f"{self.outlines:,}", limit, pairs, f"{figures.seconds:,.1f}", f"{figures.cpu_s:,.1f}",
            f"{figures.peak_mb:,.0f}", f"{self.spilled_mb:,.0f}",
        )  # fmt: skip


def joined(name: str, python: str, file: Path, outlines: int, limit_mb: int) -> Joined:
    """Join once, in a process of its own.

    Args:
        name: one of `ENGINES`.
        python: the Python that has its library.
        file: of the outlines.
        outlines: in it.
        limit_mb: memory for the engine [MB]; 0 is no limit.
    """
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        spill, answer = Path(folder, "spill"), Path(folder, "pairs")
        spill.mkdir()
        most_mb = [0.0]

        def look() -> None:
            most_mb[0] = max(most_mb[0], _held_mb(spill))

        command = [python, str(JOINS), ENGINES[name], str(file), str(limit_mb), str(spill), str(answer)]
        run = watched(command, file.parent, look=look)
        pairs, peak_mb = map(int, answer.read_text(encoding="utf-8").split())
    figures = replace(run.figures, peak_mb=peak_mb)
    return Joined(name, outlines, limit_mb, pairs if pairs >= 0 else None, figures, most_mb[0])


def fastest(joins: Sequence[Joined]) -> Joined:
    """The one with the least time of processors: others may work on this machine, too.

    Raises:
        SystemExit: the repetitions found different pairs.
    """
    if len({join.pairs for join in joins}) > 1:
        found = ", ".join(sorted({str(join.pairs) for join in joins}))
        raise SystemExit(f"{joins[0].name} found different numbers of pairs of the same outlines: {found}")
    return min(joins, key=lambda join: join.figures.cpu_s)


def sheet(joins: Sequence[Joined]) -> Sheet:
    """All joins in one table.

    Raises:
        SystemExit: two engines found another number of pairs.
    """
    for outlines in {join.outlines for join in joins}:
        found = {join.name: join.pairs for join in joins if join.outlines == outlines and join.pairs is not None}
        if len(set(found.values())) > 1:
            raise SystemExit(f"different pairs of {outlines:,} outlines: {found}")
    note = "Pairs of outlines that meet (`ST_Intersects`), each once; the repetition with the least CPU time."
    return Sheet("Joins of outlines", HEADINGS, [join.row for join in joins], note)


def main() -> None:
    """Measure every size, and print the table."""
    chosen, load_average, found = _chosen(), os.getloadavg()[0], []
    pythons = dict.fromkeys(ENGINES, sys.executable) | {"SedonaDB": chosen.sedona}
    if not chosen.sedona:
        out.print("SedonaDB is not measured: --sedona names a Python that has it.")
    with tempfile.TemporaryDirectory(dir=chosen.temp and chosen.temp.resolve()) as folder:
        for rows in chosen.rows:
            file = Path(folder, f"{rows}.parquet")
            measured([*PYTHON, "benchmarks.join_inputs", str(chosen.folder.resolve()), str(file), str(rows)], ROOT)
            outlines = int(pq.read_metadata(file).num_rows)
            for name in ENGINES:
                for limit_mb in (0,) if name == "tree by strips" else (0, chosen.memory_mb):
                    if python := pythons[name]:
                        each = [joined(name, python, file, outlines, limit_mb) for _ in range(chosen.repeat)]
                        found.append(fastest(each))
                        out.print(" · ".join(found[-1].row), soft_wrap=True)
            file.unlink()
    table = sheet(found)
    out.print(table.for_terminal())
    if chosen.write:
        write_part("\n".join([TEXT, table.as_markdown(), machine_sheet(load_average).as_markdown()]))


def _held_mb(folder: Path) -> float:
    sizes = 0
    for path in folder.rglob("*"):
        try:
            sizes += path.stat().st_size
        except FileNotFoundError:  # removed meanwhile
            continue
    return sizes / 1e6


def _chosen() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("folder", type=Path, help="of the loaded files of a world")
    options.add_argument("--rows", type=int, nargs="+", default=ROWS)
    options.add_argument("--memory-mb", type=int, default=MEMORY_MB)
    options.add_argument("--repeat", type=int, default=REPEAT)
    options.add_argument("--sedona", metavar="PYTHON", help="a Python that has SedonaDB")
    options.add_argument("--temp", type=Path, metavar="FOLDER", help="for outlines and what is spilled")
    options.add_argument("--write", action="store_true", help="write the table to benchmarks/RESULTS.md")
    return options.parse_args()


if __name__ == "__main__":
    main()
