"""The search: names of installations, and identifiers of installations and records in files by their hash."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from loaders.core.escape import one_line
from loaders.report.map.ragged import Array, text_bytes
from loaders.report.map.tables import MapTables
from loaders.report.web.script_files import as_json_bytes

IDS_IN_A_FILE = 2_000
FNV_START, FNV_PRIME = 2166136261, 16777619
NAMES = """
    SELECT inst.name FROM curated.curated_pv_installations AS inst
    INNER JOIN memory.main.numbered AS n USING (installation_id)
    ORDER BY n.i
"""
IDS = """
    WITH
        records AS (
            SELECT r.record_id, r.source_id, n.i
            FROM curated.curated_pv_records AS r INNER JOIN memory.main.numbered AS n USING (installation_id)
        ),
        ids AS (
            SELECT installation_id AS id, i FROM memory.main.numbered
            UNION ALL SELECT record_id, i FROM records
            UNION ALL SELECT source_id, i FROM records WHERE source_id IS NOT NULL
        )
    SELECT id, list(DISTINCT i ORDER BY i)[:{most}] AS installations FROM ids GROUP BY id ORDER BY id
"""
MOST_INSTALLATIONS = 20  # of an identifier that several publishers use


def names(tables: MapTables) -> bytes:
    """The names of all installations, one a line."""
    return "\n".join(one_line(name) for name in tables.table(NAMES)["name"].to_pylist()).encode("utf-8")


def id_buckets(tables: MapTables) -> tuple[int, Iterator[tuple[int, bytes]]]:
    """How many files of identifiers there are, and the JSON of each.

    An identifier stands for the number of its installation, or for several numbers where several have it.
    """
    table = tables.table(IDS.format(most=MOST_INSTALLATIONS))
    count = max(1, -(-len(table) // IDS_IN_A_FILE))
    return count, _buckets(table, count)


def _buckets(table: pa.Table, count: int) -> Iterator[tuple[int, bytes]]:
    bucket = fnv_1a(table["id"].combine_chunks()) % np.uint32(count)
    order = np.argsort(bucket, kind="stable")
    ends = np.cumsum(np.bincount(bucket, minlength=count))
    start = 0
    for number, end in enumerate(ends.tolist()):
        rows = table.take(order[start:end])
        start = end
        installations = (each if len(each) > 1 else each[0] for each in rows["installations"].to_pylist())
        yield number, as_json_bytes(dict(zip(rows["id"].to_pylist(), installations, strict=True)))


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
