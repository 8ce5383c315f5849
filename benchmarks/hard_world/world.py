"""Write the harder world as published files, with a project that loads them and the truth about every record."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from benchmarks.hard_world.farms import COPY, DATASETS, MARKET, NEXT_EDITION, REGISTER
from benchmarks.hard_world.traps import TRAPS
from benchmarks.real.project import write_project
from benchmarks.world import TRUTH
from benchmarks.world_plants import ACROSS, positions, site_cells
from loaders.geo.earth import metres_per_degree

COPIED_SHARE, COARSE_SHARE, COARSE_DECIMALS = 0.5, 0.5, 3
RECORDS_PER_SITE = 4.65
PUBLISHED = ["id", "name", "area_m2", "mw", "year", "wkt"]
DECIMALS = 6


def make_hard_world(folder: Path, records: int, seed: int) -> int:
    """Make the project; returns how many records its datasets have, about as many as were asked for.

    Args:
        folder: of the project.
        records: of all datasets together.
        seed: the same one makes the same world.
    """
    listed = hard_records(records, seed)
    write_project(folder, {key: entry(folder / f"{key}.csv") for key in DATASETS})
    for key, rows in listed.groupby("dataset"):
        rows[PUBLISHED].to_csv(folder / f"{key}.csv", index=False)
    truth = {
        "record_id": listed["dataset"] + ":" + listed["id"],
        "plant": listed["plant"].to_numpy(np.int64),
        "trap": listed["trap"],
    }
    pq.write_table(pa.table(truth), folder / TRUTH)
    return len(listed)


def entry(path: Path) -> dict[str, Any]:
    """The settings of a dataset."""
    columns: dict[str, Any] = {
        "source_id": "id",
        "name": "name",
        "area": {"column": "area_m2", "unit": "m2"},
        "capacity": {"column": "mw", "unit": "MW"},
        "installed": "year",
    }
    read = {"crs": "EPSG:4326", "wkt": "wkt"}
    return {"source": {"path": str(path)}, "read": read, "columns": columns, "licence": "CC0-1.0"}


def hard_records(records: int, seed: int) -> pd.DataFrame:
    """The records of all datasets: what is published of them, and the truth."""
    random = np.random.default_rng(seed)
    sites = round(records / RECORDS_PER_SITE)
    drafts = list(_of_traps(sites, random))
    listed = pd.concat([*drafts, _copies(pd.concat(drafts), random)], ignore_index=True)
    listed = listed.sample(frac=1, random_state=seed).reset_index(drop=True)
    return _with_identifiers(_on_earth(listed, sites, seed))


def _of_traps(sites: int, random: np.random.Generator) -> Iterator[pd.DataFrame]:
    """The records of each kind of trap."""
    plants = 0
    for number, (name, trap) in enumerate(TRAPS.items()):
        rows = pd.concat(trap(np.arange(number, sites, len(TRAPS)), random), ignore_index=True)
        rows["plant"] += plants
        plants = rows["plant"].max() + 1
        yield rows.assign(trap=name)


def _copies(drafts: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """A dataset copied from the first edition of the register, and from the market where the register has nothing.

    Half of it has three decimals of a degree only.
    """
    source = drafts[drafts["dataset"].isin([REGISTER, MARKET]) & ~drafts["trap"].isin(["placeholder"])]
    source = source.sort_values("dataset", ascending=False).drop_duplicates("plant")
    copied = source[random.random(len(source)) < COPIED_SHARE]
    decimals = copied["decimals"].mask(random.random(len(copied)) < COARSE_SHARE, COARSE_DECIMALS)
    return copied.assign(dataset=COPY, decimals=np.fmin(copied["decimals"], decimals))


def _on_earth(listed: pd.DataFrame, sites: int, seed: int) -> pd.DataFrame:
    """Shapes, from the frames of the sites to longitude and latitude; site -1 is (0, 0)."""
    lon, lat = positions(site_cells(sites, seed), ACROSS, np.random.default_rng(seed))
    lon, lat = np.append(lon, 0.0), np.append(lat, 0.0)
    site = listed["site"].to_numpy()
    east, north = metres_per_degree(lat[site])
    x = lon[site] + listed["x_m"].to_numpy() / east
    y = lat[site] + listed["y_m"].to_numpy() / north
    for decimals in listed["decimals"].dropna().unique():
        is_rounded = listed["decimals"].eq(decimals)
        x, y = (np.where(is_rounded, values.round(int(decimals)), values) for values in (x, y))
    half = np.nan_to_num(listed["side_m"].to_numpy(dtype=np.float64)) / 2
    boxes = shapely.box(x - half / east, y - half / north, x + half / east, y + half / north)
    shapes = np.where(half > 0, boxes, shapely.points(x, y))
    return listed.assign(wkt=shapely.to_wkt(shapes, DECIMALS))


def _with_identifiers(listed: pd.DataFrame) -> pd.DataFrame:
    """Identifiers: the same in both editions of the register, else numbers of their own."""
    own = listed.groupby("dataset").cumcount() + 1
    of_register = "R" + listed["plant"].astype(str)
    is_register = listed["dataset"].isin([REGISTER, NEXT_EDITION])
    return listed.assign(id=of_register.where(is_register, own.astype(str)))
