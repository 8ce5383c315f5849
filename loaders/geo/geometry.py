"""Geometry operations: reprojection to longitude and latitude, repair, areas, centroids, hashes and H3 cells."""

import hashlib
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from h3ronpy import cells_to_string
from h3ronpy.vector import coordinates_to_cells
from pyproj.transformer import TransformerGroup
from shapely.geometry.base import BaseGeometry

from loaders.core.arrays import Flags, Numbers, Shapes
from loaders.geo.antimeridian import HALF_WORLD, WORLD, joined

LONLAT = pyproj.CRS.from_epsg(4326)
EQUAL_AREA = pyproj.CRS.from_epsg(6933)  # cylindrical equal-area on the WGS 84 ellipsoid
# EPSG:6933 wraps 181° to -179°; this does not, so that outlines across the antimeridian are measured in one piece
EQUAL_AREA_UNWRAPPED = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cea +lat_ts=30 +ellps=WGS84 +over"
)
AREA_DECIMALS = 2  # [m²]: below any published precision; keeps platform rounding out of the tables
DEGREE_DECIMALS = 7  # [°]: about 1 cm
HASH_BYTES = 16
MULTIPOLYGON = 6


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Accuracy of the transformation to EPSG:4326.

    Attributes:
        metres: as the CRS registry states it; None where it does not.
        missing_grid: a grid of the best transformation that is not installed; None if all are.
    """

    metres: float | None
    missing_grid: str | None


def accuracy(crs: pyproj.CRS) -> Accuracy:
    """Accuracy of the transformation that PROJ prefers for a whole CRS; parts of its area may have better ones.

    Source: https://proj.org/operations/operations_computation.html
    """
    if _is_lonlat(crs):
        return Accuracy(0.0, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the missing grid, which is returned
        group = TransformerGroup(crs, LONLAT, always_xy=True)
    metres = group.transformers[0].accuracy if group.transformers else -1  # negative: not stated
    return Accuracy(metres if metres >= 0 else None, None if group.best_available else _missing_grid(group))


def missing_grid(crs: pyproj.CRS) -> str | None:
    """A grid of the best transformation to EPSG:4326 that is not installed; None if all are."""
    return accuracy(crs).missing_grid


def to_lonlat(shapes: Shapes, crs: pyproj.CRS) -> Shapes:
    """Transform to EPSG:4326 in (lon, lat) order by the best installed transformation."""
    if _is_lonlat(crs):
        return shapes.copy()
    return projected(shapes, pyproj.Transformer.from_crs(crs, LONLAT, always_xy=True))


def repair(shapes: Shapes) -> tuple[Shapes, Flags]:
    """Make invalid polygons valid: overlapping parts merge, holes outside their shell vanish, lines are dropped.

    Returns:
        The shapes, and which of them were invalid.
    """
    invalid = is_invalid(shapes)
    return repaired(shapes, invalid), invalid


def is_invalid(shapes: Shapes) -> Flags:
    """Which shapes are invalid simple features; missing shapes are not."""
    return np.asarray(~(shapely.is_valid(shapes) | shapely.is_missing(shapes)))


def repaired(shapes: Shapes, invalid: Flags) -> Shapes:
    """The shapes, with the invalid ones made valid as in `repair`."""
    repaired_shapes: Shapes = shapes.copy()
    repaired_shapes[invalid] = [_repaired_shape(shape) for shape in shapes[invalid]]
    return repaired_shapes


def _repaired_shape(shape: BaseGeometry) -> BaseGeometry:
    """Shell minus holes, part by part: GEOS's own repair fills a hole outside of its shell."""
    parts = shapely.get_parts(shape)
    return shapely.union_all([_filled([part.exterior]).difference(_filled(part.interiors)) for part in parts])


def _filled(rings: Iterable[shapely.LinearRing]) -> BaseGeometry:
    areas = [shapely.make_valid(shapely.Polygon(ring), method="structure", keep_collapsed=False) for ring in rings]
    return shapely.union_all(areas)


def area_m2(shapes: Shapes) -> Numbers:
    """The area on the WGS 84 ellipsoid [m²] of shapes in EPSG:4326; NaN for points and missing shapes.

    Longitudes may go on to 360°. 0 where holes, of an invalid shape, enclose more than their shell.
    """
    plane = projected(shapes, pyproj.Transformer.from_pipeline(EQUAL_AREA_UNWRAPPED))
    areas: Numbers = shapely.area(plane).clip(min=0).round(AREA_DECIMALS)
    areas[shapely.get_dimensions(shapes) < 2] = np.nan
    return areas


def geometry_hashes(shapes: Shapes) -> Shapes:
    """A hash of each shape, independent of ring starts and part order; None for missing shapes."""
    normalised = _without_negative_zeros(shapes)
    single = (shapely.get_type_id(normalised) == MULTIPOLYGON) & (shapely.get_num_geometries(normalised) == 1)
    normalised[single] = shapely.get_geometry(normalised[single], 0)
    wkb = shapely.to_wkb(shapely.normalize(normalised))
    hashes = np.full(len(shapes), None, dtype=object)
    is_known = ~shapely.is_missing(shapes)
    hashes[is_known] = [hashlib.sha256(text).digest()[:HASH_BYTES] for text in wkb[is_known]]
    return hashes


def _without_negative_zeros(shapes: Shapes) -> Shapes:
    """The shapes, with -0 as 0."""
    has_zeros = bool((shapely.get_coordinates(shapes) == 0).any())
    positive: Shapes = shapely.transform(shapes, lambda xy: xy + 0.0) if has_zeros else shapes.copy()
    return positive


def centroids(shapes: Shapes) -> tuple[Numbers, Numbers]:
    """Longitude and latitude of the centroids [°], EPSG:4326; NaN for missing shapes.

    None of them is -0, which equals 0 but is other bytes: a file or database keeps the one or the other.
    """
    centres = shapely.centroid(joined(shapes))
    lon, lat = shapely.get_x(centres), shapely.get_y(centres)
    lon = np.where(lon > HALF_WORLD, lon - WORLD, lon)
    return np.round(lon, DEGREE_DECIMALS) + 0.0, np.round(lat, DEGREE_DECIMALS) + 0.0


def h3_cells(lon: Numbers, lat: Numbers, resolution: int) -> Shapes:
    """The H3 cell of each position as text; None where the position is unknown."""
    is_known = ~(np.isnan(lon) | np.isnan(lat))
    cells = np.full(len(lon), None, dtype=object)
    if is_known.any():
        cells[is_known] = cells_to_string(coordinates_to_cells(lat[is_known], lon[is_known], resolution)).to_pylist()
    return cells


def projected(shapes: Shapes, transformer: pyproj.Transformer) -> Shapes:
    """The shapes with every vertex transformed."""
    moved: Shapes = shapely.transform(
        shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])).astype(float, copy=False)
    )
    return moved


def _is_lonlat(crs: pyproj.CRS) -> bool:
    return bool(crs.equals(LONLAT, ignore_axis_order=True))


def _missing_grid(group: TransformerGroup) -> str | None:
    missing = [grid for step in group.unavailable_operations[:1] for grid in step.grids if not grid.available]
    return missing[0].short_name if missing else None
