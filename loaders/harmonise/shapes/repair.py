"""Converts published shapes to valid polygons and points in EPSG:4326, or rejects them with a reason."""

from dataclasses import dataclass

import numpy as np
import pyproj
import shapely

from loaders.core.arrays import Flags, Numbers, Shapes
from loaders.geo.antimeridian import HALF_WORLD, cut, goes_around, unwrapped
from loaders.geo.geometry import area_m2, centroids, is_invalid, repaired, to_lonlat
from loaders.geo.shape_complexity import too_complex_to_check, too_complex_to_repair
from loaders.harmonise.shapes.parts import POINT, flat, usable_parts, without_short_rings
from loaders.harmonise.shapes.rejections import Rejections
from loaders.harmonise.shapes.wkb import ParsedShapes, parse

TINY_DEG2 = 1e-9  # about 10 m² at the equator, less elsewhere
LARGEST_AREA_CHANGE = 0.05  # of the area; more is flagged
GRID_TOLERANCE = 1e-6  # of a step: rounding of decimal numbers in binary
TOO_COMPLEX = "too_complex_to_repair"

Extent = tuple[float, float, float, float]  # west, south, east, north [°]


@dataclass(frozen=True, slots=True)
class HarmonisedShapes:
    """Harmonised shapes; each array has one entry per record.

    Attributes:
        shapes: EPSG:4326 as (lon, lat), two-dimensional, valid; None where rejected.
        kind: `polygon` or `point`; None where rejected.
        reason: of the rejection, as in `contract.REASONS`; None where kept.
        repaired: whether the published shape was invalid.
        repair_changed_area: whether the repair changed its area by more than 5 %.
        incomplete: whether lines, points or broken parts next to the polygons were left out.
        linearised: whether arcs were replaced by straight lines.
        cut_at_antimeridian: whether it crossed the antimeridian in one piece.
        at_origin: whether it is a point where both published coordinates are zero, in whatever CRS.
        is_coarse: whether it is a point on a grid of about 1 km, as whole hundredths of a degree are.
        outside_extent: whether it lies outside of the declared extent.
        unrepaired_area_m2: ellipsoidal area [m²] of the shape as published where it was repaired, else NaN.
    """

    shapes: Shapes
    kind: Shapes
    reason: Shapes
    repaired: Flags
    repair_changed_area: Flags
    incomplete: Flags
    linearised: Flags
    cut_at_antimeridian: Flags
    at_origin: Flags
    is_coarse: Flags
    outside_extent: Flags
    unrepaired_area_m2: Numbers


def harmonise_shapes(
    wkb: Shapes, crs: pyproj.CRS, *, extent: Extent | None = None, is_selected: Flags | None = None
) -> HarmonisedShapes:
    """Convert published shapes to EPSG:4326; reject what is not a usable polygon or point, with a reason.

    Args:
        wkb: well-known binary in `crs`, null where the record has no shape.
        crs: the coordinate reference system of the shapes.
        extent: west, south, east and north [°] of the dataset; a shape inside only with swapped axes has swapped axes.
        is_selected: rows that `where` selects; the others are rejected unread.
    """
    rejections = Rejections(len(wkb))
    if is_selected is not None:
        rejections.add(~is_selected, "filtered_out")
    polygons_and_points, parsed, incomplete = _parse_polygons_and_points(wkb, rejections)
    on_earth, crossing = _place_on_earth(to_lonlat(polygons_and_points, crs), rejections, extent)
    invalid = _find_invalid(on_earth, rejections)
    shapes = repaired(on_earth, invalid)
    rejections.add(_has_no_area(shapes, invalid), "no_area")
    usable = rejections.is_kept
    shapes[~usable] = None
    is_repaired, crossing = (invalid | parsed.closed) & usable, crossing & usable
    area_before_m2, area_after_m2 = np.full(len(wkb), np.nan), np.full(len(wkb), np.nan)
    area_before_m2[is_repaired], area_after_m2[is_repaired] = (
        area_m2(on_earth[is_repaired]),
        area_m2(shapes[is_repaired]),
    )
    shapes[crossing] = [cut(shape) for shape in shapes[crossing]]
    kind = np.where(shapely.get_type_id(shapes) == POINT, "point", "polygon").astype(object)
    kind[~usable] = None
    return HarmonisedShapes(
        shapes=shapes,
        kind=kind,
        reason=rejections.names(),
        repaired=is_repaired,
        repair_changed_area=np.abs(area_after_m2 - area_before_m2) > LARGEST_AREA_CHANGE * area_before_m2,
        incomplete=incomplete & usable,
        linearised=parsed.linearised & usable,
        cut_at_antimeridian=crossing,
        at_origin=usable & _is_origin(polygons_and_points),
        is_coarse=usable & _is_coarse(polygons_and_points, crs),
        outside_extent=usable & _is_outside(shapes, extent),
        unrepaired_area_m2=area_before_m2,
    )


def _are_on_earth(shapes: Shapes) -> Flags:
    on_earth = np.ones(len(shapes), dtype=np.bool_)
    coordinates = shapely.get_coordinates(shapes)
    outermost = [extreme(coordinates, axis=0, initial=0) for extreme in (np.min, np.max)]  # NaN, where there is one
    if _are_positions(np.array(outermost)).all():  # nearly always; which row a corner belongs to takes longer
        return on_earth
    coordinates, rows = shapely.get_coordinates(shapes, return_index=True)
    on_earth[rows[~_are_positions(coordinates)]] = False
    return on_earth


