"""The search: names of installations, and identifiers of installations and records in files by their hash."""

import json
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.core.escape import one_line
from loaders.report.map.ragged import Array, starts_of, text_bytes
from loaders.report.map.tables import MapTables

IDS_IN_A_FILE = 2_000
FNV_START, FNV_PRIME = 2166136261, 16777619
NAMES = """
    SELECT inst.name FROM curated.curated_pv_installations AS inst
    INNER JOIN memory.main.numbered AS n USING (installation_id)
    ORDER BY n.i
"""
IDS = """
    SELECT installation_id AS id, i FROM memory.main.numbered
    UNION ALL
    SELECT unnest(list_distinct([r.record_id, r.source_id])) AS id, n.i
    FROM curated.curated_pv_records AS r INNER JOIN memory.main.numbered AS n USING (installation_id)
"""
NOT_PLAIN = r'[\x00-\x1f"\\]'  # what JSON escapes
MOST_INSTALLATIONS = 20  # of an identifier that several publishers use


def names(tables: MapTables) -> bytes:
    """The names of all installations, one a line."""
    return "\n".join(one_line(name) for name in tables.table(NAMES)["name"].to_pylist()).encode("utf-8")


def id_buckets(tables: MapTables) -> tuple[int, Iterator[tuple[int, bytes]]]:
    """How many files of identifiers there are, and the JSON of each.

    An identifier stands for the number of its installation, or for several numbers where several have it.
    """
    table = tables.table(IDS)
    count = max(1, -(-len(table) // IDS_IN_A_FILE))
    return count, bucket_files(table["id"].combine_chunks(), table["i"].to_numpy(), count)


def bucket_files(ids: pa.StringArray, installations: Array, count: int) -> Iterator[tuple[int, bytes]]:
    """The number and the JSON of each file, from identifiers and their installations, in any order."""
    bucket = fnv_1a(ids) % np.uint32(count)
    ends = starts_of(np.bincount(bucket, minlength=count))
    order = np.argsort(bucket.astype(np.uint16) if count <= 1 << 16 else bucket, kind="stable")
    ids, installations = ids.take(pa.array(order)), installations[order]
    for number in range(count):
        rows = slice(ends[number], ends[number + 1])
        yield number, _bucket(ids[rows], installations[rows])


def _bucket(ids: pa.StringArray, installations: Array) -> bytes:
    """The JSON of a file: its identifiers in the order of their bytes, each with the installations that it stands for.

    Args:
        ids: in any order, several times where several installations have one.
        installations: of each.
    """
    table = pa.table({"id": ids, "i": installations})
    order = pc.sort_indices(table, [("id", "ascending"), ("i", "ascending")])
    ids, numbers = ids.take(order), installations[order.to_numpy()]
    is_first = np.ones(len(ids), np.bool_)
    is_first[1:] = pc.not_equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False)
    is_distinct = is_first.copy()
    is_distinct[1:] |= numbers[1:] != numbers[:-1]
    nth = _nth_of_each(is_first[is_distinct])
    shown = np.flatnonzero(is_distinct)[nth < MOST_INSTALLATIONS]
    first = np.flatnonzero(is_first[shown])
    offsets = pa.array(np.append(first, len(shown)).astype(np.int32))
    lists = pc.binary_join(pa.ListArray.from_arrays(offsets, pa.array(numbers[shown]).cast(pa.string())), ",")
    has_several = pa.array(np.diff(np.append(first, len(shown))) > 1)
    values = pc.if_else(has_several, pc.binary_join_element_wise("[", lists, "]", ""), lists)
    entries = pc.binary_join_element_wise(_json_texts(ids.take(pa.array(shown[first]))), values, ":")
    whole = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(entries)], pa.int32()), entries), ",")
    content: bytes = whole[0].as_buffer().to_pybytes()
    return b"{" + content + b"}"


def _nth_of_each(is_first: Array) -> Array:
    """The position of each row among those since the last first one."""
    rows = np.arange(len(is_first))
    nth: Array = rows - np.maximum.accumulate(np.where(is_first, rows, 0))
    return nth


def _json_texts(texts: pa.StringArray) -> pa.StringArray:
    """Each text as JSON."""
    quoted = pc.binary_join_element_wise('"', texts, '"', "")
    is_escaped = pc.match_substring_regex(texts, NOT_PLAIN)
    if not is_escaped.true_count:
        return quoted
    escaped = [json.dumps(text, ensure_ascii=False) for text in texts.filter(is_escaped).to_pylist()]
    return pc.replace_with_mask(quoted, is_escaped, pa.array(escaped, pa.string()))


def fnv_1a(texts: pa.StringArray) -> Array:
    """The 32-bit FNV-1a hash of the UTF-8 bytes of each text.

    Source: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
    """
    content = text_bytes(texts)
    data, starts, lengths = content.values, content.offsets[:-1], content.lengths
    hashes = np.full(len(texts), FNV_START, np.uint32)
    rows = np.argsort(-lengths, kind="stable")
    for nth in range(int(lengths.max(initial=0))):
        rows = rows[: int(np.searchsorted(-lengths[rows], -nth))]  # those that have a byte more
        hashes[rows] = (hashes[rows] ^ data[starts[rows] + nth]) * np.uint32(FNV_PRIME)
    return hashes
