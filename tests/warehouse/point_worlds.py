"""Worlds of points: small cases after mistakes that were seen on published inventories, drawn in metres.

Each lies at a place of its own on the equator. `plant` is the truth, within its world.
"""

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".csv")
DATASETS = {"a": "p_first_2021", "b": "q_second_2023", "c": "r_third_2024", "d": "s_fourth_2025"}
EAST_OF = 100  # [°]: the drawn worlds of outlines lie west of it
EAST_M_PER_DEG, NORTH_M_PER_DEG = 111_319.49, 110_574.28  # at the equator, WGS 84
COLUMNS = ("id", "name", "lon", "lat", "area_m2", "mw", "year")

Row = dict[str, str]


def point_worlds() -> dict[str, list[Row]]:
    """Records by the name of their world."""
    worlds: dict[str, list[Row]] = defaultdict(list)
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            worlds[row["world"]].append(row)
    return dict(worlds)


def record_id(number: int, row: Row) -> str:
    """Of a row of the n-th world."""
    return f"{DATASETS[row['dataset']]}:{number}-{row['id']}"


def write_point_worlds(root: Path) -> dict[str, dict[str, Any]]:
    """Write one file for each dataset; returns their settings."""
    rows: dict[str, list[tuple[str, ...]]] = {key: [] for key in DATASETS.values()}
    for number, world in enumerate(point_worlds().values()):
        for row in world:
            rows[DATASETS[row["dataset"]]].append(_published(number, row))
    for key, published in rows.items():
        with (root / f"{key}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *published])
    return {key: _entry(f"{key}.csv") for key in rows}


def _published(number: int, row: Row) -> tuple[str, ...]:
    lon = EAST_OF + 2 * number + float(row["east_m"]) / EAST_M_PER_DEG
    lat = float(row["north_m"]) / NORTH_M_PER_DEG
    return (f"{number}-{row['id']}", row["name"], f"{lon:.8f}", f"{lat:.8f}", row["area_m2"], row["mw"], row["year"])


def _entry(path: str) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "source_id": "id",
        "name": "name",
        "area": {"column": "area_m2", "unit": "m2"},
        "capacity": {"column": "mw", "unit": "MW"},
        "installed": "year",
    }
    read = {"crs": "EPSG:4326", "longitude": "lon", "latitude": "lat"}
    return {"source": {"path": path}, "read": read, "columns": columns, "licence": "CC0-1.0"}
