"""Build the warehouse from a made-up world: time, memory, and what the models of dbt took.

python -m benchmarks.warehouse [records …]       by default 400000 1000000
"""

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.measure import Figures, measured
from benchmarks.tables import table
from benchmarks.world import ORIGIN
from loaders.core.paths import ProjectPaths
from loaders.core.terminal import out
from loaders.db.connection import connect

ROOT = Path(__file__).resolve().parents[1]
SLOWEST = 15
MODEL = "model."
COUNTS = "select table_name, estimated_size from duckdb_tables() where schema_name = 'curated' order by table_name"


@dataclass(frozen=True, slots=True)
class Build:
    """One build.

    Attributes:
        records: of all datasets together.
        figures: of the whole command.
        seconds: what each model and all tests took [s]; two run at the same time.
        rows: of each curated table.
    """

    records: int
    figures: Figures
    seconds: dict[str, float]
    rows: dict[str, int]


def built_world(folder: Path, records: int, seed: int = 1) -> Figures:
    """Make a world of about this many records, and build it; only the build is measured."""
    program = [sys.executable, "-m"]
    # in a process of its own: what this one holds would count as the build's
    measured([*program, "benchmarks.world", str(folder), "--records", str(records), "--seed", str(seed)], ROOT)
    for step in ("cells", "boundaries", "irradiance"):
        measured([*program, "loaders", step], folder)
    return measured([*program, "loaders", "warehouse"], folder)


def built(folder: Path, records: int) -> Build:
    """Build a world, and look at what came of it."""
    figures = built_world(folder, records)
    paths = ProjectPaths(folder, ORIGIN)
    metrics = (json.loads(path.read_text(encoding="utf-8")) for path in paths.metrics("").parent.glob("*.json"))
    with connect(paths.database, read_only=True) as connection:
        rows = dict(connection.execute(COUNTS).fetchall())
    made = sum(metric["records"]["kept"] for metric in metrics)
    return Build(made, figures, model_seconds(folder / "dbt" / "target" / "run_results.json"), rows)


def model_seconds(run_results: Path) -> dict[str, float]:
    """How long dbt worked on each model, and on all tests together [s]; the slowest is first."""
    seconds: dict[str, float] = {}
    for result in json.loads(run_results.read_text(encoding="utf-8"))["results"]:
        name = result["unique_id"]
        name = name.rpartition(".")[2] if name.startswith(MODEL) else "all tests"
        seconds[name] = seconds.get(name, 0.0) + result["execution_time"]
    return dict(sorted(seconds.items(), key=lambda item: -item[1]))


def show(builds: list[Build], console: Console) -> None:
    """Print the curve, and of each build the slowest models."""
    headings = ("records", "seconds", "largest process MB", "all processes MB", "records a second")
    rows = [
        (each.records, round(each.figures.seconds), round(each.figures.peak_mb), round(each.figures.tree_mb),
         round(each.records / each.figures.seconds))
        for each in builds
    ]  # fmt: skip
    console.print(table(headings, rows))
    names = list(builds[-1].seconds)[:SLOWEST]
    heads = [f"{each.records:,}" for each in builds]
    times: list[tuple[str, ...]] = [
        (name, *(f"{each.seconds.get(name, 0.0):.1f}" for each in builds)) for name in names
    ]
    console.print(table(("dbt: seconds for", *heads), times))
    tables: list[tuple[str | int, ...]] = [
        (name, *(each.rows.get(name, 0) for each in builds)) for name in builds[-1].rows
    ]
    console.print(table(("curated rows", *heads), tables))


def main() -> None:
    """Build one size after the other, and print what each took."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("records", nargs="*", type=int, default=[400_000, 1_000_000])
    console, builds = out, []
    for records in options.parse_args().records:
        with tempfile.TemporaryDirectory() as name:
            builds.append(built(Path(name), records))
        console.print(f"{builds[-1].records:,} records: {builds[-1].figures}")
    show(builds, console)


if __name__ == "__main__":
    main()
