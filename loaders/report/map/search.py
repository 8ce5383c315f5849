"""The search: names of installations, and identifiers of installations and records in files by their hash."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from loaders.core.escape import one_line
from loaders.report.map.ragged import Array, starts_of, text_bytes
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
    SELECT installation_id AS id, i FROM memory.main.numbered
    UNION ALL
    SELECT unnest(list_distinct([r.record_id, r.source_id])) AS id, n.i
    FROM curated.curated_pv_records AS r INNER JOIN memory.main.numbered AS n USING (installation_id)
"""
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
    return count, _buckets(table["id"].combine_chunks(), table["i"].to_numpy(), count)


def _buckets(ids: pa.StringArray, installations: Array, count: int) -> Iterator[tuple[int, bytes]]:
    bucket = fnv_1a(ids) % np.uint32(count)
    order = np.lexsort((installations, bucket))
    ends = starts_of(np.bincount(bucket, minlength=count))
    for number in range(count):
        rows = order[ends[number] : ends[number + 1]]
        found: dict[str, list[int]] = {}
        for name, installation in zip(ids.take(pa.array(rows)).to_pylist(), installations[rows].tolist(), strict=True):
            found.setdefault(name, []).append(installation)
        yield number, as_json_bytes({name: _one_or_several(found[name]) for name in sorted(found)})


def _one_or_several(numbers: list[int]) -> int | list[int]:
    distinct = sorted(set(numbers))
    return distinct[0] if len(distinct) == 1 else distinct[:MOST_INSTALLATIONS]


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
