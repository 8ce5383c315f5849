"""Values of published columns: numbers, identifiers and text.

Each value is read on its own, so that it does not matter in which batches a file is read.
"""

import math
import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.core.arrays import Flags, Numbers
from loaders.core.errors import ReadError
from loaders.harmonise.values.exact_numbers import EXACT
from loaders.harmonise.values.number_parsing import PLAIN_READING, are_numbers, is_number, to_floats
from loaders.settings.column import Column, Scalar
from loaders.settings.columns import ReadOptions

LARGEST_QUANTITY = 1e15  # in square metres or watts, more than any installation
LISTED_VALUES = 3  # examples in an error
WITH_MARKS = re.compile("[0-9][.,' \u2019\u00a0\u202f][0-9]")
MIDNIGHT = r"[T ]00:00:00(\.0+)?(Z|[+-]\d{2}:?\d{2})?$"
OGR_TYPE = b"GDAL:OGR:type"  # of a column that GDAL gives as text


def numbers(
    attributes: pa.Table, column: Column, key: str, reading: ReadOptions = PLAIN_READING, *, signed: bool = False
) -> Numbers:
    """A published quantity in its published unit; NaN where unknown.

    Args:
        attributes: published columns.
        column: which of them, or one number for all rows.
        key: of the dataset.
        reading: the marks in numbers that are written as text; others have none.
        signed: whether it may be negative, as no area or capacity can be.

    Raises:
        ReadError: the column is missing, or has a value that is neither a number nor declared as unknown, or a number
            out of range; or the constant is not a valid number.
    """
    if column.constant is not None:
        return np.full(len(attributes), _constant_number(column.constant, key, signed=signed))
    values = np.full(len(attributes), np.nan)
    for name in column.column:
        column_values = _known_numbers(attributes, name, column, key, reading)
        if (impossible := column_values[_is_impossible(column_values, signed=signed)]).size:
            examples = [f"{value:g}" for value in np.unique(impossible)]
            raise ReadError(_unexpected_values(key, name, examples, _possible_range(signed=signed)))
        values = np.where(np.isnan(values), column_values, values)
    return values


def own_identifiers(
    attributes: pa.Table, column: Column | None, key: str, setting: str = "source_id"
) -> list[str | None]:
    """The publisher's own identifiers as text, None where missing; `setting` names the column.

    Raises:
        ReadError: the column is missing, or it is a constant.
    """
    if column is None:
        return [None] * len(attributes)
    if column.constant is not None:
        raise ReadError(
            f"{key}: {setting} is the constant {column.constant!r}, which tells no record from another. Name a column "
            f"in datasets.{key}.columns.{setting} in params.yaml, or leave {setting} out."
        )
    texts = pc.coalesce(*(known_text(attributes, name, column, key) for name in column.column))
    ids: list[str | None] = texts.to_pylist()
    return ids


def published_text(attributes: pa.Table, name: str, key: str, setting: str) -> pa.ChunkedArray:
    """A column as trimmed text, as `as_text` writes it; `setting` names it in the settings of the dataset.

    Raises:
        ReadError: the column is missing, or has no text form.
    """
    if name not in attributes.column_names:
        raise ReadError(
            f"{key}: the file has no column {name!r}, which datasets.{key}.{setting} in params.yaml names. It has: "
            f"{', '.join(attributes.column_names)}."
        )
    values = attributes.column(name)
    try:
        text = pc.utf8_trim_whitespace(as_text(values))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ReadError(_wrong_type(key, name, values.type, setting)) from error
    is_moment = (attributes.schema.field(name).metadata or {}).get(OGR_TYPE) == b"DateTime"
    return pc.replace_substring_regex(text, MIDNIGHT, "") if is_moment else text


def known_text(attributes: pa.Table, name: str, column: Column, key: str) -> pa.ChunkedArray:
    """A column as trimmed text; null where it is blank or declared as unknown.

    Raises:
        ReadError: the column is missing, or has no text form.
    """
    text = published_text(attributes, name, key, "columns")
    if pa.types.is_boolean(attributes.column(name).type):
        raise ReadError(_wrong_type(key, name, "bool", "columns"))
    unknown = {"", *(spelling for value in column.null_values for spelling in spellings(value))}
    return pc.if_else(pc.is_in(text, value_set=pa.array(sorted(unknown))), pa.scalar(None, pa.string()), text)


