"""Parse well-known binary; say why, where it cannot be parsed, and save what can be saved.

`shapely.from_wkb(on_invalid="fix")` closes rings too, but does not say so, and refuses a whole shape for a ring of one
position in one of its parts (GEOS 3.14), where the other parts are usable.
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from loaders.core.arrays import Flags, Shapes
from loaders.harmonise.shapes.curves import (
    COLLECTION,
    MULTIPOLYGON,
    POLYGON,
    content_offset,
    parse_header,
    replace_curves,
)

LEAST_RING_POSITIONS = 4  # positions: three corners, and the first again

POINT, LINE, TRIANGLE, CIRCLE = 1, 2, 17, 8
SINGLE = frozenset({POINT, LINE, POLYGON, CIRCLE, TRIANGLE})
HEAD_BYTES, COUNT_BYTES = 5, 4
POLYGON_HEAD = struct.pack("<BI", 1, POLYGON)  # as nearly every shape begins, and nothing is nested in it
MOST_NESTED = 100  # nested collections; GEOS recurses, and a few thousand exhaust its stack

Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class ParsedShapes:
    """Parsed shapes; each array has one entry per record.

    Attributes:
        shapes: None where parsing fails.
        reason: of the failure; None where parsed.
        closed: whether an open ring was closed.
        incomplete: whether parts or holes with too few corners were left out.
        linearised: whether arcs were replaced by straight lines.
    """

    shapes: Shapes
    reason: Shapes
    closed: Flags
    incomplete: Flags
    linearised: Flags


def parse(wkb: Shapes) -> ParsedShapes:
    """Parse shapes, also those that GEOS refuses but that can be salvaged."""
    readable = wkb.copy()
    others = (row for row, value in enumerate(wkb) if value is not None and value[:HEAD_BYTES] != POLYGON_HEAD)
    readable[[row for row in others if _is_too_nested(wkb[row])]] = None
    without_curves, shapes, linearised = _without_curves(readable)
    reason = np.full(len(wkb), None, dtype=object)
    closed, incomplete = np.zeros(len(wkb), dtype=np.bool_), np.zeros(len(wkb), dtype=np.bool_)
    for row in np.flatnonzero(shapely.is_missing(shapes)):
        if wkb[row] is None:
            reason[row] = "null_geometry"
            continue
        if without_curves[row] is None:
            reason[row] = "unreadable_geometry"
            continue
        try:
            polygons = list(_polygons(bytes(without_curves[row])))
        except (struct.error, ValueError):
            reason[row] = "unreadable_geometry"
            continue
        shapes[row], closed[row], incomplete[row] = _salvaged_shape(polygons)
        reason[row] = None if shapes[row] is not None else "too_few_points"
    usable = ~shapely.is_missing(shapes)
    return ParsedShapes(shapes, reason, closed & usable, incomplete & usable, linearised & usable)


def _without_curves(wkb: Shapes) -> tuple[Shapes, Shapes, Flags]:
    """The shapes as bytes and parsed, with types that GEOS does not support replaced."""
    shapes = _from_wkb(wkb)
    needs_conversion = shapely.is_missing(shapes) | (shapely.get_type_id(shapes) == COLLECTION)
    rows = [row for row in np.flatnonzero(needs_conversion).tolist() if wkb[row] is not None]
    replacements, arcs = replace_curves(wkb, rows)
    linearised = np.zeros(len(wkb), dtype=np.bool_)
    if replacements:
        wkb = wkb.copy()
        for row, shape in replacements.items():
            wkb[row] = wkb[row] if shape is None else shape  # an unconvertible shape may still be a broken polygon
        rows = [row for row, shape in replacements.items() if shape is not None]
        shapes[[row for row, shape in replacements.items() if shape is None]] = None
        shapes[rows] = _from_wkb(wkb[rows])
        linearised[list(arcs)] = True
    return wkb, shapes, linearised


def _is_too_nested(value: bytes) -> bool:
    """Whether collections are, or may be, nested too deep for GEOS."""
    if len(value) < MOST_NESTED * (HEAD_BYTES + COUNT_BYTES):
        return False
    wkb, position, remaining = bytes(value), 0, [1]  # geometries left at each level
    try:
        while remaining and len(remaining) <= MOST_NESTED:
            remaining[-1] -= 1
            kind, dimensions, order = parse_header(wkb, position)
            position = content_offset(wkb, position, order)
            if kind in SINGLE:
                position = _end_offset(wkb, position, kind, order, dimensions)
            else:
                remaining.append(struct.unpack_from(f"{order}I", wkb, position)[0])
                position += COUNT_BYTES
            while remaining and not remaining[-1]:
                remaining.pop()
    except struct.error:  # it ends there, for GEOS too
        return False
    except ValueError:
        return True
    return bool(remaining)


def _end_offset(wkb: bytes, position: int, kind: int, order: str, dimensions: int) -> int:
    """Offset of the end of a geometry without parts."""
    if kind == POINT:
        return position + 8 * dimensions
    (count,) = struct.unpack_from(f"{order}I", wkb, position)
    position += COUNT_BYTES
    if kind in {LINE, CIRCLE}:
        return int(position + 8 * dimensions * count)
    for _ in range(count):
        (points,) = struct.unpack_from(f"{order}I", wkb, position)
        position += COUNT_BYTES + 8 * dimensions * points
    return int(position)


def _from_wkb(wkb: Shapes) -> Shapes:
    """Shapes; None where missing or unreadable."""
    try:
        with np.errstate(invalid="ignore"):  # not a number: rejected later
            shapes: Shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    except NotImplementedError:  # a curve, and GEOS then reads none of them
        if len(wkb) == 1:
            return np.array([None], dtype=object)
        shapes = np.concatenate([_from_wkb(wkb[row : row + 1]) for row in range(len(wkb))])
    return shapes


def _salvaged_shape(polygons: list[list[Ring]]) -> tuple[BaseGeometry | None, bool, bool]:
    """The usable part of polygons; whether a ring had to be closed; whether something was left out."""
    closed = any(ring[0] != ring[-1] for rings in polygons for ring in rings if ring)
    closed_rings = [[_closed(ring) for ring in rings] for rings in polygons]
    usable_rings = [
        [ring for ring in rings if _is_ring(ring)] for rings in closed_rings if rings and _is_ring(rings[0])
    ]
    if not usable_rings:
        return None, closed, False
    shapes = [shapely.Polygon(rings[0], rings[1:]) for rings in usable_rings]
    shape = shapes[0] if len(polygons) == 1 else shapely.multipolygons(shapes)
    return shape, closed, sum(map(len, usable_rings)) < sum(map(len, closed_rings))


def _is_ring(ring: Ring) -> bool:
    return len(ring) >= LEAST_RING_POSITIONS


def _closed(ring: Ring) -> Ring:
    return [*ring, ring[0]] if ring and ring[0] != ring[-1] else ring


def _polygons(wkb: bytes) -> Iterator[list[Ring]]:
    """The rings of each polygon.

    Raises:
        ValueError: the geometry is not a polygon, or a coordinate is not finite.
        struct.error: it ends too early.
    """
    kind, dimensions, order = parse_header(wkb, 0)
    if kind not in {POLYGON, MULTIPOLYGON}:
        raise ValueError("not a polygon")
    count, position = (struct.unpack_from(f"{order}I", wkb, 5)[0], 9) if kind == MULTIPOLYGON else (1, 0)
    for _ in range(count):
        kind, dimensions, order = parse_header(wkb, position)
        if kind != POLYGON:
            raise ValueError("not a polygon")
        rings, position = _rings(wkb, position + 5, order, dimensions)
        yield rings


def _rings(wkb: bytes, position: int, order: str, dimensions: int) -> tuple[list[Ring], int]:
    """The rings of a polygon, and where the next geometry begins."""
    (count,) = struct.unpack_from(f"{order}I", wkb, position)
    position += 4
    rings = []
    for _ in range(count):
        (points,) = struct.unpack_from(f"{order}I", wkb, position)
        numbers = struct.unpack_from(f"{order}{points * dimensions}d", wkb, position + 4)
        rings.append(list(zip(numbers[::dimensions], numbers[1::dimensions], strict=True)))
        position += 4 + 8 * points * dimensions
    if not all(math.isfinite(number) for ring in rings for corner in ring for number in corner):
        raise ValueError("a coordinate is not a number")
    return rings, position
