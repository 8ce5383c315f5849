"""Outlines in metres around an installation's centre, and their way to longitude and latitude.

No geometry engine takes part: its results differ in vertex order and last bits between versions.
"""

import math
import random
from collections.abc import Callable
from typing import Any, TypeAlias

from tests.samples.world import Installation, metres_per_degree

Point: TypeAlias = tuple[float, float]
Ring: TypeAlias = tuple[Point, ...]  # open: the first vertex is not repeated
Part: TypeAlias = tuple[Ring, ...]  # the shell, then its holes
Drawing: TypeAlias = tuple[Part, ...]
Geometry: TypeAlias = dict[str, Any]  # a GeoJSON geometry

LONLAT_DECIMALS = 7


def _box(left: float, bottom: float, right: float, top: float) -> Ring:
    return ((left, bottom), (right, bottom), (right, top), (left, top))


# Footprints, in shares of the installation's width and height.
WHOLE: dict[str, Part] = {
    "rectangle": (_box(0, 0, 1, 1),),
    "l_shape": (((0, 0), (1, 0), (1, 0.45), (0.55, 0.45), (0.55, 1), (0, 1)),),
    "courtyard": (_box(0, 0, 1, 1), _box(0.35, 0.4, 0.6, 0.7)[::-1]),
}
# The blocks that a mapper may draw in place of the whole: inside it, with aisles between them.
BLOCKS: dict[str, Drawing] = {
    "rectangle": ((_box(0.02, 0.02, 0.32, 0.98),), (_box(0.35, 0.02, 0.65, 0.98),), (_box(0.68, 0.02, 0.98, 0.98),)),
    "l_shape": ((_box(0.02, 0.02, 0.98, 0.43),), (_box(0.02, 0.47, 0.53, 0.98),)),
    "courtyard": ((_box(0.02, 0.02, 0.33, 0.98),), (_box(0.62, 0.02, 0.98, 0.98),)),
}
# The strip that every footprint has: what stands when only a part is built.
FIRST_PHASE: Part = (_box(0, 0, 1, 0.38),)
# Volunteers have no rule for how to draw a plant, so they draw it in each of these ways in turn.
OPENSTREETMAP_STYLES = ("polygon", "separate blocks", "point", "multipolygon", "sketch")
# A spot that lies in every footprint and in one of its blocks.
INNER_SPOT: Point = (0.2, 0.2)


def whole(site: Installation) -> Drawing:
    """The complete outline."""
    return (_set_out(WHOLE[site.footprint], site),)


def blocks(site: Installation) -> Drawing:
    """The outline as separate blocks, each inside the whole."""
    return tuple(_set_out(part, site) for part in BLOCKS[site.footprint])


def first_phase(site: Installation) -> Drawing:
    """The part that was built first."""
    return (_set_out(FIRST_PHASE, site),)


def openstreetmap_style(site: Installation) -> str:
    """How OpenStreetMap shows the installation."""
    return OPENSTREETMAP_STYLES[site.number % len(OPENSTREETMAP_STYLES)]


def openstreetmap(site: Installation) -> Drawing:
    """The outline in OpenStreetMap. Two datasets that copied it hold the same coordinates."""
    return blocks(site) if openstreetmap_style(site) == "multipolygon" else whole(site)


def bow_tie(site: Installation) -> Drawing:
    """A rectangle whose last two vertices are swapped: its ring crosses itself."""
    first, second, third, fourth = WHOLE["rectangle"][0]
    return (_set_out(((first, second, fourth, third),), site),)


def with_stray_hole(drawing: Drawing, site: Installation) -> Drawing:
    """The drawing with a hole outside its shell, 30 m beyond the eastern edge and small beside the shell."""
    side_m = 0.1 * min(site.width_m, site.height_m)
    start = site.width_m / 2 + 30
    hole = _turn(_box(start, 0, start + side_m, side_m)[::-1], site.azimuth_deg)
    return ((*drawing[0], hole), *drawing[1:])


