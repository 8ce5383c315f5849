import numpy as np
import pytest

from benchmarks.reliability import Bin, bins


def test_pairs_are_counted_in_bins_of_their_probability() -> None:
    said = np.array([0.0, 0.90625, 0.96875, 1.0])
    assert bins(said, np.array([0.0, 1.0, 0.0, 1.0])) == [
        Bin(0.0, 1, 0.0, 0.0),
        Bin(0.9, 2, 0.9375, 0.5),
        Bin(0.99, 1, 1.0, 1.0),
    ]


@pytest.mark.parametrize(
    ("found", "calibrated"),
    [
        (Bin(0.9, 10_000, 0.95, 0.905), True),
        (Bin(0.9, 10_000, 0.95, 0.89), False),
        (Bin(0.7, 10_000, 0.8, 0.6), True),  # not promised
    ],
)
def test_a_probability_is_right_within_five_points(found: Bin, calibrated: bool) -> None:
    assert found.is_calibrated == calibrated
