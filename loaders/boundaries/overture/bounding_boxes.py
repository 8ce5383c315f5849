"""Bounding boxes around cells with records, which limit what is read of a release."""

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from loaders.core.arrays import Numbers
from loaders.geo.earth import LEAST_NORTH_M

TILE_DEG = 30  # one box at most for each tile of the world, which is one request
CELL_RADIUS_KM = 85  # farthest corner of an H3 cell of resolution 3 from its centre
DECIMALS = 2
METRES_PER_KM = 1000


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A bounding box in EPSG:4326 [°]; it does not cross the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def contains(self, other: "Box") -> bool:
        """Whether another box is inside this one."""
        return (
            self.west <= other.west
            and self.south <= other.south
            and self.east >= other.east
            and self.north >= other.north
        )

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """West, south, east, north [°]."""
        return self.west, self.south, self.east, self.north


def boxes_around(cells: pa.Table, margin_km: float) -> list[Box]:
    """One box at most for each tile of the world, around the cells in it plus a margin.

    Args:
        cells: lon and lat [°] of the centres of H3 cells of resolution 3, EPSG:4326.
        margin_km: around the cells.
    """
    lon, lat = cells["lon"].to_numpy(), cells["lat"].to_numpy()
    tiles = np.column_stack([np.floor(lon / TILE_DEG), np.floor(lat / TILE_DEG)])
    boxes: set[Box] = set()
    for tile in np.unique(tiles, axis=0):
        inside = (tiles == tile).all(axis=1)
        boxes.update(_boxes_around_positions(lon[inside], lat[inside], margin_km + CELL_RADIUS_KM))
    return sorted(boxes)


def _boxes_around_positions(lon: Numbers, lat: Numbers, km: float) -> list[Box]:
    """The box around positions; two of them across the antimeridian."""
    deg = km / (LEAST_NORTH_M / METRES_PER_KM)
    south, north = max(float(lat.min()) - deg, -90), min(float(lat.max()) + deg, 90)
    farthest_lat = max(abs(south), abs(north))
    margin_deg = 180.0 if farthest_lat > 89 else min(deg / math.cos(math.radians(farthest_lat)), 180.0)
    west, east = float(lon.min()) - margin_deg, float(lon.max()) + margin_deg
    if east - west >= 360:
        return [_rounded(-180, south, 180, north)]
    parts = [_rounded(max(west, -180), south, min(east, 180), north)]
    if west < -180:
        parts.append(_rounded(west + 360, south, 180, north))
    if east > 180:
        parts.append(_rounded(-180, south, east - 360, north))
    return parts


def _rounded(west: float, south: float, east: float, north: float) -> Box:
    """Round outwards, so that the same cells always give the same box."""
    scale = 10**DECIMALS
    low = [math.floor(value * scale) / scale for value in (west, south)]
    high = [math.ceil(value * scale) / scale for value in (east, north)]
    return Box(low[0], low[1], high[0], high[1])
