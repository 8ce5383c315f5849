"""Reliability of `match_probability`: of the pairs with a probability of 95 %, are 95 % one plant?"""

from dataclasses import dataclass

import duckdb
import numpy as np
from rich.console import Console

from benchmarks.tables import table
from loaders.core.arrays import Numbers

EDGES = np.array([0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99])  # lower edges of the bins
SURE, MOST_OFF = 0.9, 0.05  # from this probability on, it may be off by that much
_EXISTS = """
    select count(*) > 0
    from duckdb_columns()
    where schema_name = 'prepared' and table_name = 'prep_pv_pairs' and column_name = 'match_probability'
"""
_JUDGED = """
    select pairs.match_probability, truth.is_true::double
    from prepared.prep_pv_pairs as pairs
    inner join judged_candidates as truth
        on pairs.record_id_a = truth.record_id_a and pairs.record_id_b = truth.record_id_b
    where pairs.match_probability is not null
"""


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs with similar probabilities.

    Attributes:
        least: lower edge of the bin.
        pairs: how many there are.
        said: their mean probability.
        true: the share of them that are one plant.
    """

    least: float
    pairs: int
    said: float
    true: float

    @property
    def is_calibrated(self) -> bool:
        """Whether the probability is right within `MOST_OFF`; not promised below `SURE`."""
        return self.least < SURE or abs(self.said - self.true) <= MOST_OFF


def reliability(connection: duckdb.DuckDBPyConnection) -> list[Bin] | None:
    """Bins of the candidate pairs by probability; None in a warehouse without `match_probability`.

    Args:
        connection: to a warehouse with a table `judged_candidates`: record_id_a, record_id_b, is_true.
    """
    if connection.execute(_EXISTS).fetchone() == (False,):
        return None
    columns = connection.execute(_JUDGED).fetchnumpy()
    said, true = (np.asarray(values, dtype=np.float64) for values in columns.values())
    return bins(said, true)


def bins(said: Numbers, true: Numbers) -> list[Bin]:
    """Bins of pairs.

    Args:
        said: the probability of each.
        true: 1 where the two are one plant, else 0.
    """
    place = np.searchsorted(EDGES, said, side="right") - 1
    return [
        Bin(float(EDGES[nth]), int(in_bin.sum()), float(said[in_bin].mean()), float(true[in_bin].mean()))
        for nth in range(len(EDGES))
        if (in_bin := place == nth).any()
    ]


def show_reliability(found: list[Bin] | None, console: Console) -> None:
    """Print the bins."""
    if found is None:
        console.print("no match_probability in prep_pv_pairs, so no reliability table")
        return
    rows = [
        (f"from {each.least:.2f}", each.pairs, each.said, each.true, "" if each.is_calibrated else "off by > 5 points")
        for each in found
    ]
    console.print(table(("match_probability", "pairs", "said", "true", ""), rows))
