"""The published columns of a record as JSON, and its fingerprint.

The JSON is built column by column: a call of Python for each value would take most of the time of a load.
"""

import hashlib
import json
import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from loaders.core.arrays import Shapes
from loaders.core.errors import ReadError

WRITE_ERRORS = (OverflowError, LookupError, pa.ArrowException)  # the second for an unknown time zone
ESCAPED = r'["\\\x00-\x1f]'  # what JSON escapes in a text
LEAST_PLAIN, LEAST_WITH_EXPONENT = 1e-4, 1e10  # between them, Arrow writes the digits that Python does
NULL = "null"


def json_rows(attributes: pa.Table) -> list[str]:
    """Each row of a table as JSON: NaN as null, other types as text.

    Raises:
        ReadError: a date cannot be written; the message names the column.
    """
    columns = dict(zip(attributes.column_names, attributes.columns, strict=True))
    if not columns:
        return ["{}"] * len(attributes)
    pieces: list[str | pa.StringArray] = []
    for name, column in columns.items():
        start = ", " if pieces else "{"
        pieces += [f"{start}{json.dumps(name, ensure_ascii=False)}: ", _written(name, column)]
    rows: list[str] = pc.binary_join_element_wise(*pieces, "}", "").to_pylist()
    return rows


def _written(name: str, column: pa.ChunkedArray) -> pa.StringArray:
    try:
        return pc.fill_null(_json_values(column.combine_chunks()), NULL)
    except WRITE_ERRORS as error:
        raise ReadError(
            f"column {name!r} holds a date beyond the year 9999, or of a time zone that there is not; "
            f"correct it in the file, or write it as text"
        ) from error


def _json_values(values: pa.Array) -> pa.StringArray:
    """Each value as JSON; null, or "null", where there is none."""
    kind = values.type
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return values.cast(pa.string())
    if pa.types.is_float32(kind):  # by their shortest decimal: 1.1, not 1.100000023841858
        return _json_floats(values.cast(pa.string()).cast(pa.float64()))
    if pa.types.is_float64(kind):
        return _json_floats(values)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _json_texts(values.cast(pa.string()))
    if pa.types.is_temporal(kind) or pa.types.is_decimal(kind):
        distinct = values.dictionary_encode()
        return _json_each(distinct.dictionary).take(distinct.indices)
    return _json_each(values)


def _json_texts(texts: pa.StringArray) -> pa.StringArray:
    needs_escapes = pc.match_substring_regex(texts, ESCAPED)
    quoted = pc.binary_join_element_wise('"', texts, '"', "")
    return _replaced(quoted, needs_escapes, texts)


def _json_floats(numbers: pa.DoubleArray) -> pa.StringArray:
    sizes = pc.abs(numbers)
    is_plain = pc.and_(pc.greater_equal(sizes, LEAST_PLAIN), pc.less(sizes, LEAST_WITH_EXPONENT))
    is_whole = pc.equal(numbers, pc.trunc(numbers))
    digits = numbers.cast(pa.string())
    plain = pc.binary_join_element_wise(digits, pc.if_else(is_whole, ".0", ""), "")
    return _replaced(plain, pc.invert(pc.or_(is_plain, pc.equal(numbers, 0.0))), numbers)


def _replaced(texts: pa.StringArray, is_replaced: pa.BooleanArray, values: pa.Array) -> pa.StringArray:
    """The texts, with some of them replaced by what Python writes for the value."""
    if not pc.any(is_replaced).as_py():
        return texts
    return pc.replace_with_mask(
        texts, pc.fill_null(is_replaced, fill_value=False), _json_each(values.filter(is_replaced))
    )


def _json_each(values: pa.Array) -> pa.StringArray:
    return pa.array([_json(value) for value in values.to_pylist()], pa.string())


def _json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=_as_text, allow_nan=False)
    except ValueError:  # NaN or infinity somewhere
        return json.dumps(_finite(value), ensure_ascii=False, default=_as_text, allow_nan=False)


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
