# ruff: noqa: T201 (its result)
"""Reads the published tables again and again, as a notebook does, until its standard input ends.

python -m tests.chaos.reader data/sample/eo_pv_data.duckdb data/sample/curated/curated_pv_records.parquet
"""

import os
import sys
from pathlib import Path
from threading import Thread

import duckdb
import pyarrow.parquet as pq

COUNT = "select count(*) from curated.curated_pv_records"


def read_until_told(database: Path, records: Path) -> str:
    """How often the tables could be read, and how many records they had; one database and one file stay open."""
    waiting = Thread(target=os.read, args=(sys.stdin.fileno(), 1), daemon=True)
    waiting.start()
    counts: set[int] = set()
    times = 0
    with duckdb.connect(str(database), read_only=True) as kept, records.open("rb") as file:
        while waiting.is_alive():
            counts |= {kept.execute(COUNT).fetchall()[0][0], len(pq.read_table(file)), len(pq.read_table(records))}
            times += 1
    return f"{times} times {', '.join(map(str, sorted(counts)))} records"


if __name__ == "__main__":
    print(read_until_told(Path(sys.argv[1]), Path(sys.argv[2])))
