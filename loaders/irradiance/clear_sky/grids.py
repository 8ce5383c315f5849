"""Elevation and Linke turbidity of places, from the grids of pvlib.

pvlib's own functions open their file again for each place, which takes longer than to compute its sky.
"""

from pathlib import Path

import h5py
import numpy as np
import pvlib

from loaders.core.arrays import Numbers, Rows

FOLDER = Path(pvlib.__file__).parent / "data"
NO_ELEVATION = 255
M_PER_STEP, LOWEST_M = 28, -450  # as elevations are encoded
STEPS_PER_TURBIDITY = 20


def elevation_m(lat: Numbers, lon: Numbers) -> Numbers:
    """Elevation of each place [m], 0 where unknown: `pvlib.location.lookup_altitude`."""
    codes = _values("Altitude.h5", "Altitude", lat, lon)
    return np.where(codes == NO_ELEVATION, 0.0, codes.astype(np.float64) * M_PER_STEP + LOWEST_M)


def turbidity(lat: Numbers, lon: Numbers) -> Numbers:
    """Linke turbidity of each place and month [1], shape (places, 12): `pvlib.clearsky.lookup_linke_turbidity`."""
    return _values("LinkeTurbidities.h5", "LinkeTurbidity", lat, lon) / STEPS_PER_TURBIDITY


def _values(file_name: str, name: str, lat: Numbers, lon: Numbers) -> np.ndarray:
    """The values of the nearest nodes of a grid, of which each tile with a place is decompressed once."""
    with h5py.File(FOLDER / file_name) as file:
        grid = file[name]
        row, column = _nearest(lat, 90, -90, grid.shape[0]), _nearest(lon, -180, 180, grid.shape[1])
        values = np.empty((len(lat), *grid.shape[2:]), grid.dtype)
        height, width = grid.chunks[:2]
        tiles, tile_of_place = np.unique(np.stack([row // height, column // width]), axis=1, return_inverse=True)
        for number, (top, left) in enumerate((tiles.T * (height, width)).tolist()):
            inside = np.flatnonzero(tile_of_place == number)
            tile = grid[top : top + height, left : left + width]
            values[inside] = tile[row[inside] - top, column[inside] - left]
    return values


def _nearest(degrees: Numbers, start: float, end: float, count: int) -> Rows:
    """Index of the nearest of `count` nodes, which lie in the middle of equal parts of [start, end] [°]."""
    per_degree = count / (end - start)
    centre = start + 1 / per_degree / 2
    return np.around((degrees - centre) * per_degree).clip(0, count - 1).astype(np.intp)
