"""SQL functions on the names of plants, computed by rapidfuzz."""

import duckdb
import pyarrow as pa
from duckdb.func import PythonUDFType
from duckdb.sqltypes import DOUBLE, VARCHAR

from loaders.core.plant_names import name_parts, similarity

WORDS, NUMBERS = "words", "numbers"
PARTS = pa.struct([(WORDS, pa.string()), (NUMBERS, pa.list_(pa.string()))])


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Register `name_parts_of(name)`, a struct of words and numbers, and `name_similarity_of(words, words)`, 0 to 1."""
    arrow = PythonUDFType.ARROW
    parts = connection.type("STRUCT(words VARCHAR, numbers VARCHAR[])")
    connection.create_function("name_parts_of", _parts, [VARCHAR], parts, type=arrow)
    connection.create_function("name_similarity_of", _similarity, [VARCHAR, VARCHAR], DOUBLE, type=arrow)


def _parts(names: pa.ChunkedArray) -> pa.Array:
    distinct = names.combine_chunks().dictionary_encode()
    parts = [name_parts(name) for name in distinct.dictionary.to_pylist()]
    rows = [{WORDS: each.words, NUMBERS: list(each.numbers)} for each in parts]
    return pa.array(rows, PARTS).take(distinct.indices)


def _similarity(a: pa.ChunkedArray, b: pa.ChunkedArray) -> pa.Array:
    return pa.array(similarity(a.to_pylist(), b.to_pylist()), pa.float64())
