"""Hulls around groups of shapes."""

import numpy as np
import pytest
import shapely

from loaders.warehouse.models.hulls import M2_PER_DEGREE2, is_too_large
from loaders.warehouse.models.links import Limits

SIDE = 0.001  # of a square [°]
LIMITS = Limits(spread=3, outlines_m2=1, points_m2=1)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (((0, 0), (1, 0)), False),  # 2 squares in a box of 2
        (((0, 0), (2, 2)), True),  # a hull of 5 in a box of 9: box and hull are too large
        (((0, 0), (1, 1)), False),  # a hull of 3 in a box of 4: the box is too large, the hull is not
    ],
)
def test_the_hull_decides_and_not_the_box_around_it(steps: tuple[tuple[int, int], ...], expected: bool) -> None:
    squares = [shapely.box(x * SIDE, y * SIDE, (x + 1) * SIDE, (y + 1) * SIDE) for x, y in steps]
    alone = shapely.box(1, 0, 1 + SIDE, SIDE)  # another group, before and after
    shapes = np.array([alone, *squares, alone], dtype=object)
    group = np.array([0, *[1] * len(squares), 2])
    assert is_too_large(shapes, group, np.zeros(len(shapes)), LIMITS).tolist() == [False, expected, False]


def test_what_each_shape_counts_as_at_least_is_the_measure() -> None:
    shapes = np.array(
        [shapely.box(0, 0, SIDE, SIDE), shapely.box(2 * SIDE, 2 * SIDE, 3 * SIDE, 3 * SIDE)], dtype=object
    )
    group, hull_m2 = np.array([0, 0]), 5 * SIDE**2 * M2_PER_DEGREE2
    for least_m2, expected in ((hull_m2 / 3.1, True), (hull_m2 / 2.9, False)):
        assert is_too_large(shapes, group, np.full(2, least_m2), LIMITS).tolist() == [expected]