def as_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Each value as text, independent of its type in the file: whole numbers without decimals, midnight without time.

    Null where a number is not finite.

    Raises:
        pa.ArrowNotImplementedError: there is no text form, as of bytes and lists.
        pa.ArrowInvalid: a value has none.
    """
    kind = values.type
    if pa.types.is_dictionary(kind):
        return as_text(values.cast(kind.value_type))
    if pa.types.is_floating(kind):
        return _floats_as_text(values)
    if isinstance(kind, pa.UuidType):
        return pa.chunked_array([pa.array([value and str(value) for value in values.to_pylist()], pa.string())])
    if pa.types.is_decimal(kind):
        return pc.replace_substring_regex(values.cast(pa.string()), r"\.0+$", "")
    if pa.types.is_timestamp(kind):
        return pc.replace_substring_regex(values.cast(pa.string()), MIDNIGHT, "")
    if "binary" in str(kind):
        raise pa.ArrowNotImplementedError("bytes are neither numbers nor dates nor identifiers")
    return values.cast(pa.string())


def setting_as_text(value: str | float) -> str:
    """A value of the settings as `as_text` writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and math.isfinite(value):
        return str(as_text(pa.chunked_array([[value]]))[0])
    return str(value).strip()


def spellings(value: str | float) -> set[str]:
    """The texts by which a column may hold a value of the settings: a whole number also with `.0` at its end."""
    text = setting_as_text(value)
    is_whole = not isinstance(value, str) and text.lstrip("-").isdigit()
    return {text, f"{text}.0"} if is_whole else {text}


def _floats_as_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    null = pa.scalar(None, values.type)
    values = pc.if_else(pc.is_finite(values), values, null)
    is_exact = pc.less(pc.abs(values), pa.scalar(float(EXACT), values.type))
    is_whole = pc.and_(is_exact, pc.equal(values, pc.trunc(values)))
    digits = pc.if_else(is_whole, values, null).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(digits, values.cast(pa.string()))


def _known_numbers(attributes: pa.Table, name: str, column: Column, key: str, reading: ReadOptions) -> Numbers:
    text = known_text(attributes, name, column, key)
    kind = attributes.column(name).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    is_numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    values = _to_float(text, name, key, PLAIN_READING if is_numeric else reading)
    unknown = [float(setting_as_text(null)) for null in column.null_values if is_number(setting_as_text(null))]
    values[np.isin(values, unknown)] = np.nan
    return values


def _to_float(text: pa.ChunkedArray, name: str, key: str, reading: ReadOptions) -> Numbers:
    not_numbers = text.filter(pc.invert(are_numbers(text, reading)))
    if examples := sorted(pc.unique(not_numbers).to_pylist()):
        marks = f"where it has marks, declare them in datasets.{key}.read.thousands and read.decimal in params.yaml; "
        raise ReadError(
            _unexpected_values(key, name, examples, "a number", marks if any(map(WITH_MARKS.search, examples)) else "")
        )
    return to_floats(text, reading)


def _is_impossible(values: Numbers, *, signed: bool) -> Flags:
    impossible: Flags = np.abs(values) > LARGEST_QUANTITY
    return impossible if signed else impossible | (values < 0)


def _possible_range(*, signed: bool) -> str:
    return f"none beyond ±{LARGEST_QUANTITY:g}" if signed else f"no negative number and none above {LARGEST_QUANTITY:g}"


def _constant_number(constant: Scalar, key: str, *, signed: bool) -> float:
    text = setting_as_text(constant)
    if not is_number(text) or _is_impossible(np.array([float(text)]), signed=signed).any():
        raise ReadError(_wrong_constant(key, constant, f"a number ({_possible_range(signed=signed)})"))
    return float(text)


def _wrong_constant(key: str, constant: Scalar, expected: str) -> str:
    return f"{key}: datasets.{key}.columns in params.yaml has the constant {constant!r}; expected {expected}."


def _wrong_type(key: str, name: str, kind: object, setting: str) -> str:
    return (
        f"{key}: column {name!r} holds {kind}; expected numbers or text. Name another column in "
        f"datasets.{key}.{setting} in params.yaml."
    )


def _unexpected_values(key: str, name: str, values: Sequence[str], expected: str, remedy: str = "") -> str:
    listing = ", ".join(repr(value) for value in values[:LISTED_VALUES])
    listing += " and more" if len(values) > LISTED_VALUES else ""
    return (
        f"{key}: column {name!r} holds {listing}; expected {expected}. Where it stands for unknown, add it to "
        f"null_values in datasets.{key}.columns in params.yaml; {remedy}where it does not, write it plainly in the "
        "file, or map another column."
    )
