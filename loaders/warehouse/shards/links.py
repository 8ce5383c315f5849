"""Which records may have to do with each other: the connected components of all that any match rule compares.

Whatever the models inside a shard say of a record follows from its component alone, so that any division into whole
components gives the same tables.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise

import duckdb
import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from loaders.core.arrays import Numbers, Rows

Ends = npt.NDArray[np.int32]  # records at one end of links, of all records: half the memory

BOXES_AT_A_TIME = 250_000
BOXES_ASKED_FOR = 20_000
# names, identifiers, groups and decisions reach further than places; equal points of a dataset repeat each other
LINKS = """
    SELECT number_a AS a, number_b AS b FROM prepared.prep_pv_same_names
    UNION ALL
    SELECT a.number, b.number FROM staging.stg_overrides AS overrides
    JOIN numbered AS a ON overrides.record_id_a = a.record_id JOIN numbered AS b ON overrides.record_id_b = b.record_id
    UNION ALL
    SELECT * FROM (
        SELECT min(number) OVER (PARTITION BY dataset_key, group_id) AS a, number AS b FROM numbered
        WHERE group_id IS NOT NULL
    ) WHERE a < b
    UNION ALL
    SELECT * FROM (
        SELECT min(number) OVER (PARTITION BY dataset_key, centroid_lon, centroid_lat) AS a, number AS b FROM numbered
        WHERE geometry_kind = 'point'
    ) WHERE a < b
    UNION ALL
    SELECT * FROM (
        SELECT min(numbered.number) OVER (PARTITION BY stated.namespace, stated.identifier) AS a, numbered.number AS b
        FROM prepared.prep_pv_stated_identifiers AS stated JOIN numbered ON stated.record_id = numbered.record_id
        ANTI JOIN prepared.prep_pv_ambiguous_identifiers AS ambiguous ON stated.dataset_key = ambiguous.dataset_key
            AND stated.namespace = ambiguous.namespace AND stated.identifier = ambiguous.identifier
    ) WHERE a < b
"""
BOXES = """
    SELECT numbered.number, hash(extents.dataset_key) AS dataset, extents.is_outline,
        extents.west_deg, extents.south_deg, extents.east_deg, extents.north_deg
    FROM prepared.prep_pv_extents AS extents JOIN numbered ON extents.record_id = numbered.record_id
"""


def components(connection: duckdb.DuckDBPyConnection, records: int) -> Rows:
    """The component of each record, by its number.

    Args:
        connection: with the models before the shards, and the table `numbered` of all records, numbered from 0.
        records: how many there are.
    """
    connection.execute(f"CREATE TEMP TABLE boxes AS {BOXES}")
    links = [*_meeting(connection), _numbers(connection, LINKS)]
    a, b = (np.concatenate([each[side] for each in links]) for side in (0, 1))
    return _components(a, b, records)


def _components(a: Rows | Ends, b: Rows | Ends, count: int) -> Rows:
    graph = coo_matrix((np.ones(len(a), dtype=np.int8), (a, b)), shape=(count, count))
    found: Rows = connected_components(graph, directed=False)[1]
    return found


def _numbers(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Ends, Ends]:
    a, b = connection.sql(query).fetchnumpy().values()
    return np.asarray(a, dtype=np.int32), np.asarray(b, dtype=np.int32)


def _meeting(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[Ends, Ends]]:
    """Records whose boxes meet, by strips of longitude: a pair belongs to the strip in which the eastern one begins."""
    with ThreadPoolExecutor(1) as pool:  # while the next strip is read
        pending: Future[list[tuple[Ends, Ends]]] | None = None
        for west, east in pairwise(_edges(connection)):
            rows = connection.execute(
                "SELECT * FROM boxes WHERE west_deg < ? AND east_deg >= ? ORDER BY ALL", [east, west]
            ).fetchnumpy()
            former = pending
            pending = pool.submit(_meeting_in, {name: np.asarray(column) for name, column in rows.items()}, west)
            yield from former.result() if former else ()
        yield from pending.result() if pending else ()


def _edges(connection: duckdb.DuckDBPyConnection) -> list[float]:
    """The western edges of strips with so many boxes each, and one beyond the last."""
    (count,) = connection.sql("SELECT count(*) FROM boxes").fetchall()[0]
    strips = -(-count // BOXES_AT_A_TIME)
    shares = [step / strips for step in range(1, strips)]
    inner = connection.execute("SELECT quantile_disc(west_deg, ?::DOUBLE[]) FROM boxes", [shares]).fetchall()[0][0]
    return sorted({-np.inf, *(inner or []), np.inf})


def _meeting_in(boxes: Mapping[str, Numbers], edge: float) -> list[tuple[Ends, Ends]]:
    """Links of one strip, whose western edge is given; for some thousand boxes at a time: dense ones meet hundreds."""
    west = boxes["west_deg"]
    shapes = shapely.box(west, boxes["south_deg"], boxes["east_deg"], boxes["north_deg"])
    tree = shapely.STRtree(shapes)
    number, dataset, is_outline = (boxes[name] for name in ("number", "dataset", "is_outline"))
    links = []
    for start in range(0, len(shapes), BOXES_ASKED_FOR):
        a, b = tree.query(shapes[start : start + BOXES_ASKED_FOR])
        a += start
        is_here = (number[a] < number[b]) & (np.maximum(west[a], west[b]) >= edge)
        is_compared = (dataset[a] != dataset[b]) | is_outline[a] | is_outline[b]  # points of one dataset are apart
        kept = is_here & is_compared
        links.append(_spanning(number[a[kept]], number[b[kept]]))
    return links


def _spanning(a: Rows, b: Rows) -> tuple[Ends, Ends]:
    """Fewer links with the same components: each record and the first one of its component."""
    names, rows = np.unique(np.concatenate([a, b]), return_inverse=True)
    found = _components(rows[: len(a)], rows[len(a) :], len(names))
    _, first = np.unique(found, return_index=True)
    return names[first[found]].astype(np.int32), names.astype(np.int32)
