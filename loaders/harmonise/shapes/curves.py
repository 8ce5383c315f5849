"""Replaces curves and surfaces by lines and polygons: GDAL linearises the arcs, which GEOS does not support."""

import io
import struct
from collections.abc import Sequence

import numpy as np

from loaders.core.arrays import Shapes
from loaders.harmonise.readers.vector.gdal import GDAL_ERRORS, raw

POINT, LINE, POLYGON, MULTILINE, MULTIPOLYGON, COLLECTION = 1, 2, 3, 5, 6, 7
ARC, CURVED_POLYGON, MULTICURVE, MULTISURFACE, POLYHEDRON, TIN, TRIANGLE = 8, 10, 11, 12, 15, 16, 17
CURVED = frozenset({ARC, 9, CURVED_POLYGON, MULTICURVE, MULTISURFACE, 13, 14})
BEYOND_GEOS = CURVED | {POLYHEDRON, TIN, TRIANGLE}
# types that differ from another one only by their code, unless they contain curves
EQUIVALENT_TYPES = {MULTICURVE: MULTILINE, MULTISURFACE: MULTIPOLYGON, POLYHEDRON: MULTIPOLYGON, TIN: MULTIPOLYGON}
DEEPEST = 100  # collections in collections
HAS_Z, HAS_M, HAS_SRID = 0x80000000, 0x40000000, 0x20000000  # as PostGIS writes it; ISO adds 1000, 2000 or 3000
ORDERS = {b"\x00": ">", b"\x01": "<", b"": "<"}
GDAL_FAILURES = (*GDAL_ERRORS, RuntimeError, ValueError)

Part = tuple[int, int, int]  # type, begin and end of a geometry


def parse_header(wkb: bytes, position: int) -> tuple[int, int, str]:
    """Type, dimensions and byte order of the geometry at a position of well-known binary, as GEOS reads it.

    Raises:
        ValueError: its byte order is invalid.
        struct.error: it ends too early.
    """
    if wkb[position : position + 1] not in ORDERS:
        raise ValueError("no byte order")
    order = ORDERS[wkb[position : position + 1]]
    (code,) = struct.unpack_from(f"{order}I", wkb, position + 1)
    iso, kind = divmod(code & 0xFFFF, 1000)
    dimensions = 2 + bool(code & HAS_Z or iso in {1, 3}) + bool(code & HAS_M or iso in {2, 3})
    return kind, dimensions, order


def content_offset(wkb: bytes, position: int, order: str) -> int:
    """Offset of the geometry's content, behind byte order, type and an optional SRID."""
    (code,) = struct.unpack_from(f"{order}I", wkb, position + 1)
    return position + 5 + (4 if code & HAS_SRID else 0)


def replace_curves(wkb: Shapes, rows: Sequence[int]) -> tuple[dict[int, bytes | None], set[int]]:
    """Replace geometry types that GEOS does not support by those that it does.

    Args:
        wkb: well-known binary.
        rows: candidates; those without such a type are left out of the result.

    Returns:
        By row, the shape with supported types, None where it cannot be converted; and the rows whose arcs were
        linearised.
    """
    replacements: dict[int, bytes | None] = {}
    leaves: dict[int, list[bytes]] = {}
    arcs: set[int] = set()
    for row in rows:
        shape = bytes(wkb[row])
        try:
            parts = _parts(shape)
        except (struct.error, ValueError):
            replacements[row] = None
            continue
        kinds = {kind for kind, _, _ in parts}
        if kinds & BEYOND_GEOS:
            leaves[row] = [_relabelled(shape, parts, leaf) for leaf in _leaves(parts)]
            arcs |= {row} if ARC in kinds else set()
    curves = [leaf for row_leaves in leaves.values() for leaf in row_leaves if parse_header(leaf, 0)[0] in CURVED]
    linearised = iter(_linearise_each(curves))
    for row, row_leaves in leaves.items():
        pieces = [next(linearised) if parse_header(leaf, 0)[0] in CURVED else leaf for leaf in row_leaves]
        drawable = [leaf for leaf in pieces if leaf is not None]
        is_collection = parse_header(bytes(wkb[row]), 0)[0] == COLLECTION
        replacements[row] = (
            None if len(drawable) < len(pieces) else _collection(drawable) if is_collection else drawable[0]
        )
    return replacements, arcs


