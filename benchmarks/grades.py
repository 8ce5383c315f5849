"""Grades of a build: of the samples, and of made-up worlds."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
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
from benchmarks.reliability import Bin, reliability
from loaders.core.errors import BuildError
from loaders.db.connection import connect

ROOT = Path(__file__).resolve().parents[1]
SAMPLE_TRUTH = ROOT / "data" / "samples" / "truth.csv"
LEAST_RECALL, LEAST_PRECISION = 0.998, 0.995
# a record that is left out, say since nothing was built, is alone
RECORDS = """
    select
        dataset_key, source_id, record_id, source_file, source_row, geometry_kind,
        coalesce(installation_id, record_id) as installation_id
    from curated.curated_pv_records
    order by record_id
"""
# within a dataset, the truth of the samples says nothing
ACCEPTED = """
    select record_id_a, record_id_b, match_rule
    from prepared.prep_pv_pairs
    where is_match and dataset_key_a != dataset_key_b
"""

CANDIDATES = """
    create temp view judged_candidates as
    select pairs.record_id_a, pairs.record_id_b, a.plant = b.plant as is_true
    from prepared.prep_pv_pairs as pairs
    inner join graded_records as a on pairs.record_id_a = a.record_id
    inner join graded_records as b on pairs.record_id_b = b.record_id
    where pairs.dataset_key_a != pairs.dataset_key_b and a.plant != -1 and b.plant != -1
"""


@dataclass(frozen=True, slots=True)
class Grades:
    """What came out for one build."""

    pairs: dict[tuple[str, str], Score]
    clusters: ClusterScore
    rules: dict[str, RuleScore]
    missed: list[Cause]
    merged_falsely: list[Cause]
    reliability: list[Bin] | None = None

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
    """A number for the plant of each record of the samples: those connected by the pairs of the truth.

    Records of a dataset with one identifier are one plant, too: rows of one shape.

    Raises:
        BuildError: a pair names a record that is not there.
    """
    names = _names(records)
    row_of = {name: row for row, name in enumerate(names)}
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
    links = [(row_of[one], row_of[other]) for one, other in pairs]
    links += [(row, row_of[name]) for row, name in enumerate(names)]
    a, b = np.array(links, dtype=np.intp).reshape(-1, 2).T
    graph = coo_matrix((np.ones(len(a), dtype=np.int8), (a, b)), shape=(len(records),) * 2)
    plant: np.ndarray = connected_components(graph, directed=False)[1].astype(np.intp)
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
        reliability=_reliability(connection),
    )


def _reliability(connection: duckdb.DuckDBPyConnection) -> list[Bin] | None:
    connection.execute(CANDIDATES)
    return reliability(connection)


def _texts(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(column.to_numpy(), dtype=np.object_)
