"""Hexagons for the far view: the H3 cells that hold installations, at a few resolutions, each within its parent."""

from dataclasses import dataclass

import h3ronpy
import numpy as np
import pyarrow as pa
import shapely
from h3ronpy.vector import cells_to_wkb_polygons, coordinates_to_cells

from loaders.geo.antimeridian import HALF_WORLD, WORLD
from loaders.report.map.ragged import Array, starts_of

RESOLUTIONS = (2, 3, 4, 5)
CORNERS = 6


@dataclass(frozen=True, slots=True)
class Hexagons:
    """The cells of one resolution.

    Attributes:
        resolution: of H3.
        corners: longitude and latitude of each cell's corners [°], shape (cells, 6, 2); beyond 180° where it crosses.
        parent: number of each cell's parent at the next coarser resolution; empty at the coarsest.
    """

    resolution: int
    corners: Array
    parent: Array


def hexagons(lon: Array, lat: Array) -> tuple[list[Hexagons], Array]:
    """The cells of all resolutions, coarsest first, and the number of the finest one of each installation."""
    cells = np.asarray(pa.array(coordinates_to_cells(lat, lon, RESOLUTIONS[-1])).to_numpy(), np.uint64)
    distinct, of_installation = np.unique(cells, return_inverse=True)
    levels: list[Hexagons] = []
    for resolution, coarser in zip(reversed(RESOLUTIONS), [*reversed(RESOLUTIONS[:-1]), None], strict=True):
        parents, parent = np.zeros(0, np.uint64), np.zeros(0, np.int64)
        if coarser is not None:
            above = np.asarray(pa.array(h3ronpy.change_resolution(distinct, coarser)).to_numpy(), np.uint64)
            parents, parent = np.unique(above, return_inverse=True)
        levels.insert(0, Hexagons(resolution, _corners(distinct), parent.astype("<u4")))
        distinct = parents
    return levels, of_installation.astype("<u4")


def hexagon_files(levels: list[Hexagons]) -> dict[str, bytes]:
    """The files of hexagons, by name."""
    files = {}
    for level in levels:
        files[f"map/hexagons/{level.resolution}"] = level.corners.astype("<f4").tobytes()
        if len(level.parent):
            files[f"map/hexagons/{level.resolution}_parent"] = level.parent.astype("<u4").tobytes()
    return files


def _corners(cells: Array) -> Array:
    shapes = shapely.from_wkb(pa.array(cells_to_wkb_polygons(cells)).to_numpy(zero_copy_only=False))
    xy, starts = shapely.get_coordinates(shapes), starts_of(shapely.get_num_coordinates(shapes))
    is_plain = np.diff(starts) == CORNERS + 1  # the last one is the first
    corners = np.zeros((len(cells), CORNERS, 2))
    corners[is_plain] = xy[starts[:-1][is_plain, None] + np.arange(CORNERS)]
    for row in np.flatnonzero(~is_plain).tolist():
        corners[row] = _six(xy[starts[row] : starts[row + 1] - 1])
    lon = corners[:, :, 0]
    east = lon - lon[:, :1]
    lon[east > HALF_WORLD] -= WORLD
    lon[east < -HALF_WORLD] += WORLD
    return corners.astype("<f4")


def _six(ring: Array) -> Array:
    """Six corners: a pentagon repeats one, and a cell across an edge of the icosahedron has more, nearly straight."""
    while len(ring) > CORNERS:
        before, after = np.roll(ring, 1, axis=0) - ring, np.roll(ring, -1, axis=0) - ring
        turn = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0])
        ring = np.delete(ring, int(turn.argmin()), axis=0)
    return np.concatenate([ring, np.repeat(ring[-1:], CORNERS - len(ring), axis=0)])
