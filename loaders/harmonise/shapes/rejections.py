"""The reasons for which records are rejected while their shapes are harmonised."""

import numpy as np

from loaders.contract import REASONS
from loaders.core.arrays import Flags, Shapes

NAMES = np.array([None, *REASONS], dtype=object)  # by number; 0 is a record that is kept


class Rejections:
    """The reason for which each row is rejected: the first one that holds.

    Kept as numbers, since rows are compared with them after each check.
    """

    def __init__(self, rows: int) -> None:
        """Keep this many rows."""
        self._numbers = np.zeros(rows, dtype=np.int8)

    def add(self, is_rejected: Flags, reason: str) -> None:
        """Reject rows, unless they have a reason already."""
        self._numbers[is_rejected & self.is_kept] = 1 + list(REASONS).index(reason)

    @property
    def is_kept(self) -> Flags:
        """Which rows have no reason yet."""
        return np.asarray(self._numbers == 0)

    def names(self) -> Shapes:
        """The reasons as text; None where kept."""
        names: Shapes = NAMES[self._numbers]
        return names
