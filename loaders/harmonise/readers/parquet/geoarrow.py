"""Convert GeoArrow geometries (nested lists of coordinates) to well-known binary.

GEOS would build all shapes at once, and crashes at a polygon with an empty outer ring.
"""

import struct
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from loaders.core.arrays import Numbers, Shapes

POINT, LINE, RING = 1, 2, 0  # a ring has no head of its own
# the types from the outermost to its parts, as well-known binary numbers them
ENCODINGS: Mapping[str, tuple[int, ...]] = {
    "point": (POINT,),
    "linestring": (LINE,),
    "polygon": (3, RING),
    "multipoint": (4, POINT),
    "multilinestring": (5, LINE),
    "multipolygon": (6, 3, RING),
}
# https://geoarrow.org/format.html


def wkb_from_geoarrow(column: pa.Array, encoding: str) -> Shapes:
    """Two-dimensional well-known binary of each shape; None for null.

    Raises:
        pa.ArrowInvalid: the lists do not have the depth of the encoding, or hold no coordinates.
    """
    kinds = ENCODINGS[encoding]
    offsets: list[Sequence[int]] = []
    values = column
    while pa.types.is_list(values.type) or pa.types.is_large_list(values.type):
        offsets.append(values.offsets.to_pylist())
        values = values.values
    depth = len(kinds) - (kinds[-1] == POINT)
    if len(offsets) != depth or not pa.types.is_struct(values.type) or not _has_axes(values.type):
        raise pa.ArrowInvalid(f"its shapes are {column.type}, expected {depth} lists around x and y for a {encoding}")
    axes = [values.field(name).to_numpy(zero_copy_only=False) for name in ("x", "y")]
    xy = np.column_stack(axes).astype("<f8", copy=False)
    wkb = np.full(len(column), None, dtype=object)
    for row, is_valid in enumerate(column.is_valid().to_pylist()):
        if is_valid:
            wkb[row] = _shape(row, kinds, offsets, xy)
    return wkb


def _has_axes(kind: pa.StructType) -> bool:
    axes = [kind.field(index).type for name in ("x", "y") if (index := kind.get_field_index(name)) >= 0]
    return len(axes) == 2 and all(pa.types.is_floating(axis) or pa.types.is_integer(axis) for axis in axes)


def _shape(index: int, kinds: Sequence[int], offsets: Sequence[Sequence[int]], xy: Numbers) -> bytes:
    kind = kinds[0]
    header = struct.pack("<BI", 1, kind) if kind != RING else b""
    if kind == POINT:
        return header + bytes(xy[index])
    begin, end = offsets[0][index : index + 2]
    header += struct.pack("<I", end - begin)
    if kind in {LINE, RING}:
        return header + bytes(xy[begin:end])
    return header + b"".join(_shape(part, kinds[1:], offsets[1:], xy) for part in range(begin, end))
