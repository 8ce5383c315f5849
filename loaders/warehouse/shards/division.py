"""Divides components of records into shards: by place, of bounded size, and mostly the same when records are added."""

import numpy as np

from loaders.core.arrays import Numbers, Rows

DEPTH = 24  # quarterings of the world; the smallest square is a few metres wide


def shards_of(component: Rows, lon: Numbers, lat: Numbers, most: int) -> Rows:
    """The shard of each record, numbered from 0 in the order of their squares.

    A component stands where its first record does. The world is quartered until a square has at most so many records;
    neighbouring quarters of one square share a shard as long as that holds. So a new record changes no other shard,
    unless its square gets too full.

    Args:
        component: of each record.
        lon: of each record [°].
        lat: of each record [°].
        most: records in a shard; more where a single component has more, or what stands at one place.
    """
    _, first, index = np.unique(component, return_index=True, return_inverse=True)
    codes = _squares(lon[first], lat[first])
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(index, minlength=len(first))[order]
    ends = np.concatenate([[0], np.cumsum(sizes)])
    starts = _starts(codes[order], ends, most)
    shard = np.empty(len(first), dtype=np.int64)
    shard[order] = np.searchsorted(starts, np.arange(len(first)), side="right") - 1
    return shard[index]


def _squares(lon: Numbers, lat: Numbers) -> Rows:
    """The smallest square of each position; the two bits of each quartering, the first one in front."""
    codes = np.zeros(len(lon), dtype=np.int64)
    x, y = ((value + half) / (2 * half) for value, half in ((lon, 180.0), (lat, 90.0)))
    columns, rows = (np.clip(share * (1 << DEPTH), 0, (1 << DEPTH) - 1).astype(np.int64) for share in (x, y))
    for bit in range(DEPTH):
        codes |= ((columns >> bit) & 1) << (2 * bit)
        codes |= ((rows >> bit) & 1) << (2 * bit + 1)
    return codes


def _starts(codes: Rows, ends: Rows, most: int) -> Rows:
    """Where shards begin among components in the order of their squares."""
    starts: list[int] = []
    pending = [(0, len(codes), 0)]  # a stack, so that squares come in their order
    while pending:
        low, high, depth = pending.pop()
        if low == high:
            continue
        if ends[high] - ends[low] <= most or depth == DEPTH:
            starts.append(low)
            continue
        pending.extend(reversed(_quarters(codes, ends, most, low, high, depth)))
    return np.asarray(starts or [0])


def _quarters(  # noqa: PLR0913 (a square of the recursion)
    codes: Rows, ends: Rows, most: int, low: int, high: int, depth: int
) -> list[tuple[int, int, int]]:
    """The quarters of a square; neighbours that are not too full together count as one."""
    shift = 2 * (DEPTH - depth - 1)
    edges = low + np.searchsorted(codes[low:high] >> shift, (codes[low] >> (shift + 2) << 2) + np.arange(5))
    quarters: list[tuple[int, int, int]] = []
    for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if quarters and ends[last] - ends[quarters[-1][0]] <= most:
            quarters[-1] = (quarters[-1][0], last, depth + 1)
        else:
            quarters.append((first, last, depth + 1))
    return quarters
