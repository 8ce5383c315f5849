"""Shapes of a table: from two coordinate columns, or from one with well-known text."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from loaders.core.arrays import Shapes
from loaders.harmonise.values.number_parsing import PLAIN_READING, are_numbers, to_floats
from loaders.settings.columns import ReadOptions


def position_columns(reading: ReadOptions) -> tuple[tuple[str, str | None], ...]:
    """The settings that name the shape columns, with their values."""
    if reading.wkt:
        return (("wkt", reading.wkt),)
    return (("longitude", reading.longitude), ("latitude", reading.latitude))


def positions(table: pa.Table, reading: ReadOptions) -> Shapes:
    """The shapes of the rows as well-known binary: null where blank, empty bytes where invalid."""
    columns = [table.column(name) for _, name in position_columns(reading)]
    return _outlines(columns[0]) if reading.wkt else _points(columns, reading)


def _points(columns: list[pa.ChunkedArray], reading: ReadOptions) -> Shapes:
    texts = [pc.utf8_trim_whitespace(column.cast(pa.string())) for column in columns]
    marks = [reading if _is_text(column) else PLAIN_READING for column in columns]
    is_present = pc.and_(pc.is_valid(texts[0]), pc.is_valid(texts[1]))
    is_numeric = pc.fill_null(pc.and_(*map(are_numbers, texts, marks)), fill_value=False)
    is_valid = pc.and_(is_present, is_numeric).to_numpy(zero_copy_only=False)
    wkb = np.full(len(texts[0]), None, dtype=object)
    wkb[is_present.to_numpy(zero_copy_only=False)] = b""
    x, y = (to_floats(text.filter(is_valid), mark) for text, mark in zip(texts, marks, strict=True))
    wkb[is_valid] = shapely.to_wkb(shapely.points(x, y))
    return wkb


def _outlines(column: pa.ChunkedArray) -> Shapes:
    texts = pc.utf8_trim_whitespace(column.cast(pa.string())).to_pylist()
    wkb = np.full(len(texts), None, dtype=object)
    wkb[:] = list(_wkb_from_wkt(texts))
    return wkb


def _wkb_from_wkt(texts: list[str | None]) -> Iterator[bytes | None]:
    for text in texts:
        try:
            shape = shapely.from_wkt(text or None, on_invalid="ignore")
        except NotImplementedError:  # a curve
            shape = None
        yield shapely.to_wkb(shape) if shape is not None else b"" if text else None


def _is_text(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))
