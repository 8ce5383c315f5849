"""A project with three published tables, made of a few rows that can be checked by hand, hostile ones among them."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from loaders.acquire.lock import Lock, LockedFile, write_lock
from loaders.core.escape import sql_text
from loaders.core.paths import ProjectPaths
from loaders.db.connection import CONFIG, connect, prepare
from loaders.warehouse.curated_files import export_curated

FORMULA = "=cmd|' /C calc'!A0"
MARKUP = '<script>alert("1")</script> ]]> & {{ x }}'
CONTROLS = "nul\x00 line\nend \u202edlrow"  # as it was before names were put on one line
FILES = (LockedFile("farms.geojson", 1, f"md5:{0:032}"),)
NORTH, SOUTH = "a_north_2020", "b_south_2021"

INSTALLATIONS: list[tuple[Any, ...]] = [
    # id, name, identifiers, status, technology, shape, MW, basis, days, country, records, flags
    ("pv_1", FORMULA, [("eia_plant", ["7", "9"]), ("osm", ["way/1"])], "operating", "pv",
     "POLYGON((8 50,8.1 50,8.1 50.1,8 50))", 12.5, "dc", "2019-03-01", "2019-08-31", "DE", ["n:1", "s:1"],
     ["capacity_conflict", "date_conflict"]),
    ("pv_2", MARKUP, None, "operating", "csp",
     "MULTIPOLYGON(((9 51,9.1 51,9.1 51.1,9 51)),((9.2 51,9.3 51,9.3 51.1,9.2 51)))",
     None, None, None, None, "DE", ["n:2"], []),
    ("pv_3", CONTROLS, [], "planned", "pv", "POINT(2.5 48)", 6.0, "ac", None, "2020-12-31", "FR", ["s:2"], []),
    ("pv_4", None, None, "unknown", "unknown", "POINT(179.5 -17)", 0.5, "unknown", "2018-01-01", None, None, ["s:3"],
     ["-1+2"]),
    ("pv_5", "太陽 Größe 🌞", None, "operating", "pv", "POINT(9.5 52)", 2.0, "ac", None, "2021-06-30", "DE", ["s:4"],
     []),
]  # fmt: skip
RECORDS: list[tuple[Any, ...]] = [
    # id, dataset, installation, licence, shape, attributes
    ("n:1", NORTH, "pv_1", "CC-BY-4.0", "POINT(8.05 50.05)", '{"a": [1]}'),
    ("n:2", NORTH, "pv_2", "CC-BY-4.0", "POINT(9 51)", "[1]"),
    ("s:1", SOUTH, "pv_1", "ODbL-1.0", "POINT(8 50)", "{}"),
    ("s:2", SOUTH, "pv_3", "ODbL-1.0", "POINT(2.5 48)", "{}"),
    ("s:3", SOUTH, "pv_4", "ODbL-1.0", "POINT(179.5 -17)", "x" * 40_000),
    ("s:4", SOUTH, "pv_5", "CC0-1.0", "POINT(9.5 52)", "{}"),
]
COUNTRIES: list[tuple[Any, ...]] = [("DE", 3), ("FR", 1), (None, 1)]
COMMENTS = {"capacity_mw": "Nameplate capacity [MW]\nin capacity_basis.", "name": "The owner's word."}
TEXT, TEXTS = pa.string(), pa.list_(pa.string())
SCHEMAS = {
    "installations": pa.schema(
        [
            *(("id", TEXT), ("name", TEXT), ("identifiers", pa.map_(TEXT, TEXTS)), ("status", TEXT)),
            *(("technology", TEXT), ("shape", TEXT), ("mw", pa.float64()), ("basis", TEXT), ("since", TEXT)),
            *(("until", TEXT), ("country", TEXT), ("records", TEXTS), ("flags", TEXTS)),
        ]
    ),
    "records": pa.schema((name, TEXT) for name in ("id", "dataset", "installation", "licence", "shape", "attributes")),
    "countries": pa.schema([("country", TEXT), ("installations", pa.int64())]),
}
CREATE = """
    CREATE SCHEMA curated;
    CREATE TABLE curated.curated_pv_installations AS
    SELECT
        id AS installation_id, name, identifiers, status, technology,
        ST_SetCRS(ST_GeomFromText(shape), 'EPSG:4326') AS geometry,
        round(ST_X(ST_Centroid(ST_GeomFromText(shape))), 7) AS centroid_lon,
        round(ST_Y(ST_Centroid(ST_GeomFromText(shape))), 7) AS centroid_lat,
        mw AS capacity_mw, basis AS capacity_basis, since::DATE AS installed_from, until::DATE AS installed_to,
        country, '85' AS h3_cell_5, records AS record_ids, flags AS quality_flags, true AS is_synthetic
    FROM installations;
    CREATE TABLE curated.curated_pv_records AS
    SELECT
        id AS record_id, dataset AS dataset_key, installation AS installation_id, licence,
        ST_SetCRS(ST_GeomFromText(shape), 'EPSG:4326') AS geometry, attributes AS source_attributes
    FROM records;
    CREATE TABLE curated.curated_pv_by_country AS
    FROM countries;
"""


def write_published_project(root: Path) -> ProjectPaths:
    """Write settings, locks, a database and the published tables."""
    datasets = {
        key: {"source": {"path": f"{key}.geojson"}, "columns": {"source_id": "id"}, "licence": "CC-BY-4.0"}
        for key in (NORTH, SOUTH)
    }
    (root / "params.yaml").write_text(yaml.safe_dump({"origin": "sample", "datasets": datasets}))
    paths = ProjectPaths(root, "sample")
    for key in (NORTH, SOUTH):
        write_lock(Lock(key, "sample", {"path": f"{key}.geojson"}, FILES), paths.lock(key))
    create_tables(paths.database)
    with connect(paths.database, read_only=True) as connection:
        export_curated(connection, paths.curated)
    return paths


def create_tables(path: Path) -> None:
    """Create the tables in a new database, some columns with comments."""
    with duckdb.connect(path, config=CONFIG) as connection:
        prepare(connection)
        tables = {"installations": INSTALLATIONS, "records": RECORDS, "countries": COUNTRIES}
        for name, rows in tables.items():
            columns = SCHEMAS[name].names
            connection.register(
                name, pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows], SCHEMAS[name])
            )
        connection.execute(CREATE)
        for column, text in COMMENTS.items():
            connection.execute(f"COMMENT ON COLUMN curated.curated_pv_installations.{column} IS {sql_text(text)}")
