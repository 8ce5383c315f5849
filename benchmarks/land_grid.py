"""Build from a point in the middle of each H3 cell of land, high plateaus and poles too: no place may stop a build.

python -m benchmarks.land_grid [--resolution 3] [--keep FOLDER]
"""

import argparse
import csv
import json
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from h3ronpy import cells_parse, change_resolution
from h3ronpy.vector import cells_to_coordinates
from rich.console import Console

from benchmarks.measure import Figures
from benchmarks.real.project import build, load, write_project
from benchmarks.tables import table
from benchmarks.world import BOUNDARIES, ORIGIN
from loaders.core.arrays import Numbers
from loaders.core.paths import ProjectPaths
from loaders.core.terminal import out
from loaders.db.connection import connect
from loaders.geo.geometry import h3_cells

KEY = "world_land_grid_2026"
BASE_STEP_DEG = 5  # smaller than a cell of resolution 0, so that each has a position in it
POLES = np.array([[0.0, 90.0], [0.0, -90.0]])  # lon and lat [°]
SUMS = ("ghi_kwh_per_m2", "dni_kwh_per_m2", "dhi_kwh_per_m2", "poa_kwh_per_m2", "specific_yield_kwh_per_kwp")
RANGES = f"""
    select {", ".join(f"min({name}), max({name})" for name in SUMS)}
    from staging.stg_solar_irradiance
    where month is null
"""  # noqa: S608 (columns of ours)


def land_positions(resolution: int) -> Numbers:
    """Centres of the H3 cells whose centre is on land by the bundled boundaries, and both poles: lon and lat [°]."""
    lon, lat = np.meshgrid(np.arange(-180, 180, BASE_STEP_DEG), np.arange(-90, 91, BASE_STEP_DEG))
    base = np.unique(h3_cells(lon.ravel().astype(float), lat.ravel().astype(float), 0).astype(str))
    centres = pa.record_batch(
        cells_to_coordinates(change_resolution(cells_parse(pa.array(base, pa.string())), resolution))
    )
    positions = np.column_stack([centres.column(name).to_numpy() for name in ("lng", "lat")])
    areas = pq.read_table(BOUNDARIES / "division_area.parquet", columns=["geometry"])["geometry"]
    land = shapely.union_all(shapely.make_valid(shapely.from_wkb(areas.to_numpy(zero_copy_only=False))))
    shapely.prepare(land)
    on_land: Numbers = positions[shapely.contains_xy(land, positions)]
    return np.vstack((on_land, POLES))


def write_grid(folder: Path, resolution: int) -> int:
    """Write a project of one plant at each position; returns their number."""
    entry = {
        "source": {"path": "plants.csv"},
        "read": {"crs": "EPSG:4326", "longitude": "lon", "latitude": "lat"},
        "columns": {"source_id": "id", "capacity": {"column": "mw", "unit": "MW", "basis": "dc"}},
        "licence": "CC0-1.0",
    }
    write_project(folder, {KEY: entry})
    positions = land_positions(resolution)
    with (folder / "plants.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "lon", "lat", "mw"])
        rows.writerows([number, lon, lat, 10] for number, (lon, lat) in enumerate(positions.round(7).tolist(), start=1))
    return len(positions)


def run(folder: Path, resolution: int, console: Console) -> Figures:
    """Make the project, build it, and print what the irradiation ranges over; a failure raises."""
    console.print(f"{write_grid(folder, resolution):,} positions")
    load(folder, [KEY])
    figures = build(folder)
    paths = ProjectPaths(folder, ORIGIN)
    with connect(paths.database, read_only=True) as connection:
        values = connection.sql(RANGES).fetchall()[0]
    rows = [(name, f"{values[2 * n]:,.0f}", f"{values[2 * n + 1]:,.0f}") for n, name in enumerate(SUMS)]
    console.print(table(("a year", "least", "most"), rows))
    metrics = json.loads(paths.build_metrics.read_text(encoding="utf-8"))
    console.print(f"{metrics['installations']:,} installations, flags: {metrics['flags']}. The build took {figures}")
    return figures


def main() -> None:
    """Build in a scratch folder, or in one that is kept."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--resolution", type=int, default=3, help="of H3")
    options.add_argument("--keep", type=Path, help="an empty folder for the project")
    arguments, console = options.parse_args(), out
    with tempfile.TemporaryDirectory() as scratch:
        run(arguments.keep or Path(scratch), arguments.resolution, console)


if __name__ == "__main__":
    main()
