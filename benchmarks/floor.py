"""The floor: the least that any program does with the published files. No rows accounted for, no duplicates.

    python -m benchmarks.floor FOLDER

Reads each file with GDAL (CSV and GeoParquet with pandas and Arrow), measures areas on the ellipsoid by an equal-area
projection, which is faster than geodesic formulas, writes GeoParquet, and joins all records with one another in space.
"""

import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd

from benchmarks.inventory_kinds import KINDS
from benchmarks.outputs import FLOOR, JOINED
from benchmarks.published import read_published


def load(folder: Path, key: str) -> gpd.GeoDataFrame:
    """One inventory in longitude and latitude, with areas; written, too."""
    frame = read_published(folder, key, use_arrow=True).to_crs("EPSG:4326")
    frame["area_m2"] = frame.to_crs("EPSG:6933").area
    frame.to_parquet(folder / FLOOR / f"{key}.parquet")
    return frame[["geometry"]].assign(dataset_key=key)


def main() -> None:
    """Load all inventories, then join them."""
    folder = Path(sys.argv[1])
    (folder / FLOOR).mkdir(exist_ok=True)
    records = pd.concat([load(folder, key) for key in KINDS], ignore_index=True)
    pairs = gpd.sjoin(records, records[["geometry"]], predicate="intersects")
    pairs[["dataset_key", "index_right"]].to_parquet(folder / FLOOR / JOINED)


if __name__ == "__main__":
    main()
