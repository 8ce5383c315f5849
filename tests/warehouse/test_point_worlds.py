"""Points fall into installations as the truth of each small world says."""

from collections import defaultdict
from collections.abc import Iterable

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.point_worlds import Row, point_worlds, record_id

WORLDS = point_worlds()
NUMBERS = {world: number for number, world in enumerate(WORLDS)}


def installations(warehouse: Warehouse, world: str) -> dict[str, str]:
    """The installation of each record of a world."""
    query = "select record_id, installation_id from curated.curated_pv_records where list_contains($ids, record_id)"
    ids = [record_id(NUMBERS[world], row) for row in WORLDS[world]]
    return dict(warehouse.rows(query, {"ids": ids}))


def partition(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Records by what they were joined to."""
    groups = defaultdict(list)
    for record, group in pairs:
        groups[group].append(record)
    return sorted(sorted(records) for records in groups.values())


@pytest.mark.parametrize("world", WORLDS)
def test_points_fall_into_the_installations_of_the_truth(warehouse: Warehouse, world: str) -> None:
    truth = partition((record_id(NUMBERS[world], row), row["plant"]) for row in WORLDS[world])
    assert partition(installations(warehouse, world).items()) == truth


def newest(world: str) -> dict[str, Row]:
    """The row of each plant in the last dataset that lists it."""
    return {row["plant"]: row for row in sorted(WORLDS[world], key=lambda row: row["dataset"])}


@pytest.mark.parametrize(
    "world", ["plants of all sizes that moved by 0.6 radii", "two plants at one spot in one dataset"]
)
def test_no_capacity_is_lost_or_counted_twice(warehouse: Warehouse, world: str) -> None:
    total = warehouse.value(
        "select sum(capacity_mw) from curated.curated_pv_installations where list_contains($ids, installation_id)",
        {"ids": list(installations(warehouse, world).values())},
    )
    assert total == pytest.approx(sum(float(row["mw"]) for row in newest(world).values()))


@pytest.mark.parametrize(("parts", "mw"), [("two", 563), ("three", 300)])
def test_a_whole_beside_its_parts_is_flagged_and_counts_once(warehouse: Warehouse, parts: str, mw: float) -> None:
    found = warehouse.rows(
        "select distinct capacity_mw, list_contains(quality_flags, 'whole_beside_parts') "
        "from curated.curated_pv_installations where list_contains($ids, installation_id)",
        {"ids": list(installations(warehouse, f"a whole that another dataset states in {parts} parts").values())},
    )
    assert found == [(mw, True)]
