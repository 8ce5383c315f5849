"""Datasets derived from real ones: decoys, every match to which is wrong, and other inventories of the same plants."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import shapely

from benchmarks.real.inventories import Identifier, Inventory
from loaders.core.arrays import Numbers
from loaders.geo.earth import metres_per_degree

DECOY_DEG = 0.1  # 11 km: beyond the reach of any rule
MEAN_MOVE_M = 400.0  # of a plant of the mean radius; a larger one moves further
LISTED_SHARE = 0.6  # of the plants, in each other inventory
RESIZED_SHARE, RESIZED_BY = 0.5, 0.3  # standard deviation of the logarithm of the capacity
UNNAMED_SHARE, WRONG_NAME_SHARE = 0.5, 0.3  # the latter of those with a name
MW_PER_M2 = 56e-6
COLUMNS = ["source_id", "geometry", "centroid_lon", "centroid_lat", "source_area_m2", "capacity_mw", "installed_to"]
WRITTEN = ["source_id", "plant", "name", "source_area_m2", "capacity_mw", "year", "wkt"]


def decoy(inventory: Inventory, loaded: Path, folder: Path) -> Inventory:
    """A copy of a dataset, moved north by a tenth of a degree.

    Args:
        inventory: the dataset.
        loaded: its canonical records.
        folder: where to write the copy.
    """
    records = _records(inventory, loaded)
    shapes = shapely.from_wkb(records["geometry"].to_numpy())
    records["wkt"] = shapely.to_wkt(shapely.transform(shapes, lambda xy: np.add(xy, (0, DECOY_DEG))), 7)
    return _written(f"{inventory.key}_decoy", records, folder, {})


def other_inventory(newest: Inventory, loaded: Path, folder: Path, number: int) -> Inventory:
    """A made-up inventory that lists some of the plants at other positions, with other names and capacities.

    Args:
        newest: the newest edition of the real inventory.
        loaded: its canonical records.
        folder: where to write it.
        number: of the made-up inventory, which is also its seed.
    """
    random = np.random.default_rng(number)
    everything = _records(newest, loaded)
    records = everything[random.random(len(everything)) < LISTED_SHARE].reset_index(drop=True)
    records["plant"] = records["source_id"]
    lon, lat = _moved(records, random)
    is_resized = random.random(len(records)) < RESIZED_SHARE
    factor = np.exp(random.normal(0, RESIZED_BY, len(records)) * is_resized)
    records["capacity_mw"] = (records["capacity_mw"] * factor).round(2)
    records["source_area_m2"] = np.nan
    if "name" in records:
        is_wrong = random.random(len(records)) < WRONG_NAME_SHARE
        names = records["name"].where(~is_wrong, random.permutation(records["name"]))
        records["name"] = names.mask(random.random(len(records)) < UNNAMED_SHARE)
    records["wkt"] = shapely.to_wkt(shapely.points(lon, lat), 7)
    records["source_id"] = np.arange(len(records)) + 1
    truth = {next(iter(newest.truth)): Identifier("plant")}
    return _written(f"made_up_{number}_2025", records, folder, truth)


def _moved(records: pd.DataFrame, random: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Positions, moved by an exponential that is proportional to the plant's radius."""
    area_m2 = records["source_area_m2"].fillna(records["capacity_mw"] / MW_PER_M2).fillna(0)
    radius_m = np.sqrt(area_m2.to_numpy(dtype=np.float64) / np.pi)
    far_m = random.exponential(MEAN_MOVE_M, len(records)) * radius_m / radius_m.mean()
    way = random.uniform(0, 2 * np.pi, len(records))
    lon, lat = (records[f"centroid_{axis}"].to_numpy() for axis in ("lon", "lat"))
    east, north = metres_per_degree(lat)
    return lon + far_m * np.cos(way) / east, lat + far_m * np.sin(way) / north


def _records(inventory: Inventory, loaded: Path) -> pd.DataFrame:
    """Canonical records, with their published names."""
    table: pd.DataFrame = pq.read_table(loaded, columns=[*COLUMNS, "source_attributes"]).to_pandas()
    attributes = table.pop("source_attributes")
    if inventory.name_column:
        table["name"] = [json.loads(text).get(inventory.name_column) for text in attributes]
    return table


def _written(key: str, records: pd.DataFrame, folder: Path, truth: dict[str, Identifier]) -> Inventory:
    """Write the records as a CSV file that the loaders read like any other."""
    path = folder / f"{key}.csv"
    folder.mkdir(parents=True, exist_ok=True)
    records["year"] = pd.to_datetime(records["installed_to"]).dt.year.astype("Int64")
    records[[name for name in WRITTEN if name in records]].to_csv(path, index=False)
    columns: dict[str, Any] = {
        "source_id": "source_id",
        "area": {"column": "source_area_m2", "unit": "m2"},
        "capacity": {"column": "capacity_mw", "unit": "MW"},
        "installed": "year",
    }
    if "name" in records:
        columns["name"] = "name"
    entry = {"read": {"crs": "EPSG:4326", "wkt": "wkt"}, "columns": columns, "licence": "CC0-1.0"}
    return Inventory(key, path, key, 0, entry, truth)
