"""What makes matching hard: the kinds of traps, each a function from sites to the records of all datasets.

Each kind was seen in published inventories. The evidence for the right answer is in the records: in names, capacities,
sizes, or distances.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.hard_world import crowds, moves
from loaders.core.arrays import Rows

Trap = Callable[[Rows, np.random.Generator], list[pd.DataFrame]]
TRAPS: dict[str, Trap] = {
    trap.__name__: trap
    for trap in (
        moves.plain, moves.moved, moves.moved_without_names, moves.new_neighbour, moves.expanded, moves.rounded,
        moves.placeholder, moves.spelling, moves.wrong_names,
        crowds.one_spot_by_capacity, crowds.one_spot_by_name, crowds.running_numbers, crowds.one_developer,
        crowds.resubmitted,
        crowds.same_name, crowds.neighbours, crowds.roofs, crowds.outlines_shifted, crowds.around_an_outline,
    )
}  # fmt: skip
