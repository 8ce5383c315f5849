"""Outlines and points of a benchmark's plants: from a box of side 1 to longitude and latitude, well drawn or not."""

from dataclasses import dataclass

import numpy as np
import shapely

from benchmarks.world_plants import COURTYARD, ELL, FOOTPRINTS, PHASES, Plants
from loaders.core.arrays import Flags, Numbers, Rows, Shapes
from loaders.geo.antimeridian import HALF_WORLD, WORLD, cut
from loaders.geo.earth import metres_per_degree

DECIMALS = 7  # [°]: about 1 cm
LEAST_BLOCK_M2 = 4e3
GRIDS = np.array([(1, 2), (2, 1), (1, 3), (2, 2), (2, 3), (3, 2), (3, 3)])  # blocks across and along, fewest first
AISLES_M = (4.0, 15.0)
OUTSIDE_M = (2.0, 40.0)  # from a plant to a point that means it
FINE_STEP = 0.07  # of a side: 60 corners or so
FINE, FINE_PHASES = (shapely.segmentize(shapes, FINE_STEP) for shapes in (FOOTPRINTS, PHASES))


@dataclass(frozen=True, slots=True)
class Pen:
    """How well a dataset draws.

    Attributes:
        shift_m: least and most distance by which outlines are off [m].
        noise: least and most error of their areas, up or down.
        is_fine: whether they have some sixty corners, as those that are traced from pixels.
        wave_m: by how much their sides swing at most [m].
    """

    shift_m: tuple[float, float] = (0.0, 0.0)
    noise: tuple[float, float] = (0.0, 0.0)
    is_fine: bool = False
    wave_m: float = 0.0


def drawn(plants: Plants, pen: Pen, random: np.random.Generator, is_phase: Flags | None = None) -> Shapes:
    """An outline of each plant; the first phase alone where that is asked for."""
    count = len(plants.number)
    shapes = (FINE if pen.is_fine else FOOTPRINTS)[plants.footprint]
    if is_phase is not None:
        shapes = np.where(is_phase, FINE_PHASES[plants.footprint], shapes)
    noise = random.uniform(*pen.noise, count) * random.choice((-1, 1), count)
    wave_m = np.minimum(pen.wave_m, 0.02 * plants.side_m)
    return _on_earth(shapes, plants, np.arange(count), np.sqrt(1 + noise), _shifts_m(pen, count, random), wave_m)


def blocks(plants: Plants, rows: Rows, pen: Pen, random: np.random.Generator) -> tuple[Rows, Shapes]:
    """Outlines of what lies between the aisles of some plants, and whose they are."""
    fits = np.searchsorted(GRIDS.prod(axis=1), plants.area_m2[rows] / LEAST_BLOCK_M2, "right")
    across, along = GRIDS[random.integers(0, np.maximum(fits, 1))].T
    count = across * along
    owner = np.repeat(np.arange(len(rows)), count)
    row, column = np.divmod(np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count), across[owner])
    aisle_m = random.uniform(*AISLES_M, len(rows))
    gap_x = np.minimum(aisle_m / plants.width_m[rows], 0.15 / across)[owner] / 2
    gap_y = np.minimum(aisle_m / plants.height_m[rows], 0.15 / along)[owner] / 2
    west, south = column / across[owner] - 0.5, row / along[owner] - 0.5
    east, north = west + 1 / across[owner], south + 1 / along[owner]
    cells = shapely.box(west + gap_x, south + gap_y, east - gap_x, north - gap_y)
    shapes = shapely.intersection(cells, FOOTPRINTS[plants.footprint[rows][owner]])
    kept = shapely.area(shapes) > 0.2 * shapely.area(cells)
    offset_m, owner = _shifts_m(pen, len(rows), random)[owner[kept]], rows[owner[kept]]
    return owner, _on_earth(shapes[kept], plants, owner, np.ones(len(owner)), offset_m, np.zeros(len(owner)))


