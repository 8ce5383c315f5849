"""Writes byte-reproducible Parquet, and GeoParquet 1.1 for tables with a geometry."""

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from loaders.contract import GEOMETRY
from loaders.core.arrays import Numbers, Shapes

ROW_GROUP_ROWS = 50_000
CORNERS = ("xmin", "ymin", "xmax", "ymax")
BOX = pa.struct([pa.field(name, pa.float64()) for name in CORNERS])
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


def read_parquet(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a Parquet file; `pyarrow.parquet.read_table` would import pandas, which takes half a second."""
    with pq.ParquetFile(path) as file:
        return file.read(columns=None if columns is None else list(columns))


def write_parquet(table: pa.Table, path: Path, metadata: Mapping[str, str] | None = None) -> None:
    """Write a table; a column `geometry` (WKB in EPSG:4326) makes it GeoParquet 1.1 with a covering box.

    Args:
        table: its rows are written in their order.
        path: replaced only after a complete write.
        metadata: of the file, by key.
    """
    with ParquetFile(path, table.schema, metadata) as file:
        file.write(table)


class ParquetFile:
    """A Parquet file written in pieces, whose sizes do not change its bytes.

    Args:
        path: replaced only after a complete write.
        schema: of every piece; a column `geometry` (WKB in EPSG:4326) makes it GeoParquet 1.1 with a covering box.
        metadata: of the file, by key.
        comments: descriptions of columns, which readers with Arrow find as `comment` of the fields.
    """

    def __init__(
        self,
        path: Path,
        schema: pa.Schema,
        metadata: Mapping[str, str] | None = None,
        comments: Mapping[str, str] | None = None,
    ) -> None:
        self._path, self._schema, self._metadata = path, schema.remove_metadata(), dict(metadata or {})
        self._partial = path.with_name(f".{path.name}.partial")
        self._is_geo = GEOMETRY in schema.names
        file_schema = self._schema.append(pa.field("bbox", BOX)) if self._is_geo else self._schema
        if comments:
            self._metadata["ARROW:schema"] = _arrow_schema(file_schema, comments)
        self._pending, self._statistics = self._schema.empty_table(), _GeometryStatistics()
        path.parent.mkdir(parents=True, exist_ok=True)
        # the Arrow schema would name the version of Arrow; the writer then drops all metadata, so `geo` is added after
        self._writer = pq.ParquetWriter(self._partial, file_schema, compression="zstd", store_schema=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if failed:
            self._writer.close()
            self._partial.unlink()
            return
        if len(self._pending) or not self._statistics.row_groups:
            self._write_row_group(self._pending)
        geo = {"geo": json.dumps(self._statistics.as_metadata())} if self._is_geo else {}
        self._writer.add_key_value_metadata(geo | self._metadata)
        self._writer.close()
        self._partial.replace(self._path)

    def write(self, table: pa.Table) -> None:
        """Append rows."""
        self._pending = pa.concat_tables([self._pending, table.replace_schema_metadata(None)])
        while len(self._pending) >= ROW_GROUP_ROWS:
            self._write_row_group(self._pending.slice(0, ROW_GROUP_ROWS))
            self._pending = self._pending.slice(ROW_GROUP_ROWS)

    def _write_row_group(self, table: pa.Table) -> None:
        table = table.combine_chunks()  # chunk ends would change the pages
        if self._is_geo:
            shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False))
            table = table.append_column("bbox", _boxes(shapes))
            self._statistics.add(shapes)
        self._statistics.row_groups += 1
        self._writer.write_table(table, row_group_size=ROW_GROUP_ROWS)


class _GeometryStatistics:
    """Geometry types and bounds of all shapes of a file, for the GeoParquet metadata."""

    def __init__(self) -> None:
        self.row_groups = 0
        self._kinds: set[int] = set()
        self._bounds: list[Numbers] = []

    def add(self, shapes: Shapes) -> None:
        known = shapes[~shapely.is_missing(shapes)]
        self._kinds.update(int(kind) for kind in np.unique(shapely.get_type_id(known)))
        if len(known):
            self._bounds.append(shapely.total_bounds(known))

    def as_metadata(self) -> dict[str, object]:
        column: dict[str, object] = {
            "encoding": "WKB",
            "crs": WGS84,
            "geometry_types": sorted(TYPE_NAMES[kind] for kind in self._kinds),
            "covering": {"bbox": {name: ["bbox", name] for name in CORNERS}},
        }
        if self._bounds:
            bounds = np.array(self._bounds)
            lowest, highest = bounds.min(axis=0), bounds.max(axis=0)
            column["bbox"] = [float(value) for value in (*lowest[:2], *highest[2:])]
        return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def _arrow_schema(schema: pa.Schema, comments: Mapping[str, str]) -> str:
    """A schema with comments, in the form in which Arrow keeps it in Parquet."""
    fields = [
        pa.field(field.name, field.type, metadata={"comment": comments[field.name]} if field.name in comments else None)
        for field in schema
    ]
    return base64.b64encode(pa.schema(fields).serialize().to_pybytes()).decode("ascii")


def _boxes(shapes: Shapes) -> pa.StructArray:
    """Bounding box of each geometry, for filters on row groups; null without a shape."""
    bounds = [pa.array(values, from_pandas=True) for values in shapely.bounds(shapes).T]
    return pa.StructArray.from_arrays(bounds, names=list(CORNERS), mask=pa.array(shapely.is_missing(shapes)))
