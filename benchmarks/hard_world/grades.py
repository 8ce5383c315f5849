"""Build the harder world and grade it, by kind of trap."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from rich.console import Console

from benchmarks.causes import Cause
from benchmarks.grading import ClusterScore, Graded, Score, cluster_score, total
from benchmarks.hard_world.farms import DATASETS
from benchmarks.hard_world.moves import wrong_names
from benchmarks.hard_world.world import make_hard_world
from benchmarks.judged_pairs import RECORDS, causes, judge_pairs, scores_by, write_mistakes
from benchmarks.real.project import build, load
from benchmarks.reliability import Bin, reliability, show_reliability
from benchmarks.show import show_causes
from benchmarks.tables import percent, table
from benchmarks.world import ORIGIN, TRUTH
from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.db.connection import connect

NAMES_TRAP = wrong_names.__name__
LEAST_PRECISION, LEAST_RECALL = 0.995, 0.99
NAMES_LEAST_PRECISION, NAMES_LEAST_RECALL = 0.99, 0.9
AIMS = (
    f"The aims of the harder world are a precision of {LEAST_PRECISION:.1%} and a recall of {LEAST_RECALL:.1%}; where "
    f"30 % of the names are wrong, {NAMES_LEAST_PRECISION:.1%} and {NAMES_LEAST_RECALL:.1%}."
)
_RECORDS = f"""
    create temp table {RECORDS} as
    select
        records.dataset_key, record_id, records.installation_id, records.centroid_lon, records.centroid_lat,
        records.capacity_mw,
        json_extract_string(source_attributes, '$.name') as name,
        truth.trap as kind,
        map(['plant'], [truth.plant::varchar]) as truth
    from curated.curated_pv_records as records
    left join read_parquet(?) as truth using (record_id)
"""  # noqa: S608 (names of ours)


@dataclass(frozen=True, slots=True)
class HardGrades:
    """How well the records of the harder world were joined.

    Attributes:
        traps: by kind of trap; a pair of two kinds by both of them.
        clusters: plants and installations, with the records of one dataset among each other too.
        missed: by trap and reason.
        wrong: by trap and rule.
        reliability: of `match_probability`, if there is one.
    """

    traps: dict[str, Score]
    clusters: ClusterScore
    missed: list[Cause]
    wrong: list[Cause]
    reliability: list[Bin] | None

    @property
    def names(self) -> Score:
        """Where 30 % of the names are wrong."""
        return self.traps.get(NAMES_TRAP, Score(0, 0, 0))

    @property
    def others(self) -> Score:
        """All other traps together."""
        return total([score for trap, score in self.traps.items() if trap != NAMES_TRAP])

    @property
    def is_good(self) -> bool:
        """Whether it reaches the aims."""
        return (
            self.others.precision >= LEAST_PRECISION
            and self.others.recall >= LEAST_RECALL
            and self.names.precision >= NAMES_LEAST_PRECISION
            and self.names.recall >= NAMES_LEAST_RECALL
        )


def hard_grades(database: Path, truth: Path, dump: Path | None = None) -> HardGrades:
    """Grade a build of the harder world.

    Args:
        database: the warehouse.
        truth: plant and trap of each record.
        dump: folder for `missed.csv` and `wrong.csv`, every such pair with its reason.

    Raises:
        BuildError: the build holds a record that the truth does not know, or the other way round.
    """
    with connect(database, read_only=True) as connection:
        connection.execute(_RECORDS, [str(truth)])
        counts = f"select count(kind), (select count(*) from read_parquet(?)), count(*) from {RECORDS}"  # noqa: S608
        if len(set(found := connection.execute(counts, [str(truth)]).fetchone() or ())) != 1:
            raise BuildError(f"{database}: of its records, those with a truth, and all of the truth: {found}.")
        judge_pairs(connection, ["plant"])
        if dump:
            write_mistakes(connection, dump)
        return HardGrades(
            traps={trap: score for (trap,), score in scores_by(connection, "kind").items()},
            clusters=_clusters(connection),
            missed=causes(connection, DATASETS, is_true=True),
            wrong=causes(connection, DATASETS, is_true=False),
            reliability=reliability(connection),
        )


def _clusters(connection: duckdb.DuckDBPyConnection) -> ClusterScore:
    query = f"select record_id, dataset_key, truth['plant']::bigint, installation_id from {RECORDS}"  # noqa: S608
    columns = connection.execute(query).fetchnumpy()
    record_id, dataset_key, plant, installation = (np.asarray(values) for values in columns.values())
    return cluster_score(Graded(record_id, dataset_key, plant, installation))


def grade_hard(folder: Path, records: int, seed: int, console: Console) -> HardGrades:
    """Make, build and grade a harder world in a folder, and print the grades."""
    made = make_hard_world(folder, records, seed)
    load(folder, DATASETS)
    console.print(f"\nbuild of the harder world of {made:,} records: {build(folder)}")
    grades = hard_grades(ProjectPaths(folder, ORIGIN).database, folder / TRUTH, folder)
    show(grades, console)
    return grades


def show(grades: HardGrades, console: Console) -> None:
    """Print it all."""
    for title, score in (("harder world", grades.others), ("30 % of the names wrong", grades.names)):
        console.print(
            f"{title}: {score.true:,} true pairs, {score.found:,} found, {score.right:,} of them right: "
            f"precision {percent(score.precision)}, recall {percent(score.recall)}"
        )
    clusters = grades.clusters
    console.print(
        f"of {clusters.plants:,} plants {percent(clusters.recall)} are one installation, whole and alone; "
        f"{percent(clusters.purity)} of {clusters.installations:,} installations hold no two plants"
    )
    rows = [
        (trap, score.true, score.found, score.right, score.precision, score.recall)
        for trap, score in grades.traps.items()
    ]
    console.print(table(("trap", "true", "found", "right", "precision", "recall"), rows))
    show_causes("missed", grades.missed, console)
    show_causes("wrong", grades.wrong, console)
    show_reliability(grades.reliability, console)
