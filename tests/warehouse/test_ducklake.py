"""The whole build with its tables in a DuckLake: in PostgreSQL and a bucket, or in files where there is none."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.db import ducklake as lake
from loaders.settings.ducklake import DuckLake
from tests.services import postgres_is_installed, servers, services
from tests.warehouse.conftest import Warehouse, built
from tests.warehouse.elsewhere import A

__all__ = ["servers", "services"]  # fixtures


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Iterator[DuckLake]:
    if postgres_is_installed():
        request.getfixturevalue("services")
        yield DuckLake(catalogue="postgres", files="s3://eo-pv/worlds")
    else:
        yield DuckLake()


def test_a_build_in_a_lake_makes_the_same_bytes_and_each_is_a_snapshot(
    warehouse: Warehouse, settings: DuckLake, tmp_path: Path
) -> None:
    root = tmp_path / "project"
    shutil.copytree(warehouse.paths.root, root, ignore=shutil.ignore_patterns("*.duckdb", "logs"))
    in_lake = built(root, {"warehouse": "ducklake", "ducklake": settings.model_dump()})
    expected = {path.name: path.read_bytes() for path in warehouse.paths.curated.iterdir()}
    assert {path.name: path.read_bytes() for path in in_lake.paths.curated.iterdir()} == expected
    records = warehouse.value("SELECT count(*) FROM curated.curated_pv_records")
    installations = warehouse.value("SELECT count(*) FROM curated.curated_pv_installations")
    with lake.opened(settings, in_lake.paths, read_only=True) as connection:
        builds = [each for each in lake.snapshots(connection) if each.message]
        assert [each.message for each in builds] == [f"{records} records, {installations} installations"]
        found = "SELECT count(*) FROM curated.curated_pv_installations"
        assert connection.execute(found).fetchall() == [(installations,)]
        raw = f"SELECT count(*), any_value(typeof(geometry)) FROM raw_data.{A}"  # noqa: S608
        ((rows, kind),) = connection.execute(raw).fetchall()
        assert kind == "GEOMETRY"  # a lake forgets the CRS …
        assert rows > 10
    typed = "SELECT DISTINCT typeof(geometry) FROM prepared.prep_pv_datasets_unified"
    assert in_lake.rows(typed) == [("GEOMETRY('EPSG:4326')",)]  # … and staging puts it back
    assert not in_lake.rows("SELECT * FROM duckdb_tables() WHERE schema_name IN ('raw_data', 'raw_meta')")
    described = "SELECT count(*), count(comment) FROM duckdb_columns() WHERE schema_name = 'curated'"
    ((columns, comments),) = in_lake.rows(described)
    assert columns == comments > 100
