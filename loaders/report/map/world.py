"""Shapes in whole units of the web's Mercator world, as flat arrays: what vector tiles are cut from.

The world is a square of 2²⁶ units, which are 0.6 m at the equator; x goes east from -180°, y south from 85.05° N.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import shapely

from loaders.core.arrays import Numbers, Shapes
from loaders.geo.antimeridian import HALF_WORLD, WORLD
from loaders.report.map.ragged import Array, Ragged, starts_of

WORLD_BITS = 26
SIDE = 1 << WORLD_BITS
NORTHERNMOST = 85.0511287  # [°]; the world ends there, and what lies beyond is moved to its edge
POLYGONS = (3, 6)


@dataclass(frozen=True, slots=True)
class Outlines:
    """Polygons, one entry a piece; an outline on both sides of the antimeridian is two pieces.

    Attributes:
        feature: which feature a piece belongs to.
        rings: of each piece, whether the ring is a hole.
        x, y: of each ring its vertices [units], the first one not repeated.
        offsets: where the vertices of each ring start, and the end.
    """

    feature: Array
    rings: Ragged
    x: Array
    y: Array
    offsets: Array

    def __len__(self) -> int:
        return len(self.feature)

    @classmethod
    def from_shapes(cls, shapes: Shapes, feature: Array) -> Self:
        """From polygons in units of the world."""
        parts, owner = shapely.get_parts(shapes, return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        is_hole = np.concatenate([np.zeros(1, np.bool_), part[1:] == part[:-1]])[: len(part)]
        lengths = shapely.get_num_coordinates(rings)
        is_last = np.zeros(int(lengths.sum()), np.bool_)
        is_last[np.cumsum(lengths) - 1] = True
        xy = np.rint(shapely.get_coordinates(rings)[~is_last]).astype(np.int32)
        of_piece = Ragged.of(is_hole, np.bincount(owner[part], minlength=len(shapes)))
        return cls(feature, of_piece, xy[:, 0].copy(), xy[:, 1].copy(), starts_of(lengths - 1))

    def take(self, pieces: Array) -> Self:
        """These pieces, in this order."""
        lengths = Ragged(np.diff(self.offsets), self.rings.offsets).take(pieces).values
        vertices = self.offsets[self.rings.offsets]
        x, y = (Ragged(values, vertices).take(pieces).values for values in (self.x, self.y))
        return type(self)(self.feature[pieces], self.rings.take(pieces), x, y, starts_of(lengths))

    def bounds(self) -> tuple[Array, Array, Array, Array]:
        """Least x and y, greatest x and y of each piece; without any vertex, a piece counts as the one after it."""
        first = self.offsets[self.rings.offsets[:-1]]
        if not len(first):
            nothing = np.zeros(0, np.int32)
            return nothing, nothing, nothing, nothing
        least, most = np.minimum.reduceat, np.maximum.reduceat
        return least(self.x, first), least(self.y, first), most(self.x, first), most(self.y, first)

    def as_shapes(self) -> Shapes:
        """Polygons in units of the world."""
        closed = np.insert(np.arange(len(self.x)), self.offsets[1:], self.offsets[:-1])
        lengths = np.diff(self.offsets) + 1
        xy = np.stack([self.x[closed], self.y[closed]], axis=1).astype(float)
        rings = np.asarray(shapely.linearrings(xy, indices=np.repeat(np.arange(len(lengths)), lengths)))
        shell_of = np.cumsum(~self.rings.values) - 1
        is_hole = self.rings.values
        shells = np.asarray(shapely.polygons(rings[~is_hole]))
        for hole, shell in zip(rings[is_hole], shell_of[is_hole], strict=True):
            shells[shell] = shapely.Polygon(shells[shell].exterior, [*shells[shell].interiors, hole])
        owner = self.rings.row_of[~is_hole]
        return np.asarray(shapely.multipolygons(shells, indices=owner))


class Pieces:
    """Collects outlines, then joins them in little more memory than they take."""

    def __init__(self) -> None:
        self._arrays: dict[str, list[Array]] = {name: [] for name in ("feature", "holes", "rings", "x", "y", "lengths")}

    def add(self, outlines: Outlines) -> None:
        """Append outlines."""
        arrays = {
            "feature": outlines.feature,
            "holes": outlines.rings.values,
            "rings": outlines.rings.lengths,
            "x": outlines.x,
            "y": outlines.y,
            "lengths": np.diff(outlines.offsets),
        }
        for name, array in arrays.items():
            self._arrays[name].append(array)

    def joined(self) -> Outlines | None:
        """All outlines; null without any. Nothing can be added after that."""
        if not self._arrays["feature"]:
            return None
        whole = {}
        for name, arrays in self._arrays.items():
            whole[name] = np.concatenate(arrays)
            arrays.clear()
        rings = Ragged.of(whole["holes"], whole["rings"])
        return Outlines(whole["feature"], rings, whole["x"], whole["y"], starts_of(whole["lengths"]))


def outlines(shapes: Shapes, feature: Array) -> Outlines:
    """The outlines of polygons in EPSG:4326."""
    west, _, east, _ = shapely.bounds(shapes).T
    is_wide = east - west > HALF_WORLD
    if not is_wide.any():
        return Outlines.from_shapes(_projected(shapes), feature)
    sides = [_side(shapes[is_wide], *span) for span in ((-HALF_WORLD, 0.0), (0.0, HALF_WORLD))]
    pieces = np.concatenate([shapes[~is_wide], *sides])
    owners = np.concatenate([feature[~is_wide], feature[is_wide], feature[is_wide]])
    has_area = np.isin(shapely.get_type_id(pieces), POLYGONS) & ~shapely.is_empty(pieces)
    return Outlines.from_shapes(_projected(pieces[has_area]), owners[has_area])


def world_xy(lon: Numbers, lat: Numbers) -> tuple[Array, Array]:
    """Positions [°] in units of the world, as whole numbers within it."""
    xy = np.rint(world_units(np.stack([lon, lat], axis=-1))).clip(0, SIDE - 1).astype(np.int32)
    return xy[:, 0], xy[:, 1]


def world_units(lonlat: Numbers) -> Numbers:
    """Positions in units of the world, from longitude and latitude [°]."""
    lat = np.radians(lonlat[:, 1].clip(-NORTHERNMOST, NORTHERNMOST))
    x = (lonlat[:, 0] + HALF_WORLD) / WORLD
    y = 0.5 - np.arctanh(np.sin(lat)) / (2 * np.pi)
    return np.stack([x, y], axis=-1) * SIDE


def _projected(shapes: Shapes) -> Shapes:
    moved: Shapes = np.asarray(shapely.transform(shapes, world_units), dtype=np.object_)
    return moved


def _side(shapes: Shapes, west: float, east: float) -> Shapes:
    """The parts of shapes between two meridians."""
    side: Shapes = np.asarray(shapely.intersection(shapes, shapely.box(west, -90, east, 90)), dtype=np.object_)
    return side
