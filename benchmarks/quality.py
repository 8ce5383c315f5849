"""How well records of one plant are found to be one: precision and recall, on the samples and on a made-up world.

    python -m benchmarks.quality [--records 300000] [--seed 1] [--keep FOLDER]
    python -m benchmarks.quality --real FOLDER [--no-names] [--identifiers] [--with-others 4] [--only KEY …]

The samples are those that `make all` built. The world is made, built and thrown away, or kept in FOLDER to look at.
Exits with 1 if either falls short of the aims.

--real grades published inventories instead, those of benchmarks/real/inventories.yml that are below FOLDER. Their own
identifiers are the truth; matching sees them with --identifiers only. --keep then also has missed.csv and wrong.csv.
"""

import argparse
import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from benchmarks.causes import Cause, merged_falsely, missed
from benchmarks.grading import (
    ClusterScore,
    Graded,
    RuleScore,
    Score,
    cluster_score,
    pair_scores,
    rule_scores,
    total,
)
from benchmarks.real.run import Options, grade_real
from benchmarks.tables import percent, table
from benchmarks.warehouse import built_world
from benchmarks.world import ORIGIN, TRUTH
from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.db.connection import connect

ROOT = Path(__file__).resolve().parents[1]
SAMPLE_TRUTH = ROOT / "data" / "samples" / "truth.csv"
LEAST_RECALL, LEAST_PRECISION = 0.998, 0.995
RECORDS = """
    select dataset_key, source_id, record_id, source_file, source_row, geometry_kind, installation_id
    from curated.curated_pv_records
    order by record_id
"""
# within a dataset, the truth of the samples says nothing
ACCEPTED = """
    select record_id_a, record_id_b, match_rule
    from prepared.prep_pv_pairs
    where is_match and dataset_key_a != dataset_key_b
"""


@dataclass(frozen=True, slots=True)
class Grades:
    """What came out for one build."""

    pairs: dict[tuple[str, str], Score]
    clusters: ClusterScore
    rules: dict[str, RuleScore]
    missed: list[Cause]
    merged_falsely: list[Cause]

    @property
    def overall(self) -> Score:
        """All pairs of datasets together."""
        return total(list(self.pairs.values()))

    @property
    def is_good(self) -> bool:
        """Whether it reaches the aims."""
        return self.overall.recall >= LEAST_RECALL and self.overall.precision >= LEAST_PRECISION


def sample_grades(database: Path, truth: Path = SAMPLE_TRUTH) -> Grades:
    """Grade the build of the samples.

    Their truth pairs records of different datasets only. So whole plants are graded where it pairs something; records
    that it does not pair are plants of their own when pairs are counted.

    Raises:
        BuildError: the samples are not built, or do not hold a record that the truth names.
    """
    with _opened(database) as connection:
        records = connection.execute(RECORDS).to_arrow_table()
        plant = sample_plants(records, truth)
        is_paired = np.bincount(plant)[plant] > 1
        return _grades(connection, records, plant, is_paired)


def world_grades(database: Path, truth: Path) -> Grades:
    """Grade the build of a world of `benchmarks.world`.

    Raises:
        BuildError: it is not built, or records of the truth are missing in it.
    """
    with _opened(database) as connection:
        records = connection.execute(RECORDS).to_arrow_table()
        known = pq.read_table(truth).sort_by("record_id")
        if known["record_id"].to_pylist() != records["record_id"].to_pylist():
            raise BuildError(
                f"{database} holds {len(records):,} records, its truth {len(known):,}, and they are not the same ones. "
                f"A record has been lost, or the truth is of another world."
            )
        plant = known["plant"].to_numpy()
        return _grades(connection, records, plant, np.ones(len(plant), dtype=np.bool_))


