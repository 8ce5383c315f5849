"""GeoPackage, FlatGeobuf and GeoJSON, written by GDAL as that of QGIS 3.22 (GDAL 3.6) reads them."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from loaders.contract import GEOMETRY
from loaders.core.arrays import Shapes
from loaders.export.flat_table import dates_as_text

NO_TIME = "1980-01-01T00:00:00.000Z"  # of the last change of a GeoPackage: the same bytes each time
CRS = "EPSG:4326"
POLYGON, MULTIPOLYGON = 3, 6
SCHEMA_EXTENSION = "http://www.geopackage.org/spec/#extension_schema"
CREATE_COMMENTS = """
    CREATE TABLE IF NOT EXISTS gpkg_extensions (
        table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
        CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
    CREATE TABLE gpkg_data_columns (
        table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
        constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
        CONSTRAINT gdc_tn UNIQUE (table_name, name));
    CREATE TABLE gpkg_data_column_constraints (
        constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
        max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
        CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
"""


@dataclass(frozen=True, slots=True)
class _Format:
    """A driver of GDAL with its options."""

    driver: str
    layer_options: Mapping[str, str] = field(default_factory=dict)
    dataset_options: Mapping[str, str] = field(default_factory=dict)


def write_gpkg(rows: pa.Table, path: Path, layer: str, comments: Mapping[str, str], description: str) -> None:
    """Write a GeoPackage of version 1.2, with the meaning of each column in `gpkg_data_columns`.

    Args:
        rows: to write; without a column `geometry`, as a table of attributes.
        path: of the file.
        layer: its name.
        comments: the meaning of each column.
        description: of the layer.
    """
    options = {"DESCRIPTION": description}
    with _gdal_settings(OGR_CURRENT_DATE=NO_TIME):
        _write(_with_multipolygons(rows), path, layer, _Format("GPKG", options, {"VERSION": "1.2"}))
    meanings = [(layer, name, comments[name]) for name in rows.column_names if name in comments]
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(CREATE_COMMENTS)
        for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
            extension = (table, "gpkg_schema", SCHEMA_EXTENSION)
            database.execute("INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, 'read-write')", extension)
        statement = "INSERT INTO gpkg_data_columns (table_name, column_name, description) VALUES (?, ?, ?)"
        database.executemany(statement, meanings)


def write_fgb(rows: pa.Table, path: Path, layer: str) -> None:
    """Write FlatGeobuf, with a spatial index."""
    _write(_with_multipolygons(rows), path, layer, _Format("FlatGeobuf"))


def write_geojson(rows: pa.Table, path: Path, layer: str) -> None:
    """Write GeoJSON as RFC 7946 wants it; text that looks like JSON stays text."""
    options = {"RFC7946": "YES", "WRITE_NAME": "NO", "AUTODETECT_JSON_STRINGS": "NO"}
    _write(dates_as_text(rows), path, layer, _Format("GeoJSON", options))


def _write(rows: pa.Table, path: Path, layer: str, kind: _Format) -> None:
    has_shapes = GEOMETRY in rows.column_names
    shape = {"geometry_name": GEOMETRY, "geometry_type": _common_type(rows), "crs": CRS} if has_shapes else {}
    options = {"layer_options": dict(kind.layer_options), "dataset_options": dict(kind.dataset_options)}
    pyogrio.write_arrow(rows, path, layer=layer, driver=kind.driver, **options, **shape)


def _with_multipolygons(rows: pa.Table) -> pa.Table:
    """Every outline as a MultiPolygon: QGIS shows a layer for each type of shape."""
    if GEOMETRY not in rows.column_names:
        return rows
    shapes = _shapes(rows)
    single = shapely.get_type_id(shapes) == POLYGON
    shapes[single] = [shapely.MultiPolygon([shape]) for shape in shapes[single]]
    wkb = pa.array(shapely.to_wkb(shapes), pa.binary(), from_pandas=True)
    return rows.set_column(rows.column_names.index(GEOMETRY), GEOMETRY, wkb)


def _common_type(rows: pa.Table) -> str:
    kinds = np.unique(shapely.get_type_id(_shapes(rows)))
    names = {0: "Point", POLYGON: "Polygon", MULTIPOLYGON: "MultiPolygon"}
    return names.get(int(kinds[0]), "Unknown") if len(kinds) == 1 else "Unknown"


def _shapes(rows: pa.Table) -> Shapes:
    return np.asarray(shapely.from_wkb(rows.column(GEOMETRY).to_numpy(zero_copy_only=False)), dtype=object)


@contextmanager
def _gdal_settings(**settings: str) -> Iterator[None]:
    before: dict[str, Any] = {name: pyogrio.get_gdal_config_option(name) for name in settings}
    pyogrio.set_gdal_config_options(settings)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
