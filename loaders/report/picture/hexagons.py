"""Hexagons for maps with more installations than dots can show: the capacity in each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from loaders.core.arrays import Numbers, Rows
from loaders.report.picture.palette import Theme
from loaders.report.picture.sheet import Key

MOST_DOTS = 20_000  # more hide each other
WIDTH_MM = 1.6
CORNERS = np.radians(np.arange(30, 390, 60))


@dataclass(frozen=True, slots=True)
class Hexagons:
    """The hexagons that hold installations, all of one area, since the projection is equal-area.

    Attributes:
        width_m: of each, from side to side.
        x: of their centres [m].
        y: of their centres [m].
        classes: number of the class of each, from 0.
        labels: of the classes.
    """

    width_m: float
    x: Numbers
    y: Numbers
    classes: Rows
    labels: Sequence[str]

    @property
    def note(self) -> str:
        """What the colours mean."""
        area_km2 = float(f"{self.width_m**2 * np.sqrt(3) / 2e6:.2g}")
        return f"by the capacity of their panels in each hexagon of {area_km2:,.10g} km²"

    def keys(self, theme: Theme) -> list[Key]:
        """The legend."""
        counts = np.bincount(self.classes, minlength=len(self.labels))
        triples = zip(self.labels, theme.ramp, counts, strict=True)
        return [Key(f"{label} ({count:,})", colour) for label, colour, count in triples if count]


def hexagons(positions: tuple[Numbers, Numbers], size_mw: Numbers, width_m: float) -> Hexagons:
    """Sum the capacities of the installations in each hexagon; unknown ones add nothing.

    The centres are two rectangular grids, one between the points of the other; a point belongs to the nearest centre.
    """
    x, y = positions[0] / width_m, positions[1] / (width_m * np.sqrt(3))
    grids = [(np.round(x), np.round(y)), (np.floor(x) + 0.5, np.floor(y) + 0.5)]
    distances = [(x - i) ** 2 + 3 * (y - j) ** 2 for i, j in grids]
    is_first = distances[0] <= distances[1]
    centres = np.stack([np.where(is_first, *pair) for pair in zip(*grids, strict=True)])
    found, owners = np.unique(centres, axis=1, return_inverse=True)
    sums = np.bincount(owners.ravel(), weights=np.nan_to_num(size_mw), minlength=found.shape[1])
    highest = int(np.floor(np.log10(max(sums.max(initial=0), 1e-3))))
    limits = [10.0**power for power in range(highest - 2, highest + 1)]
    return Hexagons(
        width_m, found[0] * width_m, found[1] * width_m * np.sqrt(3), np.digitize(sums, limits), _labels(limits)
    )


def draw_hexagons(axes: Axes, cells: Hexagons, theme: Theme) -> None:
    """Fill the hexagons."""
    radius = cells.width_m / np.sqrt(3)
    corners = np.stack(
        [cells.x[:, None] + radius * np.cos(CORNERS), cells.y[:, None] + radius * np.sin(CORNERS)], axis=-1
    )
    colours = [theme.ramp[number] for number in cells.classes]
    axes.add_collection(
        PolyCollection(list(corners), facecolors=colours, edgecolors=theme.paper, lw=0.15, zorder=3, rasterized=True)
    )


def _labels(limits: Sequence[float]) -> list[str]:
    low, middle, high = map(_megawatts, limits)
    return [f"below {low}", f"{low} to {middle}", f"{middle} to {high}", f"{high} or more"]


def _megawatts(power_mw: float) -> str:
    """A power of ten in the unit that gives it the fewest digits."""
    for factor, unit in ((1e6, "TW"), (1e3, "GW"), (1.0, "MW")):
        if power_mw >= factor:
            return f"{power_mw / factor:g} {unit}"
    return f"{power_mw * 1e3:g} kW"