def moved(drawing: Drawing, rng: random.Random, least_m: float, most_m: float) -> Drawing:
    """The drawing displaced in a random direction by `least_m` to `most_m`."""
    bearing, distance = rng.uniform(0, 2 * math.pi), rng.uniform(least_m, most_m)
    dx, dy = distance * math.cos(bearing), distance * math.sin(bearing)
    return _each_point(drawing, lambda point: (point[0] + dx, point[1] + dy))


def scaled(drawing: Drawing, factor: float) -> Drawing:
    """The drawing grown or shrunk about the installation's centre."""
    return _each_point(drawing, lambda point: (point[0] * factor, point[1] * factor))


def roughened(drawing: Drawing, rng: random.Random, most_m: float) -> Drawing:
    """The drawing with a vertex more on each edge, and every vertex off by up to `most_m` each way."""
    dense = tuple(tuple(_densified(ring) for ring in part) for part in drawing)
    return _each_point(
        dense, lambda point: (point[0] + rng.uniform(-most_m, most_m), point[1] + rng.uniform(-most_m, most_m))
    )


def area_m2(drawing: Drawing) -> float:
    """Area in square metres; a hole counts against it because it runs clockwise."""
    # fsum, because sum() of floats has another last bit since Python 3.12.
    return math.fsum(_signed_area(ring) for part in drawing for ring in part)


def capacity_mw(site: Installation) -> float:
    """Peak capacity (DC) of the whole installation."""
    return site.mw_per_km2 * area_m2(whole(site)) / 1e6


def point_geometry(site: Installation, share: Point = INNER_SPOT) -> Geometry:
    """The point at `share` of the installation's width and height; outside the box beyond 0 and 1."""
    ((spot,),) = _set_out(((share,),), site)
    return {"type": "Point", "coordinates": _lonlat(spot, site)}


def geometry(drawing: Drawing, site: Installation, *, multi: bool = False) -> Geometry:
    """The drawing on the globe: a Polygon if it has one part, unless `multi` asks for a MultiPolygon of one."""
    parts = [[[_lonlat(point, site) for point in (*ring, ring[0])] for ring in part] for part in drawing]
    if multi or len(parts) > 1:
        return {"type": "MultiPolygon", "coordinates": parts}
    return {"type": "Polygon", "coordinates": parts[0]}


def _set_out(part: Part, site: Installation) -> Part:
    """Shares of width and height, laid out on the ground in metres and turned."""

    def metres(point: Point) -> Point:
        return (point[0] - 0.5) * site.width_m, (point[1] - 0.5) * site.height_m

    return tuple(_turn(tuple(metres(point) for point in ring), site.azimuth_deg) for ring in part)


def _turn(ring: Ring, azimuth_deg: float) -> Ring:
    cos, sin = math.cos(math.radians(azimuth_deg)), math.sin(math.radians(azimuth_deg))
    return tuple((x * cos - y * sin, x * sin + y * cos) for x, y in ring)


def _densified(ring: Ring) -> Ring:
    following = (*ring[1:], ring[0])
    pairs = (((x, y), ((x + u) / 2, (y + v) / 2)) for (x, y), (u, v) in zip(ring, following, strict=True))
    return tuple(point for pair in pairs for point in pair)


def _signed_area(ring: Ring) -> float:
    following = (*ring[1:], ring[0])
    return math.fsum(x * v - u * y for (x, y), (u, v) in zip(ring, following, strict=True)) / 2


def _each_point(drawing: Drawing, change: Callable[[Point], Point]) -> Drawing:
    return tuple(tuple(tuple(change(point) for point in ring) for ring in part) for part in drawing)


def _lonlat(point: Point, site: Installation) -> list[float]:
    east, north = metres_per_degree(site.lat)
    lon, lat = site.lon + point[0] / east, site.lat + point[1] / north
    return [round(lon, LONLAT_DECIMALS), round(lat, LONLAT_DECIMALS)]
