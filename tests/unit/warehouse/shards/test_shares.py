# ruff: noqa: S608 (queries of this file)
"""Digests of what each shard reads of a table."""

import duckdb
import pytest

from loaders.warehouse.shards.shares import digests_of

ROWS = (
    "SELECT * FROM (VALUES (1, 0.5, ['a'], 'POINT (1 1)'), (1, 2.0, ['b'], NULL)) AS t (shard, size, names, geometry)"
)


def _digest(query: str) -> str:
    ((_, digest),) = duckdb.sql(digests_of(query)).fetchall()
    return str(digest)


def test_a_digest_does_not_depend_on_the_number_of_the_shard_nor_on_the_order_of_rows() -> None:
    assert _digest(f"SELECT 7 AS shard, * EXCLUDE (shard) FROM ({ROWS}) ORDER BY size DESC") == _digest(ROWS)


@pytest.mark.parametrize(
    "changed",
    [
        "* REPLACE (size + 1 AS size)",
        "* REPLACE (NULL AS geometry)",
        "* REPLACE ([]::VARCHAR[] AS names)",
        "* REPLACE (NULL::VARCHAR[] AS names)",
    ],
)
def test_a_changed_value_is_another_digest(changed: str) -> None:
    assert _digest(f"SELECT {changed} FROM ({ROWS})") != _digest(ROWS)


def test_no_list_is_another_digest_than_a_list_without_items() -> None:
    empty, none = (f"SELECT * REPLACE ({value}::VARCHAR[] AS names) FROM ({ROWS})" for value in ("[]", "NULL"))
    assert _digest(empty) != _digest(none)


def test_each_shard_has_a_digest() -> None:
    two = f"({ROWS}) UNION ALL SELECT 2 AS shard, * EXCLUDE (shard) FROM ({ROWS})"
    first, second = duckdb.sql(digests_of(two)).fetchall()
    assert (first[0], second[0], first[1]) == (1, 2, second[1])