def points(plants: Plants, is_outside: Flags, random: np.random.Generator) -> Shapes:
    """A point in each plant, in its first phase too, or on its left, where it has no neighbour."""
    count = len(plants.number)
    narrow = plants.is_phased | (plants.footprint == COURTYARD)
    inside = random.uniform(0.03, np.select([narrow, plants.footprint == ELL], [0.27, 0.47], 0.97)) - 0.5
    x = np.where(is_outside, -plants.width_m / 2 - random.uniform(*OUTSIDE_M, count), inside * plants.width_m)
    y = random.uniform(-0.4, 0.4, count) * plants.height_m
    return points_on_earth(x + plants.x_m, y + plants.y_m, plants, np.arange(count))


def points_on_earth(x_m: Numbers, y_m: Numbers, plants: Plants, rows: Rows) -> Shapes:
    """Points in the frames of the sites of some plants, as `frame_on_earth` places them."""
    return frame_on_earth(np.asarray(shapely.points(x_m, y_m), dtype=np.object_), plants, rows)


def frame_on_earth(shapes: Shapes, plants: Plants, rows: Rows) -> Shapes:
    """Shapes in the frames of the sites of some plants [m] in EPSG:4326, cut at the antimeridian."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    plant = rows[owner]
    east, north = metres_per_degree(plants.lat[plant])
    turn = plants.turn[plant]
    lon = plants.lon[plant] + (xy[:, 0] * np.cos(turn) - xy[:, 1] * np.sin(turn)) / east
    lat = plants.lat[plant] + (xy[:, 0] * np.sin(turn) + xy[:, 1] * np.cos(turn)) / north
    placed = shapely.set_coordinates(shapes.copy(), np.round(np.stack([lon, lat], axis=-1), DECIMALS))
    return _within_the_world(placed)


def _shifts_m(pen: Pen, count: int, random: np.random.Generator) -> Numbers:
    """By how much each of some outlines is off, shape (count, 2) [m]."""
    distance, angle = random.uniform(*pen.shift_m, count), random.uniform(0, 2 * np.pi, count)
    return np.stack([distance * np.cos(angle), distance * np.sin(angle)], axis=-1)


def _on_earth(  # noqa: PLR0913 (each is another way to draw)
    shapes: Shapes, plants: Plants, rows: Rows, scale: Numbers, offset_m: Numbers, wave_m: Numbers
) -> Shapes:
    """Shapes in boxes of side 1 as outlines of plants.

    Args:
        shapes: one for each entry of `rows`.
        plants: whose outlines they are.
        rows: which of them.
        scale: by how much each is larger than the plant.
        offset_m: by how much it is off, shape (n, 2) [m].
        wave_m: by how much its sides swing [m]: two shears, which leave areas and validity as they are.
    """
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    plant = rows[owner]
    x = xy[:, 0] * (plants.width_m[rows] * scale)[owner]
    y = xy[:, 1] * (plants.height_m[rows] * scale)[owner]
    step = 6 * np.pi / plants.side_m[plant]
    x += wave_m[owner] * np.sin(step * y + plant)
    y += wave_m[owner] * np.sin(step * x + 2 * plant)
    frame = np.stack([x + plants.x_m[plant], y + plants.y_m[plant]], axis=-1) + offset_m[owner]
    return frame_on_earth(shapely.set_coordinates(shapes.copy(), frame), plants, rows)


def _within_the_world(shapes: Shapes) -> Shapes:
    """What goes on beyond 180° is cut there, or moved as a whole."""
    west, _, east, _ = shapely.bounds(shapes).T
    moved, crossing = west >= HALF_WORLD, (west < HALF_WORLD) & (east > HALF_WORLD)
    shapes[moved] = shapely.transform(shapes[moved], lambda xy: np.round(xy - [WORLD, 0], DECIMALS))
    shapes[crossing] = [cut(shape) for shape in shapes[crossing]]
    return shapes
