"""How well records are joined: precision and recall against the truth, counted without listing the pairs.

A plant is what stands in the field; an installation is what the records were joined to. Both are numbers, one a record.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix

from loaders.core.arrays import Flags, Rows

Counts = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]
UNGRADED = -1  # the plant of a record that is in no pair of the truth, and in no false one


@dataclass(frozen=True, slots=True)
class Score:
    """How many pairs there are, were found, and are both; of records of different datasets."""

    true: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 1 if nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of what is true that was found; 1 if nothing is true."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.true + self.found
        return 2 * self.right / total if total else 1.0


@dataclass(frozen=True, slots=True)
class ClusterScore:
    """How many plants and installations there are, and how many of them are as they should be.

    Attributes:
        plants: that a record shows.
        installations: that have a graded record.
        exact: whose records are those of one plant, all of them and no others.
        pure: installations whose records show one plant.
    """

    plants: int
    installations: int
    exact: int
    pure: int

    @property
    def precision(self) -> float:
        """Share of the installations that are a plant, whole and alone."""
        return self.exact / self.installations if self.installations else 1.0

    @property
    def recall(self) -> float:
        """Share of the plants that are an installation, whole and alone."""
        return self.exact / self.plants if self.plants else 1.0

    @property
    def purity(self) -> float:
        """Share of the installations that hold no records of two plants."""
        return self.pure / self.installations if self.installations else 1.0


@dataclass(frozen=True, slots=True)
class RuleScore:
    """What one rule did.

    Attributes:
        accepted: pairs that it accepted, within a dataset too; without those of ungraded records.
        right: those of one plant.
        across: those of one plant and of different datasets.
        true: all pairs of one plant and of different datasets, whoever found them.
    """

    accepted: int
    right: int
    across: int
    true: int

    @property
    def precision(self) -> float:
        """Share of what it accepted that is right."""
        return self.right / self.accepted if self.accepted else 1.0

    @property
    def share_found(self) -> float:
        """Share of the true pairs that it finds by itself, one by one."""
        return self.across / self.true if self.true else 0.0


@dataclass(frozen=True, slots=True)
class Graded:
    """Records with the truth about them.

    Attributes:
        record_id: of each.
        dataset_key: of each.
        plant: that it shows; `UNGRADED` for those that count nowhere.
        installation: that it was joined to.
    """

    record_id: Texts
    dataset_key: Texts
    plant: Rows
    installation: Texts

    def where(self, kept: Flags) -> "Graded":
        """Some of them."""
        return Graded(self.record_id[kept], self.dataset_key[kept], self.plant[kept], self.installation[kept])

    @property
    def counted(self) -> "Graded":
        """Those that are not `UNGRADED`."""
        return self.where(self.plant != UNGRADED)


def pair_scores(graded: Graded) -> dict[tuple[str, str], Score]:
    """Pairs of records by the two datasets that they come from, in the order of their keys."""
    records = graded.counted
    keys, dataset = _numbered(records.dataset_key)
    true, found, right = (_pairs(group, dataset, len(keys)) for group in _groups(records))
    return {
        (keys[a], keys[b]): Score(int(true[a, b]), int(found[a, b]), int(right[a, b]))
        for a in range(len(keys))
        for b in range(a + 1, len(keys))
    }


def total(scores: Sequence[Score]) -> Score:
    """All of them together."""
    return Score(
        sum(score.true for score in scores), sum(score.found for score in scores), sum(score.right for score in scores)
    )


def cluster_score(graded: Graded) -> ClusterScore:
    """Whole plants and installations, records of one dataset among each other too."""
    plant, installation, both = _groups(graded.counted)
    of_plant, of_installation, of_both = np.bincount(plant), np.bincount(installation), np.bincount(both)
    first = np.unique(both, return_index=True)[1]
    is_pure = of_both == of_installation[installation[first]]
    is_exact = is_pure & (of_both == of_plant[plant[first]])
    return ClusterScore(len(of_plant), len(of_installation), int(is_exact.sum()), int(is_pure.sum()))


def rule_scores(graded: Graded, record_id_a: Texts, record_id_b: Texts, match_rule: Texts) -> dict[str, RuleScore]:
    """What each rule did, by its name.

    Args:
        graded: every record that the pairs may name.
        record_id_a: one record of each accepted pair.
        record_id_b: the other one.
        match_rule: by which it was accepted.
    """
    order = np.argsort(graded.record_id)
    a, b = (order[np.searchsorted(graded.record_id[order], ids)] for ids in (record_id_a, record_id_b))
    is_counted = (graded.plant[a] != UNGRADED) & (graded.plant[b] != UNGRADED)
    a, b = a[is_counted], b[is_counted]
    names, rule = _numbered(match_rule[is_counted])
    is_right = graded.plant[a] == graded.plant[b]
    is_across = is_right & (graded.dataset_key[a] != graded.dataset_key[b])
    accepted, right, across = (np.bincount(rule[which], minlength=len(names)) for which in (..., is_right, is_across))
    true = total(list(pair_scores(graded).values())).true
    return {
        name: RuleScore(int(accepted[row]), int(right[row]), int(across[row]), true) for row, name in enumerate(names)
    }


def _numbered(values: Texts) -> tuple[list[str], Rows]:
    """The different values, and by position which of them each one is."""
    names, position = np.unique(values.astype(str), return_inverse=True)
    return names.tolist(), position


def _groups(records: Graded) -> tuple[Rows, Rows, Rows]:
    """Numbers from 0 for the plant of each record, its installation, and both together."""
    plant = np.unique(records.plant, return_inverse=True)[1]
    installation = _numbered(records.installation)[1]
    both = plant * (installation.max(initial=0) + 1) + installation
    return plant, installation, np.unique(both, return_inverse=True)[1]


def _pairs(group: Rows, dataset: Rows, datasets: int) -> Counts:
    """How many pairs of records share a group, by the datasets that they come from; the diagonal says nothing."""
    ones = np.ones(len(group), dtype=np.int64)
    counts = coo_matrix((ones, (group, dataset)), shape=(group.max(initial=-1) + 1, datasets)).tocsr()
    pairs: Counts = (counts.T @ counts).toarray()
    return pairs
