"""The part of the plane that a map shows."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import shapely

from loaders.core.arrays import Flags, Numbers, Shapes

MARGIN = 0.04  # as a share of the longer side
NEAR = 0.08  # islands this near, as a share of the diagonal, belong to the picture
NOTABLE = 0.05  # parts with this share of the installations belong to it, however far
FLATTEST, TALLEST = 0.42, 1.15  # height of a map as a share of its width
NORTH_END, SOUTH_END = 83.7, -56.0  # of the inhabited world [°]


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle on the plane [m]."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def of(cls, bounds: Numbers) -> Self:
        """The rectangle of minx, miny, maxx, maxy."""
        return cls(*(float(each) for each in bounds))

    @property
    def width(self) -> float:
        """Of the rectangle [m]."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """Of the rectangle [m]."""
        return self.north - self.south

    def holds(self, x: Numbers, y: Numbers) -> Flags:
        """Which points are inside."""
        inside: Flags = (x >= self.west) & (x <= self.east) & (y >= self.south) & (y <= self.north)
        return inside

    def grown(self, share: float) -> Self:
        """With a margin, as a share of the longer side."""
        margin = share * max(self.width, self.height)
        return type(self)(self.west - margin, self.south - margin, self.east + margin, self.north + margin)

    def shaped(self) -> Self:
        """Neither flatter nor taller than a picture should be."""
        height = max(self.height, FLATTEST * self.width)
        width = max(self.width, height / TALLEST)
        x, y = (self.west + self.east) / 2, (self.south + self.north) / 2
        return type(self)(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def around_country(parts: Shapes, x: Numbers, y: Numbers) -> Frame:
    """The frame of a country: its largest part, each with many installations, and what is near to these.

    Args:
        parts: the polygons of the country on the plane.
        x: of its installations.
        y: of its installations.
    """
    bounds = np.concatenate([shapely.bounds(parts), np.column_stack([x, y, x, y])])
    chosen = np.zeros(len(bounds), dtype=bool)
    chosen[np.argmax(shapely.area(parts))] = True
    chosen[: len(parts)] |= _shares(parts, x, y) >= NOTABLE
    while True:
        west, south = bounds[chosen, :2].min(axis=0)
        east, north = bounds[chosen, 2:].max(axis=0)
        reach = NEAR * np.hypot(east - west, north - south)
        gap_x = np.maximum(np.maximum(bounds[:, 0] - east, west - bounds[:, 2]), 0)
        gap_y = np.maximum(np.maximum(bounds[:, 1] - north, south - bounds[:, 3]), 0)
        more = chosen | (np.hypot(gap_x, gap_y) <= reach)
        if (more == chosen).all():
            return Frame(west, south, east, north).grown(MARGIN).shaped()
        chosen = more


def _shares(parts: Shapes, x: Numbers, y: Numbers) -> Numbers:
    """The share of the installations that lie in each part."""
    points, owners = shapely.STRtree(parts).query(shapely.points(x, y), predicate="intersects")
    counts = np.bincount(owners, minlength=len(parts))
    return counts / max(len(np.unique(points)), 1)
