"""SQL functions for H3 on whole columns, computed by h3ronpy."""

import duckdb
import numpy as np
import pyarrow as pa
import shapely
from duckdb.func import PythonUDFType
from duckdb.sqltypes import BIGINT, BLOB, DOUBLE, VARCHAR
from h3ronpy import cells_parse
from h3ronpy.vector import cells_to_wkb_polygons

from loaders.geo.antimeridian import cut, goes_around, unwrapped
from loaders.geo.geometry import DEGREE_DECIMALS, h3_cells


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Register `h3_cell_of(lon, lat, resolution)` and `h3_outline_of(cell)`, which is WKB in EPSG:4326."""
    arrow = PythonUDFType.ARROW
    connection.create_function("h3_cell_of", _cells, [DOUBLE, DOUBLE, BIGINT], VARCHAR, type=arrow)
    connection.create_function("h3_outline_of", _outlines, [VARCHAR], BLOB, type=arrow)


def _cells(lon: pa.ChunkedArray, lat: pa.ChunkedArray, resolution: pa.ChunkedArray) -> pa.Array:
    """The cell of each position, as text; the resolution is the same in all rows."""
    return pa.array(h3_cells(lon.to_numpy(), lat.to_numpy(), resolution[0].as_py()), pa.string())


def _outlines(cells: pa.ChunkedArray) -> pa.Array:
    """The outline of each cell, in two parts across the antimeridian."""
    hexagons = np.asarray(shapely.from_wkb(np.asarray(cells_to_wkb_polygons(cells_parse(cells.combine_chunks())))))
    rounded = shapely.transform(hexagons, lambda xy: xy.round(DEGREE_DECIMALS))
    whole, is_astride = unwrapped(rounded)
    around = goes_around(whole)
    whole[around] = [_polar_cap(hexagon) for hexagon in whole[around]]
    whole[is_astride & ~around] = [cut(hexagon) for hexagon in whole[is_astride & ~around]]
    return pa.array(shapely.to_wkb(whole), pa.binary())


def _polar_cap(hexagon: shapely.Geometry) -> shapely.Geometry:
    """The cell around a pole: everything beyond the parallel of its outermost corner."""
    _, south, _, north = shapely.bounds(hexagon)
    return shapely.box(-180, -90, 180, north) if south < 0 else shapely.box(-180, south, 180, 90)
