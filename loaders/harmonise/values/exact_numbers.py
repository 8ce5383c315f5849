"""Whole numbers beyond 2^53, which floats cannot distinguish: identifiers would be confused."""

import pyarrow as pa
import pyarrow.compute as pc

EXACT = 2**53  # from here on, not every whole number is a float
DIGITS = 38  # of the longest number that Arrow holds
WHOLE = pa.decimal128(DIGITS, 0)
WHOLE_TEXT = rf"^[+-]?[0-9]{{1,{DIGITS}}}$"


def is_exact(kind: pa.DataType) -> bool:
    """Whether a column of that type has the published values exactly; floats may have been rounded."""
    return bool(
        pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_temporal(kind) or pa.types.is_binary(kind)
    )


def are_whole(texts: pa.Array) -> bool:
    """Whether each text is a whole number that Arrow holds, or null."""
    return bool(pc.all(pc.match_substring_regex(texts, WHOLE_TEXT), min_count=0).as_py())
