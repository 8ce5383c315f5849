# ruff: noqa: PLC0415, S608 (each Python has the library of its engine only; a file name of our own)
"""One join of outlines with each other, by one engine: a file of its own, for a Python that may have nothing else.

python join_engines.py duckdb|sedonadb|tree FILE MEMORY_MB SPILL_FOLDER ANSWER_FILE       0 MB is no limit

ANSWER_FILE gets the number of pairs, -1 where memory was too small, and the most memory of the process [MB].
"""

import sys
from collections.abc import Callable
from importlib import import_module
from itertools import pairwise
from pathlib import Path

THREADS = 2
STRIP_ROWS, QUERY_ROWS = 500_000, 20_000  # as in loaders.warehouse.shards.links
PAIRS = "SELECT count(*) FROM {0} AS a JOIN {0} AS b ON ST_Intersects(a.geometry, b.geometry) WHERE a.number < b.number"


def duckdb_pairs(file: Path, memory_mb: int, spill: Path) -> int | None:
    """DuckDB's spatial join; null where memory was too small."""
    import duckdb

    package = import_module("duckdb_extension_spatial")
    extension = next(Path(*package.__path__).rglob("*.duckdb_extension"))
    connection = duckdb.connect(config={"threads": THREADS, "temp_directory": str(spill)})
    connection.execute(f"LOAD '{extension}'")
    if memory_mb:
        connection.execute(f"SET memory_limit = '{memory_mb}MB'")
    connection.execute(f"CREATE VIEW outlines AS SELECT number, geometry FROM read_parquet('{file}')")
    try:
        return int(connection.execute(PAIRS.format("outlines")).fetchall()[0][0])
    except duckdb.OutOfMemoryException as error:
        sys.stderr.write(f"{error}\n")
        return None


def sedonadb_pairs(file: Path, memory_mb: int, spill: Path) -> int | None:
    """SedonaDB's spatial join; null where memory was too small."""
    sedonadb = import_module("sedonadb")
    database = sedonadb.connect()
    if memory_mb:
        database.options.memory_limit = memory_mb * 1_000_000
    database.options.temp_dir = str(spill)
    database.sql(f"SET datafusion.execution.target_partitions = {THREADS}").execute()
    database.read_parquet(str(file)).to_view("outlines")
    try:
        return int(database.sql(PAIRS.format("outlines")).to_arrow_table()[0][0].as_py())
    except sedonadb.SedonaError as error:
        if "Resources exhausted" not in str(error):
            raise
        sys.stderr.write(f"{error}\n")
        return None


def tree_pairs(file: Path, memory_mb: int, spill: Path) -> int:
    """A tree of one strip after the other, as links between records are found; the limit is that of a strip."""
    import numpy as np
    import pyarrow.parquet as pq
    import shapely

    outlines = shapely.from_wkb(pq.read_table(file, columns=["geometry"])["geometry"].to_numpy(zero_copy_only=False))
    west, _, east, _ = shapely.bounds(outlines).T
    edges = [*west[::STRIP_ROWS], np.inf]  # sorted by their western edge
    pairs = 0
    for edge, next_edge in pairwise(edges):
        strip = outlines[(west < next_edge) & (east >= edge)]
        tree, strip_west = shapely.STRtree(strip), shapely.bounds(strip)[:, 0]
        for start in range(0, len(strip), QUERY_ROWS):
            a, b = tree.query(strip[start : start + QUERY_ROWS], predicate="intersects")
            a += start
            pairs += int(np.count_nonzero((a < b) & (np.maximum(strip_west[a], strip_west[b]) >= edge)))
    return pairs


ENGINES: dict[str, Callable[[Path, int, Path], int | None]] = {
    "duckdb": duckdb_pairs,
    "sedonadb": sedonadb_pairs,
    "tree": tree_pairs,
}


def main() -> None:
    """Join, and write how many pairs there are."""
    engine, file, memory_mb, spill, answer = sys.argv[1:]
    pairs = ENGINES[engine](Path(file), int(memory_mb), Path(spill))
    Path(answer).write_text(f"{-1 if pairs is None else pairs} {peak_mb():.0f}", encoding="utf-8")


def peak_mb() -> float:
    """The most memory of this process [MB]; the kernel's account of a child begins with what its parent held."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    main()
