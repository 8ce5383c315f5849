"""Which records are compared with each other, and so belong in one shard."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pytest
import shapely

from loaders.warehouse.shards import links
from loaders.warehouse.shards.links import components

TABLES = """
    CREATE SCHEMA prepared;
    CREATE SCHEMA staging;
    CREATE TABLE numbered (number BIGINT, record_id VARCHAR, dataset_key VARCHAR, group_id VARCHAR,
        geometry_kind VARCHAR, centroid_lon DOUBLE, centroid_lat DOUBLE);
    CREATE TABLE prepared.prep_pv_extents (record_id VARCHAR, dataset_key VARCHAR, is_outline BOOLEAN,
        west_deg DOUBLE, south_deg DOUBLE, east_deg DOUBLE, north_deg DOUBLE);
    CREATE TABLE prepared.prep_pv_same_names (number_a BIGINT, number_b BIGINT);
    CREATE TABLE staging.stg_overrides (record_id_a VARCHAR, record_id_b VARCHAR, verdict VARCHAR);
    CREATE TABLE prepared.prep_pv_stated_identifiers
        (record_id VARCHAR, dataset_key VARCHAR, namespace VARCHAR, identifier VARCHAR);
    CREATE TABLE prepared.prep_pv_ambiguous_identifiers (dataset_key VARCHAR, namespace VARCHAR, identifier VARCHAR);
