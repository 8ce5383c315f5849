"""Computes the sky of cells: blocks of similar latitude, in threads, since NumPy computes outside Python's lock."""

import os
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from loaders.irradiance.clear_sky.contract import MONTHS, SKY, SUMS
from loaders.irradiance.clear_sky.grids import elevation_m, turbidity
from loaders.irradiance.clear_sky.model import monthly
from loaders.irradiance.panels import orientation
from loaders.irradiance.prefetch import prefetched
from loaders.settings.irradiance import Irradiance

CELLS_AT_ONCE = 64  # their arrays fit in the cache of a processor


def skies(cells: pa.Table, settings: Irradiance) -> tuple[Iterator[pa.Table], int]:
    """The sky of cells (columns of CELLS): its rows (columns of SKY) by latitude, in blocks, and their number."""
    cells = cells.take(np.argsort(cells["lat"].to_numpy(), kind="stable"))
    lat, lon = cells["lat"].to_numpy(), cells["lon"].to_numpy()
    heights, hazes = elevation_m(lat, lon), turbidity(lat, lon)

    def sky(first: int) -> pa.Table:
        block = slice(first, first + CELLS_AT_ONCE)
        sums = monthly(lat[block], heights[block], hazes[block], *orientation(lat[block], settings))
        columns = [pa.FixedSizeListArray.from_arrays(getattr(sums, name).ravel(), type=MONTHS) for name in SUMS]
        return pa.table([*cells.slice(first, CELLS_AT_ONCE).columns, heights[block], *columns], schema=SKY)

    blocks = range(0, len(cells), CELLS_AT_ONCE)
    return prefetched(sky, blocks, os.cpu_count() or 1), len(blocks)
