"""Outlines out of polygons in WKB, read as flat arrays: without a geometry object for each, several times as fast."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from loaders.geo.antimeridian import HALF_WORLD
from loaders.report.map.ragged import Array, Ragged, starts_of
from loaders.report.map.world import Outlines, Pieces, outlines, world_units

_LITTLE_ENDIAN = 1
_POLYGON, _MULTI_POLYGON = 3, 6
_HEADER_BYTES, _COUNT_BYTES, _VERTEX_BYTES = 9, 4, 16  # a header is byte order, kind, and count of parts or rings
_KIND, _COUNT = 1, 5  # where they are in a header


@dataclass(frozen=True, slots=True)
class Rings:
    """Rings of polygons, one entry a ring, in the order of the rows.

    Attributes:
        row: of the polygon, or of several, that it belongs to.
        is_hole: whether it is one.
        start: byte of its first vertex.
        vertices: their number; the first one is not counted again where the ring ends.
    """

    row: Array
    is_hole: Array
    start: Array
    vertices: Array


def add_outlines(pieces: Pieces, wkb: pa.BinaryArray, feature: Array) -> None:
    """Append the outlines of features; those without one are left out.

    Args:
        pieces: where they go.
        wkb: polygons in EPSG:4326, or nulls.
        feature: of each.
    """
    known = np.flatnonzero(pc.is_valid(wkb).to_numpy(zero_copy_only=False))
    wkb, feature = wkb.drop_null(), feature[known]
    is_read = np.zeros(len(wkb), np.bool_)
    plain, rows = _plain_outlines(wkb, feature)
    is_read[rows] = True
    if len(plain):
        pieces.add(plain)
    shapes = np.asarray(shapely.from_wkb(wkb.filter(pa.array(~is_read)).to_numpy(zero_copy_only=False)), np.object_)
    has_area = ~shapely.is_empty(shapes)
    if has_area.any():
        pieces.add(outlines(shapes[has_area], feature[~is_read][has_area]))


def _plain_outlines(wkb: pa.BinaryArray, feature: Array) -> tuple[Outlines, Array]:
    """The outlines of polygons that do not cross the antimeridian, and which rows these are."""
    _, offsets, data = wkb.buffers()
    ends = np.frombuffer(offsets, np.int32)[wkb.offset : wkb.offset + len(wkb) + 1].astype(np.int64)
    content = np.frombuffer(data or b"", np.uint8)
    rings = polygon_rings(content, ends[:-1])
    lonlat = _vertices(content, rings)
    vertices = np.bincount(rings.row, rings.vertices, minlength=len(wkb)).astype(np.int64)
    rows = np.flatnonzero(vertices)
    rows = rows[~_are_wide(lonlat[:, 0], starts_of(vertices[rows])[:-1])]
    is_kept = np.zeros(len(wkb), np.bool_)
    is_kept[rows] = True
    kept = is_kept[rings.row]
    xy = np.rint(world_units(lonlat[np.repeat(kept, rings.vertices)])).astype(np.int32)
    of_piece = Ragged.of(rings.is_hole[kept], np.bincount(rings.row[kept], minlength=len(wkb))[rows])
    x, y = xy[:, 0].copy(), xy[:, 1].copy()
    return Outlines(feature[rows], of_piece, x, y, starts_of(rings.vertices[kept])), rows


def polygon_rings(content: Array, starts: Array) -> Rings:
    """The rings of the polygons, single or several, that start at these bytes; of other shapes none.

    Each step reads the next ring of all rows together.
    """
    kind = _whole_number(content, starts + _KIND)
    is_little = content[starts] == _LITTLE_ENDIAN
    row = np.flatnonzero(is_little & np.isin(kind, (_POLYGON, _MULTI_POLYGON)))
    is_multi = kind[row] == _MULTI_POLYGON
    cursor = starts[row] + np.where(is_multi, _HEADER_BYTES, 0)
    polygons = np.where(is_multi, _whole_number(content, starts[row] + _COUNT), 1)
    rings: Array = np.zeros(len(row), np.int64)
    is_hole: Array = np.zeros(len(row), np.bool_)
    found = [(row[:0], is_hole[:0], cursor[:0], cursor[:0])]
    while len(row := row[goes_on := (polygons > 0) | (rings > 0)]):
        cursor, polygons, rings, is_hole = (each[goes_on] for each in (cursor, polygons, rings, is_hole))
        begins = np.flatnonzero(rings == 0)
        rings[begins] = _whole_number(content, cursor[begins] + _COUNT)
        is_hole[begins] = False
        polygons[begins] -= 1
        cursor[begins] += _HEADER_BYTES
        here = np.flatnonzero(rings)
        vertices = _whole_number(content, cursor[here])
        cursor[here] += _COUNT_BYTES
        found.append((row[here], is_hole[here], cursor[here], (vertices - 1).clip(0)))
        cursor[here] += vertices * _VERTEX_BYTES
        rings[here] -= 1
        is_hole[here] = True
    columns = [np.concatenate(column) for column in zip(*found, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return Rings(*(column[order] for column in columns))


def _whole_number(content: Array, places: Array) -> Array:
    """The numbers of 32 bits at these bytes."""
    return content[places[:, None] + np.arange(_COUNT_BYTES)].view("<u4").ravel().astype(np.int64)


def _vertices(content: Array, rings: Rings) -> Array:
    """Longitude and latitude of all vertices [°], ring by ring."""
    if not len(rings.start):
        return np.zeros((0, 2))
    ends = rings.start + rings.vertices * _VERTEX_BYTES
    spans = Ragged(content, np.stack([rings.start, ends], axis=1).ravel())
    return spans.take(np.arange(0, 2 * len(ends), 2)).values.view("<f8").reshape(-1, 2)


def _are_wide(lon: Array, first: Array) -> Array:
    """Which rows are more than half the world wide: those that lie on both sides of the antimeridian."""
    if not len(first):
        return np.zeros(0, np.bool_)
    is_wide: Array = np.maximum.reduceat(lon, first) - np.minimum.reduceat(lon, first) > HALF_WORLD
    return is_wide
