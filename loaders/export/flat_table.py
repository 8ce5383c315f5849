"""Tables as most formats can hold them: lists and maps as text, text without what no document may hold."""

import pyarrow as pa
import pyarrow.compute as pc

SEPARATOR = "; "
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# controls that XML or SQLite cannot hold, those that reorder the text around them, and what is no character
UNSAFE = r"[\x{00}-\x{08}\x{0B}-\x{0C}\x{0E}-\x{1F}\x{7F}-\x{9F}\x{202A}-\x{202E}\x{2066}-\x{2069}\x{FFFE}\x{FFFF}]"


def flat_table(rows: pa.Table) -> pa.Table:
    """A table whose columns are text, numbers, booleans, dates and WKB."""
    for position, field in enumerate(rows.schema):
        column = _flat(rows.column(position))
        rows = rows.set_column(position, pa.field(field.name, column.type), column)
    return rows.replace_schema_metadata(None)


def dates_as_text(rows: pa.Table) -> pa.Table:
    """A table with its dates in ISO 8601."""
    types = [pa.string() if pa.types.is_date(field.type) else field.type for field in rows.schema]
    return rows.cast(pa.schema(list(zip(rows.column_names, types, strict=True))))


def map_text(entries: list[tuple[object, object]]) -> str:
    """A map as text: `key=value`, once for each value of a list."""
    pairs = ((key, value) for key, values in entries for value in (values if isinstance(values, list) else [values]))
    return SEPARATOR.join(f"{key}={value}" for key, value in pairs)


def _flat(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_map(kind):
        column = pa.chunked_array([_texts(None if each is None else map_text(each) for each in column.to_pylist())])
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        joined = (None if each is None else SEPARATOR.join(map(str, each)) for each in column.to_pylist())
        column = pa.chunked_array([_texts(joined)])
    elif pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return pc.replace_substring_regex(column.cast(pa.string()), UNSAFE, REPLACEMENT)
    return column


def _texts(values: object) -> pa.Array:
    return pa.array(values, pa.string())
