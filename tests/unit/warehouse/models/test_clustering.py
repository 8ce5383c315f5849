"""Which records are one installation: components of matching pairs, divided where they must be."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import shapely
from hamilton import driver
from shapely import Point, box

from loaders.warehouse.models import clustering
from loaders.warehouse.models.links import CannotLinks, Limits, Links

SIDE = 0.001  # [°], about 111 m at the equator
LIMITS = Limits(spread=3, outlines_m2=700, points_m2=125_000)
Pair = tuple[int, int, float]


def _square(east: float, north: float = 0, side: float = SIDE) -> shapely.Polygon:
    """A square, its lower left corner by sides of 111 m."""
    return box(east * SIDE, north * SIDE, east * SIDE + side, north * SIDE + side)


def _clusters(
    shapes: Sequence[shapely.Geometry],
    pairs: Sequence[Pair],
    apart: Sequence[tuple[int, int]] = (),
    fixed: Sequence[int] = (),
    one_to_one: Sequence[int] = (),
    datasets: Sequence[int] | None = None,
    reaching_m: float = 0,
) -> dict[str, list[int]]:
    a, b, strength = zip(*pairs, strict=True) if pairs else ((), (), ())
    is_fixed, is_one_to_one = (np.isin(np.arange(len(a)), list(rows)) for rows in (fixed, one_to_one))
    strangers = np.array(apart, dtype=np.intp).reshape(-1, 2)
    inputs = {
        "links": Links(
            np.array(a, dtype=np.intp),
            np.array(b, dtype=np.intp),
            np.array(strength, float),
            is_fixed,
            is_one_to_one,
            np.where(is_one_to_one, reaching_m, 0.0),
        ),
        "apart": CannotLinks(strangers[:, 0], strangers[:, 1]),
        "record_count": len(shapes),
        "dataset": np.array(range(len(shapes)) if datasets is None else datasets, dtype=np.intp),
        "shapes": pa.chunked_array([pa.array([shapely.to_wkb(shape) for shape in shapes], pa.binary())]),
        "limits": LIMITS,
    }
    found = driver.Builder().with_modules(clustering).build().execute(["clusters"], inputs=inputs)["clusters"]
    return {name: found[name].to_pylist() for name in found.column_names}


def _groups(clusters: dict[str, list[int]]) -> list[list[int]]:
    label = np.array(clusters["cluster"])
    return sorted(np.flatnonzero(label == each).tolist() for each in np.unique(label))


def test_records_that_hang_together_are_one_installation_and_the_others_are_by_themselves() -> None:
    found = _clusters([_square(step / 10) for step in range(5)], [(0, 1, 0.9), (3, 1, 0.8)])
    assert _groups(found) == [[0, 1, 3], [2], [4]]
    assert not any(found["is_divided"] + found["is_spread_out"])


def test_no_pair_leaves_every_record_by_itself() -> None:
    assert _groups(_clusters([_square(0), _square(1)], [])) == [[0], [1]]


def test_no_record_gives_no_row() -> None:
    assert _clusters([], []) == {"cluster": [], "is_divided": [], "is_spread_out": [], "is_crowded": []}


def test_a_whole_and_its_blocks_are_one_installation() -> None:
    whole, blocks = box(0, 0, 4 * SIDE, SIDE), [_square(step, side=0.9 * SIDE) for step in range(4)]
    assert _groups(_clusters([whole, *blocks], [(0, row, 0.2) for row in range(1, 5)])) == [[0, 1, 2, 3, 4]]


def test_a_chain_of_squares_is_cut_at_its_weakest_link() -> None:
    """Six squares in a row, each overlapping the next: 4.5 sides long in all, one side the largest."""
    squares = [_square(0.7 * step) for step in range(6)]
    strengths = [0.5, 0.5, 0.1, 0.5, 0.5]
    found = _clusters(squares, [(row, row + 1, strength) for row, strength in enumerate(strengths)])
    assert _groups(found) == [[0, 1, 2], [3, 4, 5]]
    assert found["is_divided"] == [True] * 6
    assert found["is_spread_out"] == [False] * 6


def test_three_in_a_chain_stay_together_while_their_hull_is_small_enough() -> None:
    """2.9 sides long: less than three times the largest record."""
    found = _clusters([_square(0.95 * step) for step in range(3)], [(0, 1, 0.1), (1, 2, 0.1)])
    assert _groups(found) == [[0, 1, 2]]


def test_what_a_publisher_groups_stays_together_and_is_flagged() -> None:
    blocks = [_square(3 * step) for step in range(4)]
    found = _clusters(blocks, [(0, row, 1.0) for row in range(1, 4)], fixed=[0, 1, 2])
    assert _groups(found) == [[0, 1, 2, 3]]
    assert found["is_spread_out"] == [True] * 4
    assert found["is_divided"] == [False] * 4


def test_two_that_differ_are_kept_apart_and_what_links_them_goes_to_the_stronger() -> None:
    found = _clusters([_square(0), _square(0.4), _square(0.6)], [(0, 1, 0.4), (1, 2, 0.6)], apart=[(0, 2)])
    assert _groups(found) == [[0], [1, 2]]
    assert found["is_divided"] == [True] * 3


def test_two_that_differ_beat_the_publisher_and_equal_shapes() -> None:
    assert _groups(_clusters([_square(0), _square(0)], [(0, 1, 1.0)], apart=[(0, 1)], fixed=[0])) == [[0], [1]]


def test_two_that_differ_are_kept_apart_along_every_way_between_them() -> None:
    squares = [_square(0.1 * step) for step in range(4)]
    pairs = [(0, 1, 0.9), (1, 2, 0.8), (2, 3, 0.7), (0, 3, 0.6)]
    found = _groups(_clusters(squares, pairs, apart=[(0, 2), (1, 3)]))
    assert found == [[0, 1], [2, 3]]


def test_points_may_be_as_far_apart_as_the_distance_that_joins_them() -> None:
    points = [Point(0, 0), Point(0.0015, 0), Point(0.0015, 0.0015)]
    assert _groups(_clusters(points, [(0, 1, 0.1), (1, 2, 0.1)])) == [[0, 1, 2]]


def test_a_chain_of_points_is_cut() -> None:
    points = [Point(0.0018 * step, 0.0018 * (step % 2)) for step in range(12)]
    found = _clusters(points, [(row, row + 1, 0.3) for row in range(11)])
    assert len(_groups(found)) > 1
    assert all(found["is_divided"])


def test_a_farm_across_the_antimeridian_does_not_reach_around_the_world() -> None:
    whole = shapely.MultiPolygon([box(179.999, 0, 180, SIDE), box(-180, 0, -179.999, SIDE)])
    west, east = box(179.9991, 0, 180, SIDE), box(-180, 0, -179.9991, SIDE)
    found = _clusters([whole, west, east], [(0, 1, 0.4), (0, 2, 0.4)])
    assert _groups(found) == [[0, 1, 2]]


def test_a_component_across_the_antimeridian_is_divided_as_elsewhere() -> None:
    squares = [box(lon, 0, lon + SIDE, SIDE) for lon in (179.9972, 179.9979, 179.9986, -180, -179.9993, -179.9986)]
    found = _clusters(squares, [(row, row + 1, 0.1 if row == 2 else 0.5) for row in range(5)])
    assert _groups(found) == [[0, 1, 2], [3, 4, 5]]


def test_the_order_of_the_pairs_does_not_matter() -> None:
    squares = [_square(0.7 * step) for step in range(8)]
    pairs = [(row, row + 1, 0.5) for row in range(7)]
    assert _groups(_clusters(squares, pairs)) == _groups(_clusters(squares, pairs[::-1]))


def test_two_records_of_a_dataset_are_not_joined_by_way_of_another() -> None:
    """Points of the datasets 0, 1, 2 and again 0: the weakest link goes."""
    points = [Point(0.0001 * step, 0) for step in range(4)]
    pairs = [(0, 1, 0.5), (1, 2, 0.6), (2, 3, 0.4)]
    found = _clusters(points, pairs, one_to_one=[0, 1, 2], datasets=[0, 1, 2, 0])
    assert _groups(found) == [[0, 1, 2], [3]]
    assert found["is_divided"] == [True] * 4
    assert found["is_crowded"] == [False] * 4


def test_parts_of_a_whole_may_be_of_one_dataset_and_a_point_beside_them_joins() -> None:
    """Two blocks of dataset 1 in an outline of dataset 0, and a point of dataset 2 near it."""
    shapes = [box(0, 0, 2 * SIDE, SIDE), _square(0), _square(1), Point(2.1 * SIDE, 0)]
    pairs = [(0, 1, 0.5), (0, 2, 0.5), (0, 3, 0.4)]
    found = _clusters(shapes, pairs, one_to_one=[2], datasets=[0, 1, 1, 2])
    assert _groups(found) == [[0, 1, 2, 3]]
    assert found["is_crowded"] == [False] * 4


def test_ground_that_is_shared_comes_before_what_is_only_near_however_strong() -> None:
    """A point of dataset 1 near an outline of dataset 0 that dataset 1 draws by a tenth."""
    shapes = [_square(0), _square(0.5), Point(-0.0001, 0)]
    found = _clusters(shapes, [(0, 1, 0.1), (0, 2, 0.9)], one_to_one=[1], datasets=[0, 1, 1])
    assert _groups(found) == [[0, 1], [2]]


def test_two_records_of_a_dataset_that_a_person_joins_stay_and_are_flagged() -> None:
    points = [Point(0, 0), Point(0.0001, 0), Point(0.0002, 0)]
    found = _clusters(points, [(0, 1, 0.5), (1, 2, 2.0)], fixed=[1], one_to_one=[0], datasets=[0, 1, 0])
    assert _groups(found) == [[0], [1, 2]]
    found = _clusters(points, [(0, 1, 1.0), (1, 2, 2.0)], fixed=[0, 1], datasets=[0, 1, 0], one_to_one=[0])
    assert _groups(found) == [[0], [1, 2]]


def test_points_that_a_rule_joins_over_a_long_way_are_not_too_far_apart() -> None:
    """Three points of a large plant, 2 km apart: their hull is 2 km2, the circle of the longest link 12.6."""
    points = [Point(0, 0), Point(0.018, 0), Point(0.009, 0.018)]
    pairs = [(0, 1, 0.5), (1, 2, 0.5)]
    assert len(_groups(_clusters(points, pairs, one_to_one=[0, 1], reaching_m=50))) > 1
    found = _clusters(points, pairs, one_to_one=[0, 1], reaching_m=2000)
    assert _groups(found) == [[0, 1, 2]]
    assert found["is_spread_out"] == [False] * 3
