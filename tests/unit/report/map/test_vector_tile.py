import numpy as np
import pytest
from numpy.testing import assert_array_equal

from loaders.report.map.vector_tile import _distinct


@pytest.mark.parametrize(
    ("keys", "end"),
    [([], 9), ([3], 900), ([1, 4, 6], 900), ([6, 1, 6, 0], 7), ([600, 1, 600, 0], 700)],
    ids=["none", "one", "in order", "in a table", "sorted"],
)
def test_distinct_keys_are_in_their_order_and_each_has_its_place(keys: list[int], end: int) -> None:
    found, places = _distinct(np.array(keys, np.int64), end)
    assert found.tolist() == sorted(set(keys))
    assert_array_equal(found[places], keys)
