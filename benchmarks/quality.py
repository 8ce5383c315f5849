"""How well records of one plant are found to be one: precision and recall, on the samples and on a made-up world.

    python -m benchmarks.quality [--records 300000] [--seed 1] [--keep FOLDER]
    python -m benchmarks.quality --hard [--records 60000] [--seed 1] [--keep FOLDER]
    python -m benchmarks.quality --real FOLDER [--no-names] [--identifiers] [--with-others 4] [--only KEY …]

The samples are those that `make all` built. The world is made, built and thrown away, or kept in FOLDER to look at.
Exits with 1 if either falls short of the aims.

--hard grades the harder world instead (benchmarks/hard_world), by kind of trap.

--real grades published inventories instead, those of benchmarks/real/inventories.yml that are below FOLDER. Their own
identifiers are the truth; matching sees them with --identifiers only. With both, --keep also has missed.csv and
wrong.csv.

--write keeps the figures in loaders/report/matching_quality.json, which the report page shows.
"""

import argparse
import tempfile
from pathlib import Path

from rich.console import Console

from benchmarks.grades import LEAST_PRECISION, LEAST_RECALL, Grades, sample_grades, world_grades
from benchmarks.hard_world.grades import AIMS as HARD_AIMS
from benchmarks.hard_world.grades import grade_hard
from benchmarks.real.run import Options, grade_real
from benchmarks.recorded import Measurement, of_build, of_hard_world, of_real, record
from benchmarks.reliability import show_reliability
from benchmarks.tables import percent, table
from benchmarks.warehouse import built_world
from benchmarks.world import ORIGIN, TRUTH
from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.core.terminal import out

ROOT = Path(__file__).resolve().parents[1]
RECORDS, HARD_RECORDS = 300_000, 60_000
AIMS = f"The aims are a recall of {LEAST_RECALL:.1%} and a precision of {LEAST_PRECISION:.1%}."


def show(grades: Grades, title: str, console: Console) -> None:
    """Print it all."""
    clusters, score = grades.clusters, grades.overall
    console.print(f"\n{title}: {score.true:,} true pairs, {score.found:,} found, {score.right:,} of them right")
    console.print(
        f"precision {percent(score.precision)}, recall {percent(score.recall)}, F1 {percent(score.f1)}; "
        f"of {clusters.plants:,} plants {percent(clusters.recall)} are one installation, whole and alone; "
        f"of {clusters.installations:,} installations {percent(clusters.precision)} are such a plant, and "
        f"{percent(clusters.purity)} hold no two"
    )
    rows = [
        (*keys, each.true, each.found, each.right, each.precision, each.recall, each.f1)
        for keys, each in grades.pairs.items()
        if each.true or each.found
    ]
    console.print(table(("dataset", "dataset", "true", "found", "right", "precision", "recall", "F1"), rows))
    by_rule = [
        (name, each.accepted, each.right, each.precision, each.share_found) for name, each in grades.rules.items()
    ]
    console.print(table(("rule", "accepted", "right", "precision", "of all true pairs"), by_rule))
    for kind, causes in (("missed", grades.missed), ("merged falsely", grades.merged_falsely)):
        found = [(each.count, each.what, each.why, "\n".join(each.examples)) for each in causes]
        console.print(table((kind, "what", "why", "for instance"), found) if found else f"{kind}: none")
    show_reliability(grades.reliability, console)


def main() -> None:
    """Print the grades that were asked for, and fail if they fall short."""
    chosen, console = _chosen(), out
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = (chosen.keep or Path(name)).resolve()
            fails = _fails(chosen, folder, console)
    except BuildError as error:
        raise SystemExit(f"Error: {error}") from error
    if fails:
        raise SystemExit(fails)


def _chosen() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--records", type=int, help="300,000, and 60,000 of the harder world")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="where to keep the world")
    options.add_argument("--hard", action="store_true", help="grade the harder world instead")
    options.add_argument("--real", type=Path, metavar="FOLDER", help="grade the published inventories below it instead")
    options.add_argument("--names", action=argparse.BooleanOptionalAction, default=True, help="map names")
    options.add_argument("--identifiers", action="store_true", help="map identifiers and editions")
    options.add_argument("--with-others", type=int, default=0, metavar="N", help="add made-up inventories")
    options.add_argument("--write", action="store_true", help="keep the figures for the report page")
    options.add_argument("--only", nargs="*", default=[], metavar="KEY", help="real datasets; by default all")
    return options.parse_args()


def _fails(chosen: argparse.Namespace, folder: Path, console: Console) -> str | None:
    """Grade, print, and say which aims were missed."""
    if chosen.real:
        real = Options(chosen.names, chosen.identifiers, chosen.with_others, tuple(chosen.only))
        database, real_scores, decoys = grade_real(chosen.real.resolve(), folder, real, console)
        _record(chosen, "real", database, of_real(real_scores, decoys))
        return None
    built = ProjectPaths(folder, ORIGIN).database
    if chosen.hard:
        grades = grade_hard(folder, chosen.records or HARD_RECORDS, chosen.seed, console)
        _record(chosen, "hard_world", built, of_hard_world(grades))
        return None if grades.is_good else HARD_AIMS
    bundled = ProjectPaths(ROOT, "sample").database
    samples = sample_grades(bundled)
    show(samples, "samples", console)
    _record(chosen, "samples", bundled, of_build(samples))
    console.print(f"\nbuild of the world: {built_world(folder, chosen.records or RECORDS, chosen.seed)}")
    world = world_grades(built, folder / TRUTH)
    show(world, "world", console)
    _record(chosen, "world", built, of_build(world))
    return None if samples.is_good and world.is_good else AIMS


def _record(chosen: argparse.Namespace, name: str, database: Path, measurement: Measurement) -> None:
    if chosen.write:
        record(name, database, measurement)


if __name__ == "__main__":
    main()
