"""Precision and recall by pair of datasets, installations and capacity by inventory, and the reasons of mistakes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.causes import Cause
from benchmarks.grading import Score, total
from benchmarks.judged_pairs import RECORDS, causes, scores_by, write_mistakes
from benchmarks.real.inventories import Inventory, namespaces
from benchmarks.real.truth import register_truth
from benchmarks.reliability import Bin, reliability
from loaders.db.connection import connect

# The value of the newest edition is a plant's capacity.
_COUNTS = f"""
    with plants as (
        select max_by(capacity_mw, edition) as capacity_mw
        from {RECORDS}
        where inventory = $inventory and truth[$namespace] is not null
        group by truth[$namespace]
    ),
    built as (
        select any_value(installations.capacity_mw) as capacity_mw
        from {RECORDS} as records
        inner join curated.curated_pv_installations as installations using (installation_id)
        where inventory = $inventory and truth[$namespace] is not null
        group by installation_id
    )
    select
        (select count(*) from plants),
        (select sum(capacity_mw) from plants),
        (select count(*) from built),
        (select sum(capacity_mw) from built)
"""  # noqa: S608 (names of ours)
_DECOYS = """
    with mixed as (
        select installation_id
        from curated.curated_pv_records
        where dataset_key not in (select unnest($decoys))
    )
    select dataset_key, count(*), count(*) filter (installation_id in (select installation_id from mixed))
    from curated.curated_pv_records
    where dataset_key in (select unnest($decoys))
    group by dataset_key
    order by dataset_key
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Plants of an inventory by its identifiers, and the installations that its records became."""

    plants: int
    plants_mw: float
    installations: int
    installations_mw: float


@dataclass(frozen=True, slots=True)
class DecoyScore:
    """How many records of a decoy were matched to a record of another dataset, wrongly."""

    key: str
    records: int
    matched: int

    @property
    def rate(self) -> float:
        """Share of its records."""
        return self.matched / self.records


@dataclass(frozen=True, slots=True)
class RealGrades:
    """How well real records were joined.

    Attributes:
        pairs: by the two real datasets.
        others: by the two datasets, of which at least one is made up.
        counts: by inventory.
        missed: true pairs that are not one installation, by reason.
        wrong: pairs of two plants that are one installation, by rule.
        reliability: of `match_probability`, if there is one.
    """

    pairs: dict[tuple[str, ...], Score]
    others: dict[tuple[str, ...], Score]
    counts: dict[str, Counts]
    missed: list[Cause]
    wrong: list[Cause]
    reliability: list[Bin] | None

    @property
    def overall(self) -> Score:
        """All pairs of real datasets together."""
        return total(list(self.pairs.values()))


def real_grades(
    database: Path, real: Sequence[Inventory], made_up: Sequence[Inventory] = (), dump: Path | None = None
) -> RealGrades:
    """Grade a build of real inventories.

    Args:
        database: the warehouse.
        real: inventories whose mistakes are listed.
        made_up: inventories of the same plants.
        dump: folder for `missed.csv` and `wrong.csv`, every such pair with its reason.
    """
    with connect(database, read_only=True) as connection:
        register_truth(connection, [*real, *made_up], namespaces())
        if dump:
            write_mistakes(connection, dump)
        keys = [each.key for each in real]
        scores = scores_by(connection, "dataset_a", "dataset_b")
        return RealGrades(
            pairs={pair: score for pair, score in scores.items() if set(pair) <= set(keys)},
            others={pair: score for pair, score in scores.items() if not set(pair) <= set(keys)},
            counts=_counts(connection, real),
            missed=causes(connection, keys, is_true=True),
            wrong=causes(connection, keys, is_true=False),
            reliability=reliability(connection),
        )


def decoy_scores(database: Path, decoys: Sequence[str]) -> list[DecoyScore]:
    """How often decoys were matched to real records.

    Args:
        database: the warehouse.
        decoys: keys of their datasets.
    """
    if not decoys:
        return []
    with connect(database, read_only=True) as connection:
        rows = connection.execute(_DECOYS, {"decoys": list(decoys)}).fetchall()
    return [DecoyScore(*row) for row in rows]


def _counts(connection: duckdb.DuckDBPyConnection, inventories: Sequence[Inventory]) -> dict[str, Counts]:
    """By the first identifier of each inventory."""
    found = {each.inventory: next(iter(each.truth)) for each in inventories if each.truth}
    return {
        inventory: Counts(*connection.execute(_COUNTS, {"inventory": inventory, "namespace": space}).fetchone() or ())
        for inventory, space in found.items()
    }
