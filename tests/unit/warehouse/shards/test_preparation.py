"""What shards read is written for some of them at a time, which bounds what is sorted at once."""

import pytest

from loaders.warehouse.shards.preparation import Shard, batches


def _shards(*records: int) -> list[Shard]:
    return [Shard(number, count, "") for number, count in enumerate(records)]


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ((3, 3, 4), [[0, 1, 2]]),
        ((3, 3, 5), [[0, 1], [2]]),
        ((11, 1), [[0], [1]]),
        ((1, 11, 1), [[0], [1], [2]]),
        ((), []),
    ],
)
def test_neighbours_are_written_together_up_to_a_number_of_records(
    records: tuple[int, ...], found: list[list[int]]
) -> None:
    assert [[shard.number for shard in batch] for batch in batches(_shards(*records), 10)] == found
