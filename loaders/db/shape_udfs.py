"""SQL functions on shapes that DuckDB's spatial extension does not have."""

import duckdb
import numpy as np
import pyarrow as pa
import shapely
from duckdb.func import PythonUDFType
from duckdb.sqltypes import BLOB, BOOLEAN

from loaders.geo.shape_complexity import cross_too_often


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Register `cross_too_often(a, b)`: whether the intersection of two outlines, as WKB, is too much work."""
    connection.create_function("cross_too_often", _crossings, [BLOB, BLOB], BOOLEAN, type=PythonUDFType.ARROW)


def _crossings(a: pa.ChunkedArray, b: pa.ChunkedArray) -> pa.Array:
    return pa.array(cross_too_often(_shapes(a), _shapes(b)), pa.bool_())


def _shapes(wkb: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(shapely.from_wkb(wkb.to_numpy(zero_copy_only=False)))
