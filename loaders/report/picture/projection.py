"""Equal-area projections for maps: Equal Earth for the world, Lambert's azimuthal for a country."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from loaders.core.arrays import Numbers, Shapes
from loaders.geo.earth import WGS84

STEP_DEG = 1.0  # longest piece of an edge: long edges are curves on a map
HORIZON_M = 9_000_000.0  # farther from its centre, an azimuthal projection distorts beyond recognition
Coordinates = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Projection:
    """An equal-area projection.

    Attributes:
        name: for the reader.
        definition: for PROJ.
        centre: longitude and latitude [°] of an azimuthal one; None for the world.
    """

    name: str
    definition: str
    centre: tuple[float, float] | None = None

    def points(self, lon: Numbers, lat: Numbers) -> tuple[Numbers, Numbers]:
        """Positions [°] on the plane [m]."""
        return self._project()(lon, lat)

    def shapes(self, shapes: Shapes) -> Shapes:
        """Outlines [°] on the plane [m], as polygons of one part each; those beyond the horizon are left out."""
        parts = shapely.segmentize(shapely.get_parts(shapes), STEP_DEG)
        if self.centre:
            parts = parts[self._is_near(parts)]
        project = self._project()
        moved: Shapes = shapely.transform(parts, lambda xy: np.column_stack(project(*xy.T)))
        return moved

    def _project(self) -> Callable[[Numbers, Numbers], tuple[Numbers, Numbers]]:
        transform = pyproj.Transformer.from_crs("EPSG:4326", self.definition, always_xy=True)
        return transform.transform

    def _is_near(self, parts: Shapes) -> npt.NDArray[np.bool_]:
        """Which parts have a corner within the horizon."""
        (lon, lat), owner = _corners(parts)
        assert self.centre is not None  # noqa: S101 (the caller asks)
        distance = WGS84.inv(lon, lat, *np.broadcast_to(np.array(self.centre)[:, None], (2, len(lon))))[2]
        near = np.zeros(len(parts), dtype=bool)
        near[owner[distance < HORIZON_M]] = True
        return near


def _corners(parts: Shapes) -> tuple[Coordinates, npt.NDArray[np.intp]]:
    coordinates, owner = shapely.get_coordinates(parts, return_index=True)
    return coordinates.T, owner


WORLD = Projection("Equal Earth projection, equal-area", "+proj=eqearth +lon_0=0 +datum=WGS84 +units=m")


def around(lon: float, lat: float) -> Projection:
    """An azimuthal projection around a position [°]."""
    lon, lat = round(lon, 1), round(lat, 1)
    name = f"Lambert azimuthal equal-area projection around {_degrees(lat, 'N', 'S')}, {_degrees(lon, 'E', 'W')}"
    definition = f"+proj=laea +lon_0={lon} +lat_0={lat} +datum=WGS84 +units=m"
    return Projection(name, definition, (lon, lat))


def _degrees(angle: float, positive: str, negative: str) -> str:
    return f"{abs(angle):g}°\N{NO-BREAK SPACE}{positive if angle >= 0 else negative}"