"""
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class World:
    """The tables that links read; records are called r0, r1, … in the order in which they are added."""

    connection: duckdb.DuckDBPyConnection

    def add(self, dataset: str, *boxes: Box, point: tuple[float, float] | None = None, group: str | None = None) -> str:
        """Add a record of an outline with these boxes, or of a point that reaches one degree; returns its id."""
        number = self._count()
        name = f"r{number}"
        if point is not None:
            lon, lat = point
            boxes = ((lon - 1, lat - 1, lon + 1, lat + 1),)
        else:
            lon, lat = boxes[0][0], boxes[0][1]
        kind = "polygon" if point is None else "point"
        self.insert("numbered", (number, name, dataset, group, kind, lon, lat))
        for box in boxes:
            self.insert("prepared.prep_pv_extents", (name, dataset, point is None, *box))
        return name

    def insert(self, table: str, row: tuple[object, ...]) -> None:
        """Add a row to a table."""
        self.connection.table(table).insert(list(row))

    def components(self) -> list[list[int]]:
        """The numbers of the records of each component."""
        label = components(self.connection, self._count())
        return sorted(np.flatnonzero(label == each).tolist() for each in np.unique(label))

    def _count(self) -> int:
        (count,) = self.connection.sql("SELECT count(*) FROM numbered").fetchall()[0]
        return int(count)


@pytest.fixture
def world() -> Iterator[World]:
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        yield World(connection)


def _far(world: World, dataset: str, group: str | None = None) -> str:
    """Add an outline that meets no other one."""
    west = 10.0 * world._count()
    return world.add(dataset, (west, 0, west + 1, 1), group=group)


def test_records_whose_boxes_meet_are_in_one_component(world: World) -> None:
    world.add("a", (0, 0, 2, 2))
    world.add("b", (1, 1, 3, 3))  # overlaps
    world.add("c", (3, 3, 4, 4))  # touches at a corner
    world.add("c", (5, 0, 6, 1))
    world.add("d", (5.2, 0.2, 5.3, 0.3))  # within
    world.add("e", (8, 0, 9, 1))
    assert world.components() == [[0, 1, 2], [3, 4], [5]]


def test_outlines_of_one_dataset_are_compared(world: World) -> None:
    world.add("a", (0, 0, 2, 2))
    world.add("a", (1, 1, 3, 3))
    assert world.components() == [[0, 1]]


def test_points_of_one_dataset_are_apart_and_those_of_two_are_compared(world: World) -> None:
    world.add("a", point=(10, 50))
    world.add("a", point=(10.5, 50))
    assert world.components() == [[0], [1]]


def test_points_of_one_dataset_are_joined_by_what_both_are_compared_with(world: World) -> None:
    world.add("a", point=(10, 50))
    world.add("a", point=(10.5, 50))
    world.add("b", point=(11.2, 50))
    world.add("a", point=(30, 50))
    world.add("a", point=(31, 50))
    world.add("a", (30.4, 50, 30.6, 50.1))  # an outline of the same dataset
    assert world.components() == [[0, 1, 2], [3, 4, 5]]


def test_equal_points_of_one_dataset_repeat_each_other(world: World) -> None:
    world.add("a", point=(10, 50))
    world.add("a", point=(40, 50))
    world.add("a", point=(10, 50))
    world.add("a", point=(10, 50))
    assert world.components() == [[0, 2, 3], [1]]


def test_equal_names_reach_everywhere(world: World) -> None:
    for dataset in "abc":
        _far(world, dataset)
    world.insert("prepared.prep_pv_same_names", (0, 2))
    assert world.components() == [[0, 2], [1]]


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_records_of_a_manual_decision_are_in_one_component(world: World, verdict: str) -> None:
    first, _, third = (_far(world, dataset) for dataset in "aba")
    world.insert("staging.stg_overrides", (third, first, verdict))
    world.insert("staging.stg_overrides", (third, "of no loaded dataset", verdict))
    assert world.components() == [[0, 2], [1]]


def test_a_group_is_one_of_its_dataset(world: World) -> None:
    for dataset, group in (("a", "1"), ("b", "1"), ("a", "1"), ("a", "2"), ("a", None), ("a", None), ("a", "1")):
        _far(world, dataset, group)
    assert world.components() == [[0, 2, 6], [1], [3], [4], [5]]


def test_an_identifier_is_one_of_its_namespace(world: World) -> None:
    stated = (("a", "eia", "7"), ("b", "eia", "7"), ("c", "usgs", "7"), ("d", "eia", "8"), ("e", "eia", "7"))
    for dataset, namespace, identifier in stated:
        record_id = _far(world, dataset)
        world.insert("prepared.prep_pv_stated_identifiers", (record_id, dataset, namespace, identifier))
    assert world.components() == [[0, 1, 4], [2], [3]]


def test_an_identifier_that_is_ambiguous_in_a_dataset_links_only_the_others(world: World) -> None:
    for dataset in "aabc":
        record_id = _far(world, dataset)
        world.insert("prepared.prep_pv_stated_identifiers", (record_id, dataset, "eia", "7"))
    world.insert("prepared.prep_pv_ambiguous_identifiers", ("a", "eia", "7"))
    assert world.components() == [[0], [1], [2, 3]]


def test_a_record_at_the_antimeridian_meets_what_is_on_either_side_of_it(world: World) -> None:
    world.add("a", (179, 0, 180, 1), (-180, 0, -179, 1))
    world.add("b", (179.5, 0, 179.6, 1))
    world.add("c", (-179.6, 0, -179.5, 1))
    world.add("d", (0, 0, 1, 1))  # between the two, the long way round
    assert world.components() == [[0, 1, 2], [3]]


@pytest.mark.parametrize("seed", range(2))
def test_strips_find_the_boxes_that_meet(world: World, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Narrow ones, others across many strips, and some that begin at the same longitude, where strips do."""
    random = np.random.default_rng(seed)
    west, south = np.round(random.uniform(0, 20, (2, 60)), 1)
    width, height = np.where(random.random(60) < 0.1, 8.0, 0.5), 0.5
    west[40:] = random.choice(west[:10], 20)
    boxes = shapely.box(west, south, west + width, south + height)
    for position, box in enumerate(boxes):
        world.add("abc"[position % 3], box.bounds)
    expected = _components_by_each_pair(boxes)
    assert 10 < len(expected) < 60
    assert world.components() == expected
    world.connection.execute("DROP TABLE boxes")
    monkeypatch.setattr(links, "BOXES_AT_A_TIME", 3)
    assert world.components() == expected


def test_boxes_that_all_begin_at_one_longitude_are_one_strip(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "BOXES_AT_A_TIME", 1)
    for south in (0, 0.5, 3, 3.5, 9):
        world.add("a", (7, south, 8, south + 1))
    assert world.components() == [[0, 1], [2, 3], [4]]


def test_records_without_a_box_have_a_component(world: World) -> None:
    world.add("a", (0, 0, 1, 1))
    world.insert("numbered", (1, "r1", "b", None, "polygon", 0, 0))
    assert world.components() == [[0], [1]]


def _components_by_each_pair(boxes: Sequence[shapely.Polygon]) -> list[list[int]]:
    label = list(range(len(boxes)))
    for a, first in enumerate(boxes):
        for b, second in enumerate(boxes[:a]):
            if first.intersects(second):
                label = [label[b] if each == label[a] else each for each in label]
    return sorted([number for number, each in enumerate(label) if each == one] for one in set(label))
