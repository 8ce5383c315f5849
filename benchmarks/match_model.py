"""Fit `match_probability`: how likely two points are one installation, given their evidence.

    python -m benchmarks.match_model --real FOLDER [--keep FOLDER]

Builds point inventories below FOLDER whose identifiers prove which records are one plant, together with copies in which
plants are moved, resized, renamed and left out, some without capacity: editions of one publisher alone would teach
that plants never move. The model is fitted to the editions and half of the copies, and checked on the other half; its
weights are written to dbt/macros/match_weights.sql.
"""

import argparse
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from rich.console import Console

from benchmarks.logistic import Floats, fit, probability
from benchmarks.match_weights import FEATURES, Origin, write_weights
from benchmarks.real.derived import other_inventory
from benchmarks.real.inventories import Inventory, inventories, namespaces
from benchmarks.real.project import build
from benchmarks.real.run import Options, Project
from benchmarks.real.truth import register_truth
from benchmarks.reliability import bins, show_reliability
from loaders.core.arrays import Flags, Rows
from loaders.core.errors import BuildError
from loaders.core.terminal import out
from loaders.db.connection import connect

INVENTORY, COPIES = "uspvdb", 4
HELD_OUT = COPIES // 2
UNSTATED_SHARE = 0.3  # of the capacities
COMMAND = "python -m benchmarks.match_model --real FOLDER"
MAX_ROUNDS, TOLERANCE, DAMPING = 50, 1e-3, 0.5
_PAIRS = """
    select features.*, truth.is_true::double as is_true
    from prepared.prep_pv_match_features as features
    inner join prepared.prep_pv_pairs as pairs using (number_a, number_b)
    inner join judged_candidates as truth using (record_id_a, record_id_b)
    order by number_a, number_b
"""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs of points.

    Attributes:
        features: a row per pair, a column for each of `FEATURES` but the last, which depends on the weights.
        is_true: 1 where the two are one plant, else 0.
        sides: pairs with equal numbers in a column are rivals: one record, and one dataset of the other record.
    """

    features: Floats
    is_true: Floats
    sides: tuple[Rows, Rows]

    def log_rival_odds(self, weights: Floats) -> Floats:
        """Logarithm of 1 plus the odds of all rivals of each pair."""
        odds = np.exp(self.features @ weights)
        rivals = sum(np.bincount(side, odds)[side] - odds for side in self.sides)
        return np.log1p(np.maximum(rivals, 0))

    def probability(self, weights: Floats) -> Floats:
        """The probability of each pair, by the weights of all `FEATURES`."""
        return probability(self.features @ weights[:-1] + weights[-1] * self.log_rival_odds(weights[:-1]))

    def of(self, rows: Flags) -> "Pairs":
        """Some of them."""
        return Pairs(self.features[rows], self.is_true[rows], (self.sides[0][rows], self.sides[1][rows]))


def fit_weights(pairs: Pairs) -> Floats:
    """The weight of each of `FEATURES`.

    The odds of the rivals depend on the other weights: both are fitted in turn until they agree.
    """
    weights = fit(pairs.features, pairs.is_true)
    for _ in range(MAX_ROUNDS):
        features = np.column_stack([pairs.features, pairs.log_rival_odds(weights)])
        found = fit(features, pairs.is_true)
        step = found[:-1] - weights
        weights = weights + DAMPING * step
        if np.abs(step).max() < TOLERANCE:
            break
    return np.append(weights, found[-1]).round(2)


def judged_pairs(table: pd.DataFrame) -> Pairs:
    """Pairs from a table with the columns of prep_pv_match_features, and is_true."""
    sides = (table.groupby(["number_a", "dataset_key_b"]), table.groupby(["number_b", "dataset_key_a"]))
    features = table.assign(**{FEATURES[0]: 1.0})[list(FEATURES[:-1])].to_numpy(dtype=np.float64)
    first, second = (np.asarray(side.ngroup(), dtype=np.intp) for side in sides)
    return Pairs(features, table["is_true"].to_numpy(dtype=np.float64), (first, second))


def read_pairs(connection: duckdb.DuckDBPyConnection, inventories: list[Inventory]) -> pd.DataFrame:
    """The candidate pairs of points of a warehouse, with their features and truth."""
    register_truth(connection, inventories, namespaces())
    return connection.execute(_PAIRS).df()


def train(source: Path, folder: Path, console: Console) -> None:
    """Build, fit, check, and write the weights."""
    project = Project(folder, Options(others=COPIES))
    editions, copies = _built(source, project)
    with connect(project.paths.database, read_only=True) as connection:
        table = read_pairs(connection, [*editions, *copies])
    keys, pairs = table[["dataset_key_a", "dataset_key_b"]], judged_pairs(table)
    is_held_out = keys.isin([each.key for each in copies[-HELD_OUT:]]).any(axis=1).to_numpy()
    is_edition = keys.isin([each.key for each in editions]).all(axis=1).to_numpy()
    fitted = pairs.of(~is_held_out)
    weights = fit_weights(fitted)
    for title, rows in (("editions", is_edition), ("copies that it was not fitted to", is_held_out)):
        console.print(f"\n{title}: {rows.sum():,} pairs")
        checked = pairs.of(rows)
        show_reliability(bins(checked.probability(weights), checked.is_true), console)
    data = f"{', '.join(each.key for each in editions)}; {COPIES - HELD_OUT} moved and resized copies"
    write_weights(weights, Origin(COMMAND, data, datetime.now(UTC).date().isoformat(), len(fitted.is_true)))


def _built(source: Path, project: Project) -> tuple[list[Inventory], list[Inventory]]:
    """Build the editions of the inventory, and copies of its newest one."""
    editions = [each for each in inventories(source)[0] if each.inventory == INVENTORY]
    if not editions:
        raise BuildError(f"None of the editions of {INVENTORY} in benchmarks/real/inventories.yml is below {source}.")
    project.add(editions)
    newest, derived = editions[0], project.folder / "derived"
    loaded = project.paths.loaded(newest.key)
    copies = [other_inventory(newest, loaded, derived, number) for number in range(1, COPIES + 1)]
    for number, copy in enumerate(copies):
        _forget_capacities(copy.path, number)
    project.add(copies, editions)
    build(project.folder)
    return editions, copies


def _forget_capacities(path: Path, seed: int) -> None:
    """Delete some capacities of a copy: many inventories lack them, and blocking compares more pairs then."""
    records = pd.read_csv(path)
    is_forgotten = np.random.default_rng(seed).random(len(records)) < UNSTATED_SHARE
    records.assign(capacity_mw=records["capacity_mw"].mask(is_forgotten)).to_csv(path, index=False)


def main() -> None:
    """Fit the model, and print how reliable it is."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--real", type=Path, metavar="FOLDER", required=True, help="with the published inventories")
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="where to keep the build")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = (chosen.keep or Path(name)).resolve()
        try:
            train(chosen.real.resolve(), folder, out)
        except BuildError as error:
            raise SystemExit(f"Error: {error}") from error


if __name__ == "__main__":
    main()
