"""Write Parquet that is the same bytes every time; GeoParquet 1.1 where there is a geometry."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from loaders.contract import GEOMETRY

ROW_GROUP_ROWS = 50_000
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
    if GEOMETRY in table.column_names:
        table = _with_covering(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", row_group_size=ROW_GROUP_ROWS, store_schema=False)


def _with_covering(table: pa.Table) -> pa.Table:
    """Add the box of each geometry, by which readers skip what is elsewhere, and say what the geometry is."""
    shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False))
    bounds = shapely.bounds(shapes).T
    names = ("xmin", "ymin", "xmax", "ymax")
    boxes = pa.StructArray.from_arrays([pa.array(values) for values in bounds], names=list(names))
    kinds = {TYPE_NAMES.get(int(kind), "GeometryCollection") for kind in np.unique(shapely.get_type_id(shapes))}
    described = {
        "encoding": "WKB",
        "crs": WGS84,
        "geometry_types": sorted(kinds),
        "bbox": [float(value) for value in shapely.total_bounds(shapes)],
        "covering": {"bbox": {name: ["bbox", name] for name in names}},
    }
    geo = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: described}}
    return table.append_column("bbox", boxes).replace_schema_metadata({"geo": json.dumps(geo)})
