"""Write Parquet that is the same bytes every time; GeoParquet 1.1 where there is a geometry."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from loaders.arrays import Shapes
from loaders.contract import GEOMETRY

ROW_GROUP_ROWS = 50_000
CORNERS = ("xmin", "ymin", "xmax", "ymax")
TYPE_NAMES = {0: "Point", 3: "Polygon", 6: "MultiPolygon"}
# PROJ's own description of EPSG:4326 differs between its versions; this is the least that the PROJJSON schema asks for
WGS84 = {
    "$schema": "https://proj.org/schemas/v0.7/projjson.schema.json",
    "type": "GeographicCRS",
    "name": "WGS 84",
    "datum": {
        "type": "GeodeticReferenceFrame",
        "name": "World Geodetic System 1984",
        "ellipsoid": {"name": "WGS 84", "semi_major_axis": 6378137, "inverse_flattening": 298.257223563},
    },
    "coordinate_system": {
        "subtype": "ellipsoidal",
        "axis": [
            {"name": "Geodetic latitude", "abbreviation": "Lat", "direction": "north", "unit": "degree"},
            {"name": "Geodetic longitude", "abbreviation": "Lon", "direction": "east", "unit": "degree"},
        ],
    },
    "id": {"authority": "EPSG", "code": 4326},
}


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table; a column `geometry` (WKB in EPSG:4326) makes it GeoParquet 1.1 with a covering box.

    Args:
        table: its rows are written in their order.
        path: replaced only when all is written.
    """
    table = table.replace_schema_metadata(None)
    described = {}
    if GEOMETRY in table.column_names:
        shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False))
        table = table.append_column("bbox", _boxes(shapes))
        described = {"geo": json.dumps(_description(shapes))}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    # the Arrow schema would name the version of Arrow; the writer then drops all metadata, so `geo` is added after
    with pq.ParquetWriter(partial, table.schema, compression="zstd", store_schema=False) as writer:
        writer.write_table(table, row_group_size=ROW_GROUP_ROWS)
        writer.add_key_value_metadata(described)
    partial.replace(path)


def _boxes(shapes: Shapes) -> pa.StructArray:
    """The box of each geometry, by which readers skip what is elsewhere; null where there is no shape."""
    bounds = [pa.array(values, from_pandas=True) for values in shapely.bounds(shapes).T]
    return pa.StructArray.from_arrays(bounds, names=list(CORNERS), mask=pa.array(shapely.is_missing(shapes)))


def _description(shapes: Shapes) -> dict[str, object]:
    present = shapes[~shapely.is_missing(shapes)]
    column: dict[str, object] = {
        "encoding": "WKB",
        "crs": WGS84,
        "geometry_types": sorted(TYPE_NAMES[int(kind)] for kind in np.unique(shapely.get_type_id(present))),
        "covering": {"bbox": {name: ["bbox", name] for name in CORNERS}},
    }
    if len(present):
        column["bbox"] = [float(value) for value in shapely.total_bounds(present)]
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
