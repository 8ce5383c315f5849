"""The map of a picture: land, borders, and a dot or an outline for each installation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path as Outline

from loaders.core.arrays import Numbers, Shapes
from loaders.report.picture.classes import DotClass
from loaders.report.picture.frame import Frame

FEW, MANY = 20, 100_000  # between these numbers, dots become smaller and fainter
LARGE_MM, SMALL_MM = 1.6, 0.3  # diameter of a dot on 180 mm
LEAST_MM = 0.25  # a smaller dot does not print
POLYGON = 3  # type of shapely
VECTOR_DOTS = 3_000  # more are rasterised in SVG and PDF
DETAIL = 1 / 4000  # of the width of the frame: finer corners cannot be seen


@dataclass(frozen=True, slots=True)
class Layer:
    """Land of one colour.

    Attributes:
        shapes: polygons on the plane [m].
        lines: their borders, on the plane.
        fill, border: colours.
        border_pt: width of the borders.
    """

    shapes: Shapes
    lines: Shapes
    fill: str
    border: str
    border_pt: float = 0.4


@dataclass(frozen=True, slots=True)
class Dots:
    """Style of dots.

    Attributes:
        diameter_mm: of a dot of scale 1.
        edge: colour of their edges.
    """

    diameter_mm: float
    edge: str


def dot_diameter_mm(count: int, width_mm: float) -> float:
    """Diameter of a dot by their number; on a wide sheet it is larger."""
    crowd = _crowd(count)
    return max(LEAST_MM, (LARGE_MM * (1 - crowd) + SMALL_MM * crowd) * width_mm / 180)


def draw_land(axes: Axes, layers: Sequence[Layer], frame: Frame) -> None:
    """Draw land, and set the extent."""
    box = shapely.box(frame.west, frame.south, frame.east, frame.north)
    for order, layer in enumerate(layers):
        shapes, lines = (_in_view(each, box, frame.width * DETAIL) for each in (layer.shapes, layer.lines))
        land: dict[str, Any] = {"facecolors": layer.fill, "edgecolors": layer.fill, "lw": 0.2}
        axes.add_collection(PathCollection([_path(shape) for shape in shapes], zorder=1 + order / 10, **land))
        pieces = [np.asarray(line.coords) for line in lines]
        border: dict[str, Any] = {"colors": layer.border, "lw": layer.border_pt, "joinstyle": "round"}
        axes.add_collection(LineCollection(pieces, zorder=1.05 + order / 10, **border))
    axes.set(xlim=(frame.west, frame.east), ylim=(frame.south, frame.north), aspect="equal")
    axes.set_axis_off()


def draw_dots(axes: Axes, positions: tuple[Numbers, Numbers], classes: Sequence[DotClass], dots: Dots) -> None:
    """Draw a dot for each installation: of few dots the small ones on top, of many the large ones."""
    crowd, (x, y) = _crowd(len(positions[0])), positions
    ordered = sorted(classes, key=lambda each: -each.scale) if len(x) <= VECTOR_DOTS else classes
    for order, each in enumerate(ordered):
        axes.scatter(
            x[each.members],
            y[each.members],
            s=(dots.diameter_mm * each.scale ** (1 - crowd) * 72 / 25.4) ** 2,
            c=each.colour,
            alpha=0.9 - 0.2 * crowd,
            edgecolors=dots.edge,
            linewidths=0.3 * (1 - crowd),
            zorder=3 + order,
            rasterized=len(x) > VECTOR_DOTS,
        )


def _crowd(count: int) -> float:
    """How crowded a map is, from 0 to 1."""
    return float(np.clip(np.log(max(count, 1) / FEW) / np.log(MANY / FEW), 0, 1))


def draw_outlines(axes: Axes, parts: Shapes, colour: str) -> None:
    """Fill outlines that are large enough to be seen."""
    paths = [_path(part) for part in parts[shapely.get_type_id(parts) == POLYGON]]
    axes.add_collection(PathCollection(paths, facecolors=colour, edgecolors=colour, lw=0.2, zorder=2.5))


def scale_bar(frame: Frame, plot_width_mm: float) -> tuple[float, str]:
    """A round length, about a sixth of the map: how long it is drawn [mm], and its label."""
    sixth = frame.width / 6
    power = 10.0 ** np.floor(np.log10(sixth))
    length = float(max(step for step in (1, 2, 5) if step * power <= sixth) * power)
    label = f"{length / 1000:,.0f} km" if length >= 1000 else f"{length:,.0f} m"
    return length / frame.width * plot_width_mm, label


def _in_view(shapes: Shapes, box: shapely.Polygon, tolerance_m: float) -> Shapes:
    """What meets a box, without corners that are too fine to be seen."""
    visible: Shapes = shapes[shapely.intersects(shapely.envelope(shapes), box)]
    parts: Shapes = shapely.get_parts(shapely.simplify(visible, tolerance_m))
    return parts


def _path(polygon: shapely.Polygon) -> Outline:
    rings = [Outline(np.asarray(ring.coords)[:, :2], closed=True) for ring in (polygon.exterior, *polygon.interiors)]
    return Outline.make_compound_path(*rings)
