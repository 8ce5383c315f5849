"""Load made-up farms with `eo-pv load`: time, the most memory, and whether the file's size shows in it.

    python -m benchmarks.load [polygons …]       by default 300000 3000000
    python -m benchmarks.load --format gpkg 300000

The farms are rotated rectangles and L-shapes in four regions, some of them invalid, with five columns.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyogrio
import shapely
import yaml

from benchmarks.measure import measured

CHUNK = 50_000
CORNERS = np.array([(-1, -1), (1, -1), (1, 0), (0, 0), (0, 1), (-1, 1), (-1, -1)])  # an L
BOW_TIE = np.array([(-1, -1), (1, 1), (1, -1), (-1, 1), (-1, 1), (-1, 1), (-1, -1)])  # invalid
INVALID_SHARE = 0.01
REGIONS = np.array([(10.0, 50.0), (77.0, 20.0), (-100.0, 35.0), (115.0, 35.0)])


def outlines(count: int, seed: int) -> np.ndarray:
    """Rings in EPSG:4326, shape (count, 7, 2), of 20 to 500 m."""
    random = np.random.default_rng(seed)
    centres = REGIONS[random.integers(0, len(REGIONS), count)] + random.uniform(-6, 6, (count, 2))
    half_deg = random.uniform(1e-4, 2.5e-3, (count, 1, 1))
    turn = random.uniform(0, 2 * np.pi, count)
    turned = np.stack([np.stack([np.cos(turn), -np.sin(turn)], -1), np.stack([np.sin(turn), np.cos(turn)], -1)], -2)
    corners = np.where(random.random((count, 1, 1)) < INVALID_SHARE, BOW_TIE, CORNERS)
    rings: np.ndarray = np.round(centres[:, None, :] + half_deg * np.einsum("nij,nkj->nki", turned, corners), 7)
    return rings


def chunks(count: int) -> Iterator[tuple[int, np.ndarray]]:
    """The outlines, with the number of the first."""
    for first in range(0, count, CHUNK):
        yield first, outlines(min(CHUNK, count - first), seed=first)


def write_geojson(path: Path, count: int) -> None:
    """One feature a line."""
    with path.open("w", encoding="ascii") as file:
        file.write('{"type":"FeatureCollection","features":[\n')
        for first, rings in chunks(count):
            lines = (json.dumps(_feature(first + row, ring)) for row, ring in enumerate(rings.tolist()))
            file.write(("" if first == 0 else ",\n") + ",\n".join(lines))
        file.write("\n]}\n")


def _feature(number: int, ring: list[list[float]]) -> dict[str, object]:
    properties = {
        "osm_id": number,
        "area": 1000.0 + number % 977,
        "mw": (number % 400) / 8,
        "year": 2005 + number % 20,
        "name": f"Farm {number}",
    }
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def write_with_gdal(path: Path, count: int) -> None:
    """In any format that can be appended to."""
    for first, rings in chunks(count):
        numbers = np.arange(first, first + len(rings))
        pyogrio.raw.write(
            path,
            shapely.to_wkb(shapely.polygons(rings)),
            [numbers, 1000.0 + numbers % 977, (numbers % 400) / 8, 2005 + numbers % 20],
            ["osm_id", "area", "mw", "year"],
            crs="EPSG:4326",
            geometry_type="Polygon",
            append=first > 0,
        )


def entry(file: str) -> dict[str, object]:
    """The settings of a dataset that is one of these files."""
    columns = {
        "source_id": "osm_id",
        "area": {"column": "area", "unit": "m2"},
        "capacity": {"column": "mw", "unit": "MW"},
        "installed": "year",
    }
    return {"source": {"path": file}, "columns": columns}


def project(folder: Path, suffix: str) -> None:
    """Settings for the one dataset."""
    datasets = {"farms": entry(f"farms.{suffix}")}
    (folder / "params.yaml").write_text(yaml.safe_dump({"origin": "doi", "datasets": datasets}))


def main() -> None:
    """Print a line for each size."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("polygons", nargs="*", type=int, default=[300_000, 3_000_000])
    options.add_argument("--format", choices=["geojson", "gpkg", "fgb", "shp"], default="geojson")
    chosen = options.parse_args()
    write = write_geojson if chosen.format == "geojson" else write_with_gdal
    program = [sys.executable, "-m", "loaders"]
    for count in chosen.polygons:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write(folder / f"farms.{chosen.format}", count)
            project(folder, chosen.format)
            for step in ("resolve", "fetch"):
                measured([*program, step, "farms"], folder)
            size_mb = (folder / f"farms.{chosen.format}").stat().st_size / 1e6
            figures = measured([*program, "load", "farms"], folder)
            print(f"{count:,} polygons, {chosen.format} of {size_mb:,.0f} MB: {figures}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
