"""Reads the published tables again and again, as a notebook does, until its standard input ends.

    python -m tests.chaos.reader data/sample/eo_pv_data.duckdb data/sample/curated
"""

import sys
from pathlib import Path
from threading import Thread

import duckdb
import pyarrow.parquet as pq

COUNT = "select count(*) from curated.curated_pv_records"


def read_until_told(database: Path, folder: Path) -> str:
    """How often all tables could be read, and how many records they had; a database stays open all the time."""
    waiting = Thread(target=sys.stdin.read, daemon=True)
    waiting.start()
    counts: set[int] = set()
    times = 0
    with duckdb.connect(str(database), read_only=True) as kept, (folder / "curated_pv_records.parquet").open("rb") as file:
        while waiting.is_alive():
            counts |= {pq.read_table(path).num_rows for path in (folder / "curated_pv_records.parquet",)}
            counts |= {len(pq.read_table(file)), kept.execute(COUNT).fetchall()[0][0]}
            times += 1
    return f"{times} times {', '.join(map(str, sorted(counts)))} records"


if __name__ == "__main__":
    print(read_until_told(Path(sys.argv[1]), Path(sys.argv[2])))  # noqa: T201 (its result)
