"""Shapes: to longitude and latitude, valid, two-dimensional, and measured."""

import hashlib
import warnings
from collections.abc import Iterable

import numpy as np
import pyproj
import shapely
from h3ronpy import cells_to_string
from h3ronpy.vector import coordinates_to_cells
from shapely.geometry.base import BaseGeometry

from loaders.antimeridian import HALF_WORLD
from loaders.arrays import Flags, Numbers, Shapes

LONLAT = pyproj.CRS.from_epsg(4326)
EQUAL_AREA = pyproj.CRS.from_epsg(6933)  # cylindrical equal-area on the WGS 84 ellipsoid
AREA_DECIMALS = 2  # [m²]: far below what any publisher draws; keeps the last bits of a platform out of the tables
DEGREE_DECIMALS = 7  # [°]: about 1 cm
HASH_BYTES = 16


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