def _collection(leaves: Sequence[bytes]) -> bytes:
    return struct.pack("<BII", 1, COLLECTION, len(leaves)) + b"".join(leaves)


def _linearise_each(curves: Sequence[bytes]) -> list[bytes | None]:
    """Each curve as lines and polygons; None where GDAL cannot read it."""
    if not curves:
        return []
    try:
        return _linearise(curves)
    except GDAL_FAILURES:
        return [None] if len(curves) == 1 else [line for curve in curves for line in _linearise_each([curve])]


def _linearise(curves: Sequence[bytes]) -> list[bytes | None]:
    """Write to a file in memory and read it back: on reading, GDAL linearises arcs in steps of at most 4°."""
    file = io.BytesIO()
    no_fields: list[object] = []
    raw.write(
        file,
        geometry=np.array([*curves, None], dtype=object)[:-1],
        field_data=no_fields,
        fields=np.array(no_fields, dtype=object),
        driver="FlatGeobuf",
        geometry_type="Unknown",
        crs="EPSG:4326",  # means nothing here: no coordinate is looked at
        SPATIAL_INDEX="NO",  # which keeps the order
    )
    shapes: list[bytes | None] = list(raw.read(file.getvalue())[2])
    if len(shapes) != len(curves):
        raise ValueError("GDAL left shapes out")
    return shapes


def _relabelled(wkb: bytes, parts: Sequence[Part], leaf: Part) -> bytes:
    """One geometry by itself, with the types that GEOS knows wherever the bytes are the same."""
    _, begin, end = leaf
    inside = [part for part in parts if begin <= part[1] and part[2] <= end]
    if any(kind in CURVED - EQUIVALENT_TYPES.keys() for kind, _, _ in inside):
        return wkb[begin:end]
    content = bytearray(wkb)
    for kind, position, _ in inside:
        order = parse_header(wkb, position)[2]
        (code,) = struct.unpack_from(f"{order}I", wkb, position + 1)
        geos_type = POLYGON if kind == TRIANGLE else EQUIVALENT_TYPES.get(kind, kind)
        struct.pack_into(f"{order}I", content, position + 1, code - kind + geos_type)
    return bytes(content[begin:end])


def _leaves(parts: Sequence[Part]) -> list[Part]:
    """The outermost geometries that are no collections."""
    leaves, behind = [], 0
    for part in parts:
        if part[0] != COLLECTION and part[1] >= behind:
            leaves.append(part)
            behind = part[2]
    return leaves


def _parts(wkb: bytes) -> list[Part]:
    """A geometry and all those inside, in the order of their beginnings.

    Raises:
        ValueError: collections are too deep in one another.
        struct.error: it ends too early.
    """
    parts: list[Part] = []
    _walk(wkb, 0, parts, DEEPEST)
    return sorted(parts, key=lambda part: (part[1], -part[2]))


def _walk(wkb: bytes, position: int, parts: list[Part], depth: int) -> int:
    """Add what begins there to the parts; returns where it ends."""
    if not depth:
        raise ValueError("collections are too deep in one another")
    kind, dimensions, order = parse_header(wkb, position)
    begin, size = position, 8 * dimensions
    position = content_offset(wkb, position, order)
    if kind == POINT:
        position += size
    else:
        (count,) = struct.unpack_from(f"{order}I", wkb, position)
        position += 4
        if kind in {LINE, ARC}:
            position += count * size
        elif kind in {POLYGON, TRIANGLE}:
            for _ in range(count):
                position += 4 + size * struct.unpack_from(f"{order}I", wkb, position)[0]
        else:
            for _ in range(count):
                position = _walk(wkb, position, parts, depth - 1)
    if position > len(wkb):
        raise struct.error("it ends too early")
    parts.append((kind, begin, position))
    return position
