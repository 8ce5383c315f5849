"""The published columns of a record as JSON, and its fingerprint."""

import hashlib
import json
import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pyarrow as pa

from loaders.core.arrays import Shapes
from loaders.core.errors import ReadError

WRITE_ERRORS = (OverflowError, LookupError, pa.ArrowException)  # the second for an unknown time zone


def json_rows(attributes: pa.Table) -> list[str]:
    """Each row of a table as JSON: NaN as null, other types as text.

    Raises:
        ReadError: a date cannot be written; the message names the column.
    """
    if not attributes.column_names:
        return ["{}"] * len(attributes)
    shortest = _widened(attributes)
    try:
        return [_json(row) for row in shortest.to_pylist()]
    except WRITE_ERRORS as error:
        raise ReadError(
            f"column {_unwritable(shortest)!r} holds a date beyond the year 9999, or of a time zone that there is not; "
            f"correct it in the file, or write it as text"
        ) from error


def _unwritable(table: pa.Table) -> str:
    """The first column with a value that cannot be written."""
    for name, column in zip(table.column_names, table.columns, strict=True):
        try:
            column.to_pylist()
        except WRITE_ERRORS:
            return str(name)
    return ""


def _widened(table: pa.Table) -> pa.Table:
    """Single-precision numbers by their shortest decimal: 1.1, not 1.100000023841858."""
    for index, field in enumerate(table.schema):
        if pa.types.is_float32(field.type):
            shortest = table.column(index).cast(pa.string()).cast(pa.float64())
            table = table.set_column(index, field.name, shortest)
    return table


def _json(row: dict[str, Any]) -> str:
    try:
        return json.dumps(row, ensure_ascii=False, default=_as_text, allow_nan=False)
    except ValueError:  # NaN or infinity somewhere
        return json.dumps(_finite(row), ensure_ascii=False, default=_as_text, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _as_text(value: object) -> str | int:
    if isinstance(value, Decimal) and not value.as_tuple().exponent:
        return int(value)  # as the same number in a file whose format has whole numbers of that size
    return value.hex() if isinstance(value, bytes) else str(value)


FINGERPRINT_DIGITS = 16  # 64 bits: a collision among ten million shapes is less likely than 1 in 100,000


def fingerprints(wkb: Shapes, attributes: Iterable[str]) -> list[str]:
    """The first digits of the SHA-256 of each published shape, or of its attributes as JSON where it has no shape."""
    pairs = zip(wkb, attributes, strict=True)
    return [
        hashlib.sha256(bytes(shape) if shape is not None else text.encode()).hexdigest()[:FINGERPRINT_DIGITS]
        for shape, text in pairs
    ]
