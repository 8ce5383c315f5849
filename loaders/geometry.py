"""Shapes: to longitude and latitude, valid, two-dimensional, and measured."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from h3ronpy import cells_to_string
from h3ronpy.vector import coordinates_to_cells
from shapely.geometry.base import BaseGeometry

from loaders.arrays import Flags, Numbers, Shapes

LONLAT = pyproj.CRS.from_epsg(4326)
EQUAL_AREA = pyproj.CRS.from_epsg(6933)  # cylindrical equal-area on the WGS 84 ellipsoid
AREA_DECIMALS = 2  # [m²]: far below what any publisher draws; keeps the last bits of a platform out of the tables
DEGREE_DECIMALS = 7  # [°]: about 1 cm
HALF_WORLD = 180  # [°]
POINT, POLYGON, MULTIPOINT, MULTIPOLYGON, COLLECTION = 0, 3, 4, 6, 7


@dataclass(frozen=True, slots=True)
class Harmonised:
    """Shapes brought to one form; each array has one entry a record.

    Attributes:
        shapes: EPSG:4326 as (lon, lat), two-dimensional, valid; None where rejected.
        kind: `polygon` or `point`; None where rejected.
        reason: why the shape cannot be used; None where it can.
        repaired: whether the published shape was invalid.
        incomplete: whether lines or points beside the polygons of a collection were left out.
        unrepaired_area_m2: ellipsoidal area [m²] of the shape as published where it was repaired, else NaN.
    """

    shapes: Shapes
    kind: Shapes
    reason: Shapes
    repaired: Flags
    incomplete: Flags
    unrepaired_area_m2: Numbers


def harmonise_shapes(wkb: Shapes, crs: pyproj.CRS) -> Harmonised:
    """Bring published shapes to EPSG:4326; reject, with the reason, what is not a usable polygon or point.

    Args:
        wkb: well-known binary in `crs`, null where the record has no shape.
        crs: the coordinate reference system of the shapes.
    """
    reason = np.full(len(wkb), None, dtype=object)
    shapes = _parsed(wkb)
    _reject(reason, _is_none(wkb), "null_geometry")
    _reject(reason, shapely.is_missing(shapes), "unreadable_geometry")
    _reject(reason, shapely.is_empty(shapes), "empty_geometry")
    shapes, incomplete = _usable_parts(shapely.force_2d(shapes))
    _reject(reason, shapely.is_missing(shapes), "neither_polygon_nor_point")
    shapes = to_lonlat(shapes, crs)
    _reject(reason, ~_in_world(shapes), "outside_the_world")
    shapes[~_is_none(reason)] = None
    _reject(reason, _is_wrapped(shapes), "wraps_around_the_world")
    shapes[~_is_none(reason)] = None
    published = shapes
    shapes, repaired = repair(shapes)
    _reject(reason, shapely.is_empty(shapes) | ~(shapely.is_valid(shapes) | shapely.is_missing(shapes)), "no_area")
    usable = _is_none(reason)
    shapes[~usable] = None
    repaired &= usable
    unrepaired = np.full(len(wkb), np.nan)
    unrepaired[repaired] = area_m2(published[repaired])
    kind = np.where(shapely.get_type_id(shapes) == POINT, "point", "polygon").astype(object)
    kind[~usable] = None
    return Harmonised(shapes, kind, reason, repaired, incomplete & usable, unrepaired)


def _parsed(wkb: Shapes) -> Shapes:
    """Shapes; None where there is none, or none that can be read."""
    try:
        with np.errstate(invalid="ignore"):  # not a number: rejected below
            shapes: Shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    except NotImplementedError:  # a curve, and GEOS then reads none of them
        if len(wkb) == 1:
            return np.array([None], dtype=object)
        shapes = np.concatenate([_parsed(wkb[row : row + 1]) for row in range(len(wkb))])
    return shapes


def to_lonlat(shapes: Shapes, crs: pyproj.CRS) -> Shapes:
    """Transform to EPSG:4326 in (lon, lat) order by the best transformation that PROJ has here."""
    if crs.equals(LONLAT, ignore_axis_order=True):
        return shapes.copy()
    return _projected(shapes, pyproj.Transformer.from_crs(crs, LONLAT, always_xy=True))


def repair(shapes: Shapes) -> tuple[Shapes, Flags]:
    """Make invalid polygons valid: overlapping parts merge, holes outside their shell vanish, lines are dropped.

    Returns:
        The shapes, and which of them were invalid.
    """
    invalid = ~(shapely.is_valid(shapes) | shapely.is_missing(shapes))
    mended = shapes.copy()
    mended[invalid] = [_mended(shape) for shape in shapes[invalid]]
    return mended, invalid


def _mended(shape: BaseGeometry) -> BaseGeometry:
    """Shell less holes, part by part: GEOS's own repair fills a hole that lies outside of its shell."""
    parts = shapely.get_parts(shape)
    return shapely.union_all([_filled([part.exterior]).difference(_filled(part.interiors)) for part in parts])


