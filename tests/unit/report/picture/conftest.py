"""A project with five installations, their panels, and the borders of three countries that one can draw on paper."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from loaders.core.escape import sql_text
from loaders.core.paths import ProjectPaths
from loaders.db.connection import CONFIG, prepare
from loaders.read.published import Published, published
from tests.unit.curated import NORTH, SOUTH, write_published_project

# id, area [m²], datasets, confidence, flags
MORE = [
    ("pv_1", 79_000_000.0, [NORTH, SOUTH], "high", []),
    ("pv_2", 158_000_000.0, [NORTH], "medium", []),
    ("pv_3", None, [SOUTH], "low", []),
    ("pv_4", None, [SOUTH], "low", ["placeholder_position"]),
    ("pv_5", None, [SOUTH], "low", []),
]
PANELS = [("pv_1", 150.0, "stated_dc"), ("pv_2", 12.0, "area"), ("pv_3", 6.0, "stated_ac"), ("pv_5", 0.5, "area")]
# Germany has an island far away; Fiji lies on both sides of the antimeridian
LAND = [
    ("country", "DE", "Germany", "MULTIPOLYGON(((6 47,15 47,15 55,6 55,6 47)),((60 -50,61 -50,61 -49,60 -50)))"),
    ("country", "FR", "France", "POLYGON((-5 43,6 43,6 51,-5 51,-5 43))"),
    ("country", "FJ", "Fiji", "MULTIPOLYGON(((177 -9,180 -9,180 -8,177 -9)),((-180 -9,-179 -9,-180 -8,-180 -9)))"),
    ("country", None, "disputed", "POLYGON((20 0,21 0,21 1,20 0))"),
    ("region", "DE", "North", "POLYGON((6 51,15 51,15 55,6 55,6 51))"),
]  # fmt: skip


@pytest.fixture(scope="session")
def drawn_paths(tmp_path_factory: pytest.TempPathFactory) -> ProjectPaths:
    """The paths of the project; do not change it."""
    paths = write_published_project(tmp_path_factory.mktemp("drawn"))
    installations = paths.curated / "curated_pv_installations.parquet"
    former = installations.rename(paths.root / "former.parquet")
    paths.boundaries.parent.mkdir(parents=True)
    with duckdb.connect(config=CONFIG) as connection:
        prepare(connection)
        connection.execute(
            "CREATE TABLE more (id VARCHAR, area_m2 DOUBLE, keys VARCHAR[], confidence VARCHAR, flags VARCHAR[])"
        )
        connection.executemany("INSERT INTO more VALUES (?, ?, ?, ?, ?)", MORE)
        connection.execute(
            "CREATE TABLE panels (installation_id VARCHAR, panel_capacity_mw DOUBLE, panel_capacity_method VARCHAR)"
        )
        connection.executemany("INSERT INTO panels VALUES (?, ?, ?)", PANELS)
        connection.execute("CREATE TABLE land (subtype VARCHAR, country VARCHAR, name VARCHAR, shape VARCHAR)")
        connection.executemany("INSERT INTO land VALUES (?, ?, ?, ?)", LAND)
        columns = "* EXCLUDE (id, keys, flags) REPLACE (flags AS quality_flags), keys AS dataset_keys"
        queries = {
            installations: f"SELECT {columns} FROM {sql_text(str(former))} JOIN more ON id = installation_id",  # noqa: S608
            paths.curated / "curated_pv_yield.parquet": "FROM panels",
            paths.boundaries: "SELECT subtype, country, name, ST_AsWKB(ST_GeomFromText(shape)) AS geometry FROM land",
        }
        for path, query in queries.items():
            connection.execute(f"COPY ({query}) TO {sql_text(str(path))}")
    return paths


@pytest.fixture(scope="session")
def drawn_tables(drawn_paths: ProjectPaths) -> Iterator[Published]:
    """Its tables, opened once."""
    with published(drawn_paths.root) as tables:
        yield tables


@pytest.fixture
def project(drawn_paths: ProjectPaths) -> Path:
    """Its folder."""
    return drawn_paths.root
