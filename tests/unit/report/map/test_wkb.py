from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from numpy.testing import assert_array_equal

from loaders.report.map.wkb import add_outlines
from loaders.report.map.world import Outlines, Pieces, outlines

SQUARE = shapely.box(10, 50, 11, 51)
WITH_HOLES = shapely.Polygon(
    [(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (1, 2), (2, 2)], [(5, 5), (5, 7), (7, 7), (7, 5)]]
)
SEVERAL = shapely.MultiPolygon([WITH_HOLES, shapely.box(-20, -20, -19, -18), shapely.box(30, 1, 31, 2)])
ON_BOTH_SIDES = shapely.MultiPolygon([shapely.box(179, -17, 180, -16), shapely.box(-180, -17, -179, -16)])


def _read(shapes: Sequence[shapely.Geometry | None], feature: list[int], **form: Any) -> Outlines | None:
    wkb = [None if shape is None else shapely.to_wkb(shape, **form) for shape in shapes]
    pieces = Pieces()
    add_outlines(pieces, pa.array(wkb, pa.binary()), np.array(feature))
    return pieces.joined()


def _assert_same(found: Outlines | None, expected: Outlines) -> None:
    assert found is not None
    assert_array_equal(found.feature, expected.feature)
    assert_array_equal(found.rings.values, expected.rings.values)
    assert_array_equal(found.rings.offsets, expected.rings.offsets)
    assert_array_equal(found.offsets, expected.offsets)
    assert_array_equal(np.stack([found.x, found.y]), np.stack([expected.x, expected.y]))


def test_polygons_are_those_that_shapely_reads() -> None:
    shapes = [SQUARE, SEVERAL, WITH_HOLES]
    found = _read(shapes, [4, 7, 9])
    _assert_same(found, outlines(np.array(shapes, dtype=np.object_), np.array([4, 7, 9])))
    assert found is not None
    assert found.rings.values.tolist() == [False, False, True, True, False, False, False, True, True]


def test_feature_without_an_outline_is_left_out() -> None:
    shapes = [None, SQUARE, shapely.Polygon(), None, shapely.MultiPolygon()]
    _assert_same(_read(shapes, [1, 2, 3, 4, 5]), outlines(np.array([SQUARE]), np.array([2])))


@pytest.mark.parametrize("shapes", [[], [None], [shapely.Polygon()]])
def test_no_outline_at_all_is_nothing(shapes: list[shapely.Geometry | None]) -> None:
    assert _read(shapes, list(range(len(shapes)))) is None


def test_outline_on_both_sides_of_the_antimeridian_is_two_pieces() -> None:
    found = _read([ON_BOTH_SIDES, SQUARE], [1, 2])
    assert found is not None
    assert found.feature.tolist() == [2, 1, 1]
    west, _, east, _ = found.bounds()
    assert (east - west).max() < 1 << 20


def test_other_byte_order_is_the_same_outline() -> None:
    _assert_same(_read([SEVERAL], [3], byte_order=0), outlines(np.array([SEVERAL]), np.array([3])))


def test_slice_of_a_column_is_its_own_rows() -> None:
    wkb = pa.array([shapely.to_wkb(shape) for shape in (SEVERAL, SQUARE, WITH_HOLES)], pa.binary())
    pieces = Pieces()
    add_outlines(pieces, wkb[1:2], np.array([5]))
    _assert_same(pieces.joined(), outlines(np.array([SQUARE]), np.array([5])))