def _filled(rings: Iterable[shapely.LinearRing]) -> BaseGeometry:
    areas = [shapely.make_valid(shapely.Polygon(ring), method="structure", keep_collapsed=False) for ring in rings]
    return shapely.union_all(areas)


def area_m2(shapes: Shapes) -> Numbers:
    """The area on the WGS 84 ellipsoid [m²] of shapes in EPSG:4326; NaN for points and missing shapes."""
    projected = _projected(shapes, pyproj.Transformer.from_crs(LONLAT, EQUAL_AREA, always_xy=True))
    areas = np.round(shapely.area(projected), AREA_DECIMALS)
    areas[shapely.get_dimensions(shapes) < 2] = np.nan
    return areas


def centroids(shapes: Shapes) -> tuple[Numbers, Numbers]:
    """Longitude and latitude of the centroids [°], EPSG:4326; NaN for missing shapes."""
    west, _, east, _ = shapely.bounds(shapes).T
    astride = east - west > HALF_WORLD  # parts on both sides of the antimeridian
    if astride.any():
        shapes = shapes.copy()
        shapes[astride] = shapely.transform(shapes[astride], lambda xy: np.column_stack((xy[:, 0] % 360, xy[:, 1])))
    points = shapely.centroid(shapes)
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    lon = np.where(lon > HALF_WORLD, lon - 360, lon)
    return np.round(lon, DEGREE_DECIMALS), np.round(lat, DEGREE_DECIMALS)


def h3_cells(lon: Numbers, lat: Numbers, resolution: int) -> Shapes:
    """The H3 cell of each position as text; None where the position is not known."""
    known = ~(np.isnan(lon) | np.isnan(lat))
    cells = np.full(len(lon), None, dtype=object)
    if known.any():
        cells[known] = cells_to_string(coordinates_to_cells(lat[known], lon[known], resolution)).to_pylist()
    return cells


def _projected(shapes: Shapes, transformer: pyproj.Transformer) -> Shapes:
    moved: Shapes = shapely.transform(
        shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])).astype(float)
    )
    return moved


def _reject(reason: Shapes, where: Flags, why: str) -> None:
    """The first reason counts."""
    reason[where & _is_none(reason)] = why


def _is_none(values: Shapes) -> Flags:
    return np.fromiter((value is None for value in values), dtype=np.bool_, count=len(values))


def _in_world(shapes: Shapes) -> Flags:
    coordinates, rows = shapely.get_coordinates(shapes, return_index=True)
    lon, lat = coordinates.T
    inside = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= HALF_WORLD) & (np.abs(lat) <= HALF_WORLD / 2)
    everywhere = np.ones(len(shapes), dtype=np.bool_)
    everywhere[rows[~inside]] = False
    return everywhere


def _is_wrapped(shapes: Shapes) -> Flags:
    """Whether a single ring is wider than half the world: it was meant to cross the antimeridian, and was not cut."""
    rings, rows = shapely.get_parts(shapes, return_index=True)
    west, _, east, _ = shapely.bounds(rings).T
    wrapped = np.zeros(len(shapes), dtype=np.bool_)
    wrapped[rows[east - west > HALF_WORLD]] = True
    return wrapped


def _usable_parts(shapes: Shapes) -> tuple[Shapes, Flags]:
    """The point of a single-point multipoint, the polygons of a collection; None where there is neither.

    Returns:
        The shapes, and whether something beside them was left out.
    """
    types = shapely.get_type_id(shapes)
    usable: Shapes = shapes.copy()
    usable[~np.isin(types, (POINT, POLYGON, MULTIPOLYGON))] = None
    single = (types == MULTIPOINT) & (shapely.get_num_geometries(shapes) == 1)
    usable[single] = shapely.get_geometry(shapes[single], 0)
    incomplete = np.zeros(len(shapes), dtype=np.bool_)
    for row in np.flatnonzero(types == COLLECTION):
        leaves = _leaves(shapes[row])
        polygons = [leaf for leaf in leaves if leaf.geom_type == "Polygon"]
        usable[row] = shapely.multipolygons(polygons) if polygons else None
        incomplete[row] = len(polygons) < len(leaves)
    return usable, incomplete


def _leaves(shape: BaseGeometry) -> list[BaseGeometry]:
    """The single geometries of a collection, however deep they stand."""
    if not hasattr(shape, "geoms"):
        return [shape]
    return [leaf for part in shape.geoms for leaf in _leaves(part)]