def _are_positions(coordinates: Numbers) -> Flags:
    """Whether each pair is a longitude and a latitude on Earth; NaN is none."""
    lon, lat = np.abs(coordinates).T
    return np.asarray((lon <= HALF_WORLD) & (lat <= HALF_WORLD / 2))


def _parse_polygons_and_points(wkb: Shapes, rejections: Rejections) -> tuple[Shapes, ParsedShapes, Flags]:
    """Two-dimensional polygons and points of the rows not yet rejected; other types are rejected.

    Returns:
        The shapes, the findings of the parser, and whether something was left out.
    """
    candidates = wkb.copy()
    candidates[~rejections.is_kept] = None
    parsed = parse(candidates)
    for parse_reason in ("null_geometry", "unreadable_geometry", "too_few_points"):
        rejections.add(parsed.reason == parse_reason, parse_reason)
    rejections.add(shapely.is_empty(parsed.shapes), "empty_geometry")
    shapes, incomplete = usable_parts(flat(parsed.shapes))
    rejections.add(shapely.is_missing(shapes), "neither_polygon_nor_point")
    shapes, has_short_rings = without_short_rings(shapes)
    rejections.add(shapely.is_missing(shapes), "too_few_points")
    return shapes, parsed, incomplete | parsed.incomplete | has_short_rings


def _place_on_earth(shapes: Shapes, rejections: Rejections, extent: Extent | None) -> tuple[Shapes, Flags]:
    """The shapes with those across the antimeridian in one piece, and which ones these are.

    Shapes that are not on Earth are rejected.
    """
    shapes, crossing = unwrapped(shapes)
    inside = _are_on_earth(shapes) | crossing
    swapped = ~inside | _is_outside(shapes, extent)
    swapped[swapped] = _fit_with_swapped_axes(shapes[swapped], extent)
    rejections.add(swapped, "swapped_axes")
    rejections.add(~inside, "outside_the_world")
    rejections.add(goes_around(shapes), "wraps_around_the_world")
    shapes[~rejections.is_kept] = None
    return shapes, crossing


def _fit_with_swapped_axes(shapes: Shapes, extent: Extent | None) -> Flags:
    """Whether shapes would be on Earth, and inside of the extent, as (lat, lon)."""
    swapped = shapely.transform(shapes, lambda xy: xy[:, ::-1])
    return _are_on_earth(swapped) & ~_is_outside(swapped, extent)


def _find_invalid(shapes: Shapes, rejections: Rejections) -> Flags:
    """Which shapes must be repaired; those too complex to check or to repair are rejected and set to None."""
    rejections.add(too_complex_to_check(shapes), TOO_COMPLEX)
    shapes[~rejections.is_kept] = None
    invalid = is_invalid(shapes)
    too_complex = np.zeros_like(invalid)
    too_complex[invalid] = [too_complex_to_repair(shape) for shape in shapes[invalid]]
    rejections.add(too_complex, TOO_COMPLEX)
    shapes[too_complex] = None
    return np.asarray(invalid & ~too_complex)


def _has_no_area(shapes: Shapes, repaired_rows: Flags) -> Flags:
    """Whether an outline encloses no measurable area, or its repair leaves none."""
    tiny: Flags = (shapely.get_dimensions(shapes) == 2) & (shapely.area(shapes) < TINY_DEG2)
    tiny[tiny] = area_m2(shapes[tiny]) == 0
    failed = repaired_rows.copy()
    failed[failed] = is_invalid(shapes[failed])
    return np.asarray(tiny | failed | shapely.is_empty(shapes))


def _is_origin(shapes: Shapes) -> Flags:
    """Whether it is the point (0, 0)."""
    is_origin = np.asarray(shapely.get_type_id(shapes) == POINT)
    is_origin[is_origin] = (shapely.bounds(shapes[is_origin]) == 0).all(axis=1)
    return is_origin


def _is_coarse(shapes: Shapes, crs: pyproj.CRS) -> Flags:
    """Whether both coordinates of a point are whole hundredths of a degree, or whole kilometres."""
    is_coarse = np.asarray(shapely.get_type_id(shapes) == POINT)
    corners = shapely.bounds(shapes[is_coarse])[:, :2]
    steps = corners * 100 if crs.is_geographic else corners * crs.axis_info[0].unit_conversion_factor / 1000
    with np.errstate(invalid="ignore"):  # infinite: rejected
        is_coarse[is_coarse] = (np.abs(steps - np.round(steps)) < GRID_TOLERANCE).all(axis=1)
    return is_coarse


def _is_outside(shapes: Shapes, extent: Extent | None) -> Flags:
    """Whether the centroid of each shape is outside of an extent; not where there is none."""
    if extent is None:
        return np.zeros(len(shapes), dtype=np.bool_)
    west, south, east, north = extent
    lon, lat = centroids(shapes)
    outside: Flags = (lon < west) | (lon > east) | (lat < south) | (lat > north)
    return outside
