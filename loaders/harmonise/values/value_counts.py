"""Published values with their number of rows, and their form in messages."""

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from loaders.core.escape import one_line

LISTED_VALUES, VALUE_CHARACTERS = 12, 60  # values in a message, and their characters


def count_values(values: pa.Array | pa.ChunkedArray) -> Counter[str]:
    """The values of a column of text with their number of rows, without null."""
    counted = pc.value_counts(values.drop_null())
    return Counter(dict(zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)))


def format_value_counts(counts: Counter[str]) -> str:
    """Quoted values with their number of rows, the most frequent first."""
    by_count = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    values = [f"{shorten(value)!r} ({count:,})" for value, count in by_count[:LISTED_VALUES]]
    rest = f" and {len(counts) - LISTED_VALUES:,} more" if len(counts) > LISTED_VALUES else ""
    return ", ".join(values) + rest


def shorten(value: str) -> str:
    """A value on one line, cut where it is long."""
    text = one_line(value)
    return text if len(text) <= VALUE_CHARACTERS else f"{text[: VALUE_CHARACTERS - 1]}…"
