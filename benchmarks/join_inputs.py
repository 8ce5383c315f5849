"""The outlines of a loaded world in one file, as few or as many of them as a measurement needs.

python -m benchmarks.join_inputs LOADED_FOLDER FILE ROWS
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from loaders.core.arrays import Numbers

COPY_DEG = 361.0  # a copy is further east than any outline of the one before
GROUP_ROWS = 50_000
SCHEMA = pa.schema([("number", pa.int64()), ("geometry", pa.binary())])


def write_outlines(loaded: Path, file: Path, rows: int) -> int:
    """Write GeoParquet of so many outlines, sorted by their western edge; returns how many there are.

    Args:
        loaded: folder of the loaded files of a world.
        file: to write.
        rows: fewer than the world has are its westernmost ones; more are whole copies, side by side, rounded down.
    """
    outlines = np.concatenate(list(_outlines(loaded)))
    outlines = outlines[np.argsort(shapely.bounds(outlines)[:, 0], kind="stable")]
    first = outlines[: min(rows, len(outlines))]
    with pq.ParquetWriter(file, SCHEMA.with_metadata(_geo_metadata()), compression="zstd") as writer:
        copies = max(1, rows // len(outlines))
        for copy in range(copies):
            moved = _moved(first, copy * COPY_DEG) if copy else first
            number = copy * len(first) + np.arange(len(first))
            table = pa.table([number, shapely.to_wkb(moved)], schema=SCHEMA)
            writer.write_table(table, row_group_size=GROUP_ROWS)
    return copies * len(first)


def _outlines(loaded: Path) -> Iterator[Numbers]:
    for path in sorted(loaded.glob("*.parquet")):
        if not path.name.endswith(".rejected.parquet"):
            table = pq.read_table(path, columns=["geometry", "geometry_kind"])
            is_outline = np.asarray(table["geometry_kind"].to_numpy(zero_copy_only=False)) == "polygon"
            yield shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False)[is_outline])


def _moved(outlines: Numbers, east_deg: float) -> Numbers:
    return np.asarray(shapely.transform(outlines, lambda lon_lat: lon_lat + np.array([east_deg, 0.0])))


def _geo_metadata() -> dict[bytes, bytes]:
    """GeoParquet's; without a CRS, for copies lie beyond the range of longitudes."""
    return {
        b"geo": b'{"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": '
        b'{"encoding": "WKB", "geometry_types": [], "crs": null}}}'
    }


if __name__ == "__main__":
    write_outlines(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
