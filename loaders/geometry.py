"""Shapes: to longitude and latitude, valid, two-dimensional, and measured."""

import hashlib
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from h3ronpy import cells_to_string
from h3ronpy.vector import coordinates_to_cells
from shapely.geometry.base import BaseGeometry

from loaders.antimeridian import HALF_WORLD, cut, goes_around, unwrapped
from loaders.arrays import Flags, Numbers, Shapes
from loaders.well_known_binary import parse

LONLAT = pyproj.CRS.from_epsg(4326)
EQUAL_AREA = pyproj.CRS.from_epsg(6933)  # cylindrical equal-area on the WGS 84 ellipsoid
AREA_DECIMALS = 2  # [m²]: far below what any publisher draws; keeps the last bits of a platform out of the tables
DEGREE_DECIMALS = 7  # [°]: about 1 cm
REPAIR_MAY_CHANGE = 0.05  # of the area; more is flagged
HASH_BYTES = 16
POINT, POLYGON, MULTIPOINT, MULTIPOLYGON, COLLECTION = 0, 3, 4, 6, 7

Extent = tuple[float, float, float, float]  # west, south, east, north [°]


@dataclass(frozen=True, slots=True)
class Harmonised:
    """Shapes brought to one form; each array has one entry a record.

    Attributes:
        shapes: EPSG:4326 as (lon, lat), two-dimensional, valid; None where rejected.
        kind: `polygon` or `point`; None where rejected.
        reason: why the shape cannot be used, as in `contract.REASONS`; None where it can.
        repaired: whether the published shape was invalid.
        repair_changed_area: whether that changed its area by more than 5 %.
        incomplete: whether lines, points or broken parts beside the polygons were left out.
        cut_at_antimeridian: whether it crossed the antimeridian in one piece.
        outside_extent: whether it lies outside of the declared extent.
        unrepaired_area_m2: ellipsoidal area [m²] of the shape as published where it was repaired, else NaN.
    """

    shapes: Shapes
    kind: Shapes
    reason: Shapes
    repaired: Flags
    repair_changed_area: Flags
    incomplete: Flags
    cut_at_antimeridian: Flags
    outside_extent: Flags
    unrepaired_area_m2: Numbers


def harmonise_shapes(
    wkb: Shapes, crs: pyproj.CRS, *, extent: Extent | None = None, wanted: Flags | None = None
) -> Harmonised:
    """Bring published shapes to EPSG:4326; reject, with the reason, what is not a usable polygon or point.

    Args:
        wkb: well-known binary in `crs`, null where the record has no shape.
        crs: the coordinate reference system of the shapes.
        extent: west, south, east and north [°] around all of them: what is inside only with its axes swapped, is.
        wanted: which records are; the others are rejected unseen.
    """
    reason = np.full(len(wkb), None, dtype=object)
    _reject(reason, ~wanted if wanted is not None else np.zeros(len(wkb), dtype=np.bool_), "filtered_out")
    looked_at = wkb.copy()
    looked_at[~_is_none(reason)] = None
    parsed = parse(looked_at)
    for why in ("null_geometry", "unreadable_geometry", "too_few_points"):
        _reject(reason, parsed.reason == why, why)
    _reject(reason, shapely.is_empty(parsed.shapes), "empty_geometry")
    shapes, incomplete = _usable_parts(shapely.force_2d(parsed.shapes))
    _reject(reason, shapely.is_missing(shapes), "neither_polygon_nor_point")
    shapes = _placed(to_lonlat(shapes, crs), reason, extent)
    shapes, crossing = unwrapped(shapes)
    _reject(reason, ~(_in_world(shapes) | crossing), "outside_the_world")
    _reject(reason, goes_around(shapes), "wraps_around_the_world")
    shapes[~_is_none(reason)] = None
    published = shapes
    shapes, repaired = repair(shapes)
    _reject(reason, shapely.is_empty(shapes) | ~(shapely.is_valid(shapes) | shapely.is_missing(shapes)), "no_area")
    usable = _is_none(reason)
    shapes[~usable] = None
    repaired = (repaired | parsed.closed) & usable
    before, after = np.full(len(wkb), np.nan), np.full(len(wkb), np.nan)
    before[repaired], after[repaired] = area_m2(published[repaired]), area_m2(shapes[repaired])
    crossing &= usable
    shapes[crossing] = [cut(shape) for shape in shapes[crossing]]
    kind = np.where(shapely.get_type_id(shapes) == POINT, "point", "polygon").astype(object)
    kind[~usable] = None
    return Harmonised(
        shapes=shapes,
        kind=kind,
        reason=reason,
        repaired=repaired,
        repair_changed_area=np.abs(after - before) > REPAIR_MAY_CHANGE * before,
        incomplete=(incomplete | parsed.incomplete) & usable,
        cut_at_antimeridian=crossing,
        outside_extent=usable & _is_outside(shapes, extent),
        unrepaired_area_m2=before,
    )


def missing_grid(crs: pyproj.CRS) -> str | None:
    """The grid that the best transformation to EPSG:4326 needs and PROJ does not have here; None if it has all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the best is missing, which is what we ask
        group = pyproj.transformer.TransformerGroup(crs, LONLAT, always_xy=True)
    if group.best_available or not group.unavailable_operations:
        return None
    grids = [grid for grid in group.unavailable_operations[0].grids if not grid.available]
    return grids[0].short_name if grids else None


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
    beyond = shapely.bounds(shapes)[:, 2] > HALF_WORLD  # not cut at the antimeridian yet
    if beyond.any():
        shapes = shapes.copy()
        shapes[beyond] = shapely.transform(shapes[beyond], lambda xy: xy - [HALF_WORLD, 0])
    projected = _projected(shapes, pyproj.Transformer.from_crs(LONLAT, EQUAL_AREA, always_xy=True))
    areas = np.round(shapely.area(projected), AREA_DECIMALS)
    areas[shapely.get_dimensions(shapes) < 2] = np.nan
    return areas


def geometry_hashes(shapes: Shapes) -> Shapes:
    """A hash of each shape that does not depend on where its rings begin; None for missing shapes."""
    texts = shapely.to_wkb(shapely.normalize(shapes))
    hashes = np.full(len(shapes), None, dtype=object)
    known = ~shapely.is_missing(shapes)
    hashes[known] = [hashlib.sha256(text).digest()[:HASH_BYTES] for text in texts[known]]
    return hashes


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


def _placed(shapes: Shapes, reason: Shapes, extent: Extent | None) -> Shapes:
    """The shapes that are not to be read as (lat, lon); the others are rejected."""
    swapped = shapely.transform(shapes, lambda xy: xy[:, ::-1])
    misplaced = ~_in_world(shapes)
    if extent:
        misplaced |= _is_outside(shapes, extent)
    _reject(reason, misplaced & _in_world(swapped) & ~_is_outside(swapped, extent), "swapped_axes")
    shapes[~_is_none(reason)] = None
    return shapes


def _is_outside(shapes: Shapes, extent: Extent | None) -> Flags:
    """Whether the middle of each shape is outside of an extent; not where there is none."""
    if extent is None:
        return np.zeros(len(shapes), dtype=np.bool_)
    west, south, east, north = extent
    bounds = shapely.bounds(shapes)
    lon, lat = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    outside: Flags = (lon < west) | (lon > east) | (lat < south) | (lat > north)
    return outside


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