def sample_plants(records: pa.Table, truth: Path) -> np.ndarray:
    """A number for the plant of each record of the samples: those that hang together by the pairs of the truth.

    Raises:
        BuildError: a pair names a record that is not there.
    """
    row_of = {name: row for row, name in enumerate(_names(records))}
    with truth.open(encoding="utf-8", newline="") as file:
        pairs = [
            ((line["dataset_key_a"], line["source_id_a"]), (line["dataset_key_b"], line["source_id_b"]))
            for line in csv.DictReader(file)
        ]
    if strangers := sorted({name for pair in pairs for name in pair} - set(row_of)):
        raise BuildError(
            f"{truth.name} names {' '.join(strangers[0])}, which is not in the built tables, nor are "
            f"{len(strangers) - 1} others. Run `make all` with `origin: sample` in params.yaml."
        )
    a, b = np.array([[row_of[one], row_of[other]] for one, other in pairs], dtype=np.intp).reshape(-1, 2).T
    links = coo_matrix((np.ones(len(a), dtype=np.int8), (a, b)), shape=(len(records),) * 2)
    plant: np.ndarray = connected_components(links, directed=False)[1].astype(np.intp)
    return plant


def _names(records: pa.Table) -> list[tuple[str, str]]:
    """What the truth calls each record: the publisher's identifier, or file and row where there is none."""
    columns = (records[name].to_pylist() for name in ("dataset_key", "source_id", "source_file", "source_row"))
    return [
        (key, source_id if source_id is not None else f"{Path(file.rpartition('!')[2]).stem}:{row}")
        for key, source_id, file, row in zip(*columns, strict=True)
    ]


@contextmanager
def _opened(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    if not database.exists():
        raise BuildError(f"{database} is missing. Run `make all` first, with `origin: sample` in params.yaml.")
    with connect(database, read_only=True) as connection:
        try:
            yield connection
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            message = str(error).partition("\n")[0]
            raise BuildError(f"{database} is not as this version builds it ({message}). Run `make all`.") from error


def _grades(
    connection: duckdb.DuckDBPyConnection, records: pa.Table, plant: np.ndarray, in_clusters: np.ndarray
) -> Grades:
    """Everything about one build; only some records count when whole plants are graded."""
    ids, keys, installations = (_texts(records[name]) for name in ("record_id", "dataset_key", "installation_id"))
    graded = Graded(ids, keys, plant, installations)
    connection.register("graded_records", records.append_column("plant", pa.array(plant)))
    accepted = connection.execute(ACCEPTED).to_arrow_table()
    return Grades(
        pairs=pair_scores(graded),
        clusters=cluster_score(graded.where(in_clusters)),
        rules=rule_scores(graded, *(_texts(accepted[name]) for name in accepted.column_names)),
        missed=missed(connection),
        merged_falsely=merged_falsely(connection),
    )


def _texts(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(column.to_numpy(), dtype=np.object_)


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


def _main_real(chosen: argparse.Namespace, console: Console) -> None:
    """Print the grades of real inventories."""
    real = Options(chosen.names, chosen.identifiers, chosen.with_others, tuple(chosen.only))
    with tempfile.TemporaryDirectory() as name:
        folder = (chosen.keep or Path(name)).resolve()
        try:
            grade_real(chosen.real.resolve(), folder, real, console)
        except BuildError as error:
            raise SystemExit(f"Error: {error}") from error


def main() -> None:
    """Print both, and fail if either falls short."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--records", type=int, default=300_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="where to keep the world")
    options.add_argument("--real", type=Path, metavar="FOLDER", help="grade the published inventories below it instead")
    options.add_argument("--names", action=argparse.BooleanOptionalAction, default=True, help="map names")
    options.add_argument("--identifiers", action="store_true", help="map identifiers and editions")
    options.add_argument("--with-others", type=int, default=0, metavar="N", help="add made-up inventories")
    options.add_argument("--only", nargs="*", default=[], metavar="KEY", help="real datasets; by default all")
    chosen, console = options.parse_args(), Console(width=150, highlight=False)
    if chosen.real:
        _main_real(chosen, console)
        return
    try:
        samples = sample_grades(ProjectPaths(ROOT, "sample").database)
        show(samples, "samples", console)
        with tempfile.TemporaryDirectory() as name:
            folder = (chosen.keep or Path(name)).resolve()
            console.print(f"\nbuild of the world: {built_world(folder, chosen.records, chosen.seed)}")
            world = world_grades(ProjectPaths(folder, ORIGIN).database, folder / TRUTH)
        show(world, "world", console)
    except BuildError as error:
        raise SystemExit(f"Error: {error}") from error
    if not (samples.is_good and world.is_good):
        raise SystemExit(f"The aims are a recall of {LEAST_RECALL:.1%} and a precision of {LEAST_PRECISION:.1%}.")


if __name__ == "__main__":
    main()
