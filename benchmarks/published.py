"""The published files as anybody reads them with geopandas."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from benchmarks.inventory_kinds import KINDS
from benchmarks.outputs import PUBLISHED


def read_published(folder: Path, key: str, *, use_arrow: bool) -> gpd.GeoDataFrame:
    """One inventory in the CRS of its file.

    Args:
        folder: of a project of `benchmarks.inventories`.
        key: of the inventory.
        use_arrow: whether GDAL hands over Arrow, which geopandas does not ask for by itself.
    """
    kind = KINDS[key]
    path = folder / PUBLISHED / (kind.archive or kind.file)
    if kind.archive:
        return gpd.read_file(f"/vsizip/{path}/{kind.file}", use_arrow=use_arrow)
    if path.suffix == ".parquet":
        return gpd.read_parquet(path)
    if path.suffix != ".csv":
        return gpd.read_file(path, use_arrow=use_arrow)
    rows = pd.read_csv(path)
    if "wkt" in rows:
        return gpd.GeoDataFrame(rows.drop(columns="wkt"), geometry=shapely.from_wkt(rows["wkt"]), crs="EPSG:4326")
    return gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["xlong"], rows["ylat"]), crs="EPSG:4326")
