"""How components of records are divided into shards."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from loaders.core.arrays import Numbers, Rows
from loaders.warehouse.shards.division import DEPTH, shards_of

MOST = 40
SQUARE_DEG = 360 / 2**DEPTH, 180 / 2**DEPTH  # the smallest one


def _world(seed: int, records: int = 1_500) -> tuple[Rows, Numbers, Numbers]:
    """Records in crowds anywhere on earth, every third one in a component of several, and 60 at one place."""
    random = np.random.default_rng(seed)
    crowd = random.integers(12, size=records)
    lon = random.uniform(-180, 180, 12)[crowd] + random.normal(0, 3, records)
    lat = random.uniform(-85, 85, 12)[crowd] + random.normal(0, 1, records)
    lon[:60], lat[:60] = lon[0], lat[0]
    component = np.arange(records)
    members = random.random(records) < 1 / 3
    component[members] = random.integers(records // 12, size=members.sum())
    component[-100:] = records  # more than a shard takes
    return component, np.clip(lon, -180, 180), np.clip(lat, -90, 90)


def _members(shard: Rows) -> list[list[int]]:
    return [np.flatnonzero(shard == number).tolist() for number in range(shard.max() + 1)]


def _divided(lon: Sequence[float], lat: Sequence[float], most: int) -> list[int]:
    """The shard of each of these records, none of which has to do with another one."""
    shard: list[int] = shards_of(np.arange(len(lon)), np.array(lon), np.array(lat), most).tolist()
    return shard


@pytest.mark.parametrize("seed", range(3))
def test_no_component_is_divided(seed: int) -> None:
    component, lon, lat = _world(seed)
    shard = shards_of(component, lon, lat, MOST)
    assert len(set(zip(component.tolist(), shard.tolist(), strict=True))) == len(set(component.tolist()))


@pytest.mark.parametrize("seed", range(3))
def test_a_shard_is_too_large_only_for_one_component_or_one_place(seed: int) -> None:
    component, lon, lat = _world(seed)
    shards = _members(shards_of(component, lon, lat, MOST))
    assert sorted(number for shard in shards for number in shard) == list(range(len(component)))
    large = [shard for shard in shards if len(shard) > MOST]
    assert large
    for shard in large:
        _, first = np.unique(component[shard], return_index=True)
        stands = np.array(shard)[first]  # where the first record of each component does
        assert np.ptp(lon[stands]) < SQUARE_DEG[0]
        assert np.ptp(lat[stands]) < SQUARE_DEG[1]


def test_a_component_stands_where_its_first_record_does() -> None:
    lon, lat = np.array([100.0, -100, -100, 100]), np.array([50.0, -50, -50, 50])
    assert shards_of(np.array([7, 7, 3, 3]), lon, lat, 2).tolist() == [1, 1, 0, 0]


def test_a_component_that_is_too_large_is_alone_in_its_shard() -> None:
    lon, lat = np.array([10.0, 10, 10, 10.001, 10.001, 20]), np.full(6, 50.0)
    assert shards_of(np.array([0, 0, 0, 1, 1, 2]), lon, lat, 2).tolist() == [0, 0, 0, 1, 1, 2]


def test_shards_are_numbered_by_place() -> None:
    """Southwest, southeast, northwest, northeast; within each of these quarters, the same again."""
    assert _divided([90, -90, 90, -90], [45, 45, -45, -45], most=1) == [3, 2, 1, 0]
    assert _divided([135, 45, -90, 135, 45], [70, 70, 45, 20, 20], most=1) == [4, 3, 0, 2, 1]


def test_neighbouring_quarters_share_a_shard_as_long_as_it_has_room() -> None:
    lon, lat = [-90, -90, 90, 90, -90, 90], [-45, -45, -45, -45, 45, 45]
    assert _divided(lon, lat, most=6) == [0, 0, 0, 0, 0, 0]
    assert _divided(lon, lat, most=5) == [0, 0, 0, 0, 0, 1]
    assert _divided(lon, lat, most=4) == [0, 0, 0, 0, 1, 1]
    assert _divided(lon, lat, most=3) == [0, 0, 1, 1, 1, 2]


def test_the_order_of_records_changes_no_shard() -> None:
    _, lon, lat = _world(seed=0)
    order = np.random.default_rng(1).permutation(len(lon))
    shard = shards_of(np.arange(len(lon)), lon, lat, MOST)
    assert shards_of(np.arange(len(lon)), lon[order], lat[order], MOST).tolist() == shard[order].tolist()


@pytest.mark.parametrize("seed", range(3))
def test_a_new_record_changes_the_shard_that_it_comes_to_and_no_other(seed: int) -> None:
    component, lon, lat = _world(seed)
    former = {tuple(members) for members in _members(shards_of(component, lon, lat, MOST))}
    for lon_new, lat_new in ((-179, -89), (179, 89), (0, 0), (lon[700], lat[700])):
        added = [np.append(old, new) for old, new in ((component, -1), (lon, lon_new), (lat, lat_new))]
        shards = _members(shards_of(added[0], added[1], added[2], MOST))
        (joined,) = (members for members in shards if len(component) in members)
        if len(joined) > 1:
            assert tuple(joined[:-1]) in former
        assert {tuple(members) for members in shards if members != joined} == former - {tuple(joined[:-1])}


def test_a_square_that_gets_too_full_changes_no_shard_of_another_square() -> None:
    """The world is quartered in both; then only its northeast is quartered once more."""
    lon, lat = [-90.0, -90, -90, 45, 135, 45], [-45.0, -45, -45, 20, 20, 70]
    assert _divided(lon, lat, most=3) == [0, 0, 0, 1, 1, 1]
    assert _divided([*lon, 135], [*lat, 70], most=3) == [0, 0, 0, 1, 1, 1, 2]


def test_positions_at_the_poles_and_the_antimeridian_have_a_square() -> None:
    assert _divided([-180, 180, -180, 180], [-90, -90, 90, 90], most=1) == [0, 1, 2, 3]
    assert _divided([180, 179.99999, -180], [0, 0, 0], most=2) == [1, 1, 0]
    assert _divided([0, 0], [90, -90], most=1) == [1, 0]


def test_few_records_are_one_shard() -> None:
    assert _divided([7.5], [47.5], most=1) == [0]
    assert _divided([7.5, -60], [47.5, -30], most=2) == [0, 0]


def test_records_at_one_place_are_one_shard_however_many() -> None:
    assert _divided([7.5] * 9, [47.5] * 9, most=2) == [0] * 9
    shard = _divided([*[7.5] * 9, 7.6, 7.4], [47.5] * 11, most=2)
    assert Counter(shard) == {0: 1, 1: 9, 2: 1}
