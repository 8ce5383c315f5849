"""Ragged arrays: rows of different lengths, against the same rows as lists."""

from itertools import chain, pairwise

import numpy as np
import pytest

from loaders.report.map.ragged import Array, Ragged, concatenated, side_by_side
from loaders.report.map.world import Outlines

KINDS = ("uint8", "bool", "uint32", "int32", "int64")
Rows = list[list[int]]
FIRST: Rows = [[1, 0], [], [1], [0, 1, 1]]
SECOND: Rows = [[], [], [0, 0, 1], [1]]


def ragged(rows: Rows, kind: str) -> Ragged:
    return Ragged.of(np.array(list(chain(*rows)), kind), np.array([len(row) for row in rows], np.int64))


def as_rows(values: Ragged) -> list[list[int]]:
    return [values.values[start:end].tolist() for start, end in pairwise(values.offsets.tolist())]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_taken_in_any_order_and_more_than_once(kind: str) -> None:
    taken = ragged(FIRST, kind).take(np.array([3, 1, 0, 3]))
    assert as_rows(taken) == [[0, 1, 1], [], [1, 0], [0, 1, 1]]
    assert (taken.values.dtype, taken.offsets.dtype) == (np.dtype(kind), np.dtype("int64"))
    assert as_rows(ragged(FIRST, kind).take(np.zeros(0, np.int64))) == []


@pytest.mark.parametrize("kind", KINDS)
def test_rows_side_by_side_are_joined_row_by_row(kind: str) -> None:
    joined = side_by_side([ragged(FIRST, kind), ragged(SECOND, kind), ragged(FIRST, kind)])
    assert as_rows(joined) == [a + b + a for a, b in zip(FIRST, SECOND, strict=True)]
    assert joined.values.dtype == np.dtype(kind)
    nothing = ragged([[], []], kind)
    assert as_rows(side_by_side([nothing, nothing])) == [[], []]


def test_rows_of_a_part_of_the_values_are_only_those() -> None:
    part = ragged(FIRST, "uint32").grouped(np.array([1, 3, 4]))
    assert as_rows(part) == [[1], [0, 1, 1]]
    assert as_rows(part.take(np.array([1]))) == [[0, 1, 1]]
    assert as_rows(side_by_side([part, part])) == [[1, 1], [0, 1, 1, 0, 1, 1]]
    assert as_rows(concatenated([part, part])) == [[1], [0, 1, 1], [1], [0, 1, 1]]


def test_outlines_are_taken_with_their_holes() -> None:
    x: Array = np.arange(13, dtype=np.int32)
    rings = Ragged.of(np.array([False, True, False]), np.array([2, 1]))  # the first piece has a hole
    whole = Outlines(np.array([7, 8]), rings, x, -x, np.array([0, 5, 9, 13]))
    taken = whole.take(np.array([1, 0, 1]))
    assert taken.feature.tolist() == [8, 7, 8]
    assert as_rows(taken.rings) == [[False], [False, True], [False]]
    assert taken.x.tolist() == [*range(9, 13), *range(9), *range(9, 13)]
    assert (taken.y == -taken.x).all()
    assert taken.offsets.tolist() == [0, 4, 9, 13, 17]
