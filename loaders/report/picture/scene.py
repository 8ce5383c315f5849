"""The background of a map: projection, frame and land, of the world or of a country."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from loaders.core.arrays import Numbers, Shapes
from loaders.report.picture.frame import NORTH_END, SOUTH_END, Frame, around_country
from loaders.report.picture.land import Land, border_lines
from loaders.report.picture.map import Layer
from loaders.report.picture.palette import Theme
from loaders.report.picture.plants import Plants
from loaders.report.picture.projection import WORLD, Projection, around

WORLD_MARGIN = 0.005


@dataclass(frozen=True, slots=True)
class Scene:
    """A map without its installations.

    Attributes:
        projection: of the map.
        frame: what it shows.
        layers: land, from the back to the front.
        x, y: the installations on the plane [m].
    """

    projection: Projection
    frame: Frame
    layers: Sequence[Layer]
    x: Numbers
    y: Numbers


def world_scene(land: Land, plants: Plants, theme: Theme) -> Scene:
    """The inhabited world, and wherever there is an installation."""
    x, y = WORLD.points(plants.lon, plants.lat)
    (west, east, _, _), (_, _, south, north) = WORLD.points(
        np.array([-180.0, 180, 0, 0]), np.array([0.0, 0, SOUTH_END, NORTH_END])
    )
    bounds = (west, min(south, y.min(initial=south)), east, max(north, y.max(initial=north)))
    frame = Frame.of(np.array(bounds)).grown(WORLD_MARGIN)
    return Scene(WORLD, frame, [_layer(land.shapes, WORLD, theme.land, theme.border)], x, y)


def country_scene(land: Land, regions: Land, code: str, plants: Plants, theme: Theme) -> Scene:
    """A country with its regions, and its neighbours."""
    is_own = land.countries == code
    projection = around(*_middle(land.shapes[is_own]))
    x, y = projection.points(plants.lon, plants.lat)
    own = _layer(land.shapes[is_own], projection, theme.land, theme.own_border, 0.6)
    others = _layer(land.shapes[~is_own], projection, theme.other_land, theme.border, 0.5)
    inner = [_layer(regions.shapes, projection, theme.land, theme.border, 0.4)] if len(regions.shapes) else []
    return Scene(projection, around_country(own.shapes, x, y), [others, own, *inner], x, y)


def _middle(shapes: Shapes) -> tuple[float, float]:
    """Longitude and latitude of the middle of the largest part [°]."""
    parts = shapely.get_parts(shapes)
    middle = shapely.centroid(parts[np.argmax(shapely.area(parts))])
    return float(middle.x), float(middle.y)


def _layer(shapes: Shapes, projection: Projection, fill: str, border: str, border_pt: float = 0.4) -> Layer:
    lines = projection.shapes(border_lines(shapes))
    return Layer(projection.shapes(shapes), lines, fill, border, border_pt)
