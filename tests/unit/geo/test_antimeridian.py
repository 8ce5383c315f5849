import math

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon, box

from loaders.core.arrays import Shapes
from loaders.geo.antimeridian import cut, goes_around, joined, unwrapped

NAN, INF = math.nan, math.inf
HOLE = [(179.95, -16.98), (180.05, -16.98), (180.05, -16.92), (179.95, -16.92)]
WHOLE = Polygon([(179.9, -17), (180.1, -17), (180.1, -16.9), (179.9, -16.9)], [HOLE])


def _shapes(*shapes: shapely.Geometry | None) -> Shapes:
    return np.array([*shapes, None], dtype=object)[:-1]


def _jumping(shape: Polygon) -> Polygon:
    return shapely.transform(
        shape, lambda xy: np.column_stack((np.where(xy[:, 0] > 180, xy[:, 0] - 360, xy[:, 0]), xy[:, 1]))
    )


def _turned(shape: Polygon, degrees: float) -> Polygon:
    return shapely.transform(shape, lambda xy: xy + np.array([degrees, 0]))


@pytest.mark.parametrize(
    "drawing", [_jumping(WHOLE), WHOLE, _turned(WHOLE, -360)], ids=["jumps", "goes on to the east", "to the west"]
)
def test_an_outline_across_the_antimeridian_is_drawn_in_one_piece_however_it_was(drawing: Polygon) -> None:
    shapes, crossing = unwrapped(_shapes(drawing))
    assert crossing.tolist() == [True]
    assert shapely.equals_exact(shapes[0].normalize(), MultiPolygon([WHOLE]).normalize(), 1e-9)


@pytest.mark.parametrize(
    "shape",
    [
        None,
        Point(180, 0),
        Point(190, 0),
        box(170, 0, 180, 1),
        box(-180, 0, -170, 1),
        box(190, 0, 191, 1),
        box(-191, 0, -190, 1),
        box(-90, 0, 90, 1),
        MultiPolygon([box(179.9, 0, 180, 1), box(-180, 0, -179.9, 1)]),
        MultiPolygon([box(-61, 16, -60, 17), box(-1, 45, 5, 50), box(165, -22, 166, -21)]),
        Polygon([(-170, 0), (-60, 1), (60, 1), (170, 0), (60, -1), (-60, -1)]),
        Polygon([(179.9, 94), (-179.9, 94), (-179.9, 95), (179.9, 95)]),
        Polygon([(179.9, 0), (-179.9, 0), (-179.9, NAN), (179.9, 1)]),
        Polygon([(179.9, 0), (-179.9, 0), (INF, 1), (179.9, 1)]),
        box(-190, 0, 10, 1),
        box(170, 0, 400, 1),
    ],
)
def test_what_does_not_cross_or_cannot_be_mended_stays_as_it_is(shape: shapely.Geometry | None) -> None:
    shapes, crossing = unwrapped(_shapes(shape))
    assert crossing.tolist() == [False]
    assert shapely.equals_identical(shapes, _shapes(shape)).tolist() == [shape is not None]


def test_an_outline_that_only_touches_the_antimeridian_is_drawn_on_its_side_and_does_not_cross() -> None:
    in_the_east = Polygon([(179.5, 0), (-180, 0), (-180, 1), (179.5, 1)])
    in_the_west = Polygon([(180, 0), (-179.5, 0), (-179.5, 1), (180, 1)])
    shapes, crossing = unwrapped(_shapes(in_the_east, in_the_west))
    assert crossing.tolist() == [False, False]
    assert [shape.bounds for shape in shapes] == [(179.5, 0, 180, 1), (-180, 0, -179.5, 1)]


def test_a_part_at_greenwich_is_not_torn_when_another_crosses_the_antimeridian() -> None:
    france = MultiPolygon([_jumping(WHOLE), box(-1, 45, 5, 50), box(-61, 16, -60, 17)])
    shapes, crossing = unwrapped(_shapes(france))
    assert crossing.tolist() == [True]
    pieces = cut(shapes[0])
    assert pieces.is_valid
    assert pieces.bounds == (-180, -17, 180, 50)
    assert pieces.area == pytest.approx(WHOLE.area + 6 * 5 + 1)


def test_rows_do_not_mix_up() -> None:
    two = MultiPolygon([_jumping(WHOLE), box(170, 0, 171, 1)])
    plain, other = box(0, 0, 1, 1), _turned(WHOLE, -360)
    shapes, crossing = unwrapped(_shapes(plain, two, None, box(190, 0, 191, 1), other))
    assert crossing.tolist() == [False, True, False, False, True]
    assert [shape.bounds for shape in shapes[[0, 1, 3]]] == [(0, 0, 1, 1), (170, -17, 180.1, 1), (190, 0, 191, 1)]
    assert shapes[4].bounds == pytest.approx(WHOLE.bounds)
    assert shapes[2] is None


def test_cutting_keeps_holes_and_area_and_stays_within_the_world() -> None:
    pieces = cut(WHOLE)
    west, east = shapely.get_parts(pieces)
    assert (west.bounds, east.bounds[0]) == ((179.9, -17, 180, -16.9), -180)
    assert pieces.area == pytest.approx(WHOLE.area)
    assert not pieces.intersects(box(179.96, -16.97, 180, -16.93).buffer(-1e-6))
    assert not pieces.intersects(box(-180, -16.97, -179.96, -16.93).buffer(-1e-6))


def test_a_hole_that_does_not_reach_the_antimeridian_survives_in_its_part() -> None:
    beside = [(179.92, -16.98), (179.94, -16.98), (179.94, -16.92), (179.92, -16.92)]
    pieces = cut(Polygon(WHOLE.exterior, [beside]))
    assert [len(part.interiors) for part in shapely.get_parts(pieces)] == [1, 0]


def test_only_a_single_ring_wider_than_half_the_world_goes_around_it() -> None:
    around = Polygon([(-170, 0), (-60, 1), (60, 1), (170, 0), (60, -1), (-60, -1)])
    scattered = MultiPolygon([box(-170, 0, -169, 1), box(169, 0, 170, 1)])
    assert goes_around(_shapes(around, scattered, box(-90, 0, 90, 1), None)).tolist() == [True, False, False, False]


def test_parts_on_both_sides_become_neighbours_and_others_stay() -> None:
    fiji = MultiPolygon([box(179.9, 0, 180, 1), box(-180, 0, -179.9, 1)])
    world = MultiPolygon([box(-61, 0, -60, 1), box(-1, 0, 5, 1), box(165, 0, 166, 1)])
    found = joined(_shapes(fiji, world, box(0, 0, 1, 1), None))
    assert found[0].bounds == pytest.approx((179.9, 0, 180.1, 1))
    assert [found[1].bounds, found[2].bounds, found[3]] == [(-61, 0, 166, 1), (0, 0, 1, 1), None]


def test_batches_of_any_size_give_the_same() -> None:
    shapes = _shapes(_jumping(WHOLE), box(0, 0, 1, 1), WHOLE, None, box(-95, 0, 95, 1), Point(1, 2))
    at_once, crossing = unwrapped(shapes)
    one_by_one = [unwrapped(shapes[row : row + 1]) for row in range(len(shapes))]
    assert crossing.tolist() == [flags[0] for _, flags in one_by_one]
    assert shapely.to_wkb(at_once).tolist() == [shapely.to_wkb(found[0]) for found, _ in one_by_one]
