"""Tables in a DuckLake: a snapshot a build, read by many while one writes."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import boto3
import duckdb
import pytest

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.db import ducklake
from loaders.db.connection import connect, prepare
from loaders.settings.ducklake import DuckLake
from loaders.warehouse.curated_files import export_curated
from tests.services import CREDENTIALS, PASSWORD

ROOT = Path(__file__).resolve().parents[3]
HERE = DuckLake()
ROWS = """
    SELECT 'ä' AS name, ST_SetCRS(ST_Point(1, {n}), 'EPSG:4326') AS geometry, ['x', NULL] AS flags, 0.1 + {n} AS mw,
        DATE '2020-01-01' AS day, NULL::BOOLEAN AS is_known, '\\xAA'::BLOB AS bytes,
        TIMESTAMPTZ '2020-01-01 00:00:00.000001+02' AS at, -9223372036854775808 AS least
    UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, true, NULL, NULL, NULL
"""
Build = Callable[[int], Path]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """A built file, whose tables follow from a number."""

    def make(number: int) -> Path:
        path = tmp_path / f"{number}.duckdb"
        with connect(path) as connection:
            connection.execute("CREATE SCHEMA curated")
            connection.execute(f"CREATE TABLE curated.plants AS {ROWS.format(n=number)}")
            connection.execute(f"CREATE TABLE curated.only_in_{number} AS SELECT {number} AS n")
            connection.execute("CREATE TABLE curated.nothing (name VARCHAR, geometry GEOMETRY('EPSG:4326'))")
            connection.execute("CREATE VIEW curated.seen AS FROM curated.plants")
        return path

    return make


def _heights(connection: duckdb.DuckDBPyConnection, at: str = "") -> list[float]:
    query = f"SELECT ST_Y(geometry) FROM curated.plants {at} WHERE geometry IS NOT NULL"  # noqa: S608
    return [height for (height,) in connection.execute(query).fetchall()]


def test_each_build_is_a_snapshot_that_can_be_read_again(build: Build, settings: DuckLake, paths: ProjectPaths) -> None:
    first = ducklake.publish(build(1), ["curated"], "one", settings, paths)
    second = ducklake.publish(build(2), ["curated"], "two", settings, paths)
    with ducklake.opened(settings, paths, read_only=True) as connection:
        assert _heights(connection) == [2]
        assert _heights(connection, f"AT (VERSION => {first})") == [1]
        said = [(each.id, each.message) for each in ducklake.snapshots(connection) if each.message]
        assert said == [(first, "one"), (second, "two")]
        tables = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'curated' AND database_name = 'lake'"
        assert {name for (name,) in connection.execute(tables).fetchall()} == {"plants", "only_in_2", "nothing"}
        assert connection.execute(f"FROM curated.only_in_1 AT (VERSION => {first})").fetchall() == [(1,)]
    with duckdb.connect() as connection:
        prepare(connection)
        ducklake.attach(connection, settings, paths, read_only=True, snapshot=first)
        assert connection.execute("SELECT count(*) FROM lake.curated.only_in_1").fetchall() == [(1,)]


def test_dbt_sees_the_raw_tables_that_the_lake_has_now_and_keeps_views_of_others(
    paths: ProjectPaths, tmp_path: Path
) -> None:
    with connect(tmp_path / "w.duckdb") as connection:
        ducklake.attach(connection, HERE, paths)
        connection.execute("CREATE SCHEMA lake.raw_data; CREATE SCHEMA lake.raw_meta; CREATE SCHEMA raw_data")
        connection.execute("CREATE TABLE lake.raw_data.farms AS SELECT 1 AS n")
        connection.execute("CREATE TABLE lake.raw_data.settings AS SELECT 2 AS n")
        connection.execute("CREATE VIEW raw_data.own AS SELECT n FROM lake.raw_data.farms")
        ducklake.show_lake(connection)
        ours = "database_name = 'w' AND schema_name LIKE 'raw_%' ORDER BY ALL"
        views = f"SELECT schema_name, view_name FROM duckdb_views() WHERE {ours}"  # noqa: S608
        before = [("raw_data", name) for name in ("farms", "own", "settings")]
        assert connection.execute(views).fetchall() == before
        connection.execute("CREATE TABLE lake.raw_meta.settings AS SELECT 3 AS n")
        connection.execute("DROP TABLE lake.raw_data.settings")
        ducklake.show_lake(connection)
        assert connection.execute(views).fetchall() == [*before[:2], ("raw_meta", "settings")]
        assert connection.execute("FROM raw_meta.settings").fetchall() == [(3,)]


def test_what_is_read_is_what_was_built_once_the_crs_is_put_back(
    build: Build, settings: DuckLake, paths: ProjectPaths, tmp_path: Path
) -> None:
    built = build(1)
    ducklake.publish(built, ["curated"], "one", settings, paths)
    with connect(built, read_only=True) as connection:
        export_curated(connection, tmp_path / "built")
    with ducklake.opened(settings, paths, read_only=True) as connection:
        connection.execute(f"ATTACH '{tmp_path / 'again.duckdb'}' AS again")
        connection.execute("CREATE SCHEMA again.curated")
        for name in ("plants", "nothing"):
            shape = "ST_SetCRS(geometry, 'EPSG:4326') AS geometry"
            query = f"SELECT * REPLACE ({shape}) FROM curated.{name}"  # noqa: S608 (ours)
            connection.execute(f"CREATE TABLE again.curated.{name} AS {query}")
    with connect(tmp_path / "again.duckdb", read_only=True) as connection:
        export_curated(connection, tmp_path / "again")
    for name in ("plants", "nothing"):
        file = f"{name}.parquet"
        assert (tmp_path / "again" / file).read_bytes() == (tmp_path / "built" / file).read_bytes()


READER = """
import sys
from pathlib import Path
from loaders.db import ducklake
from loaders.settings.ducklake import DuckLake
from loaders.core.paths import ProjectPaths
settings = DuckLake.model_validate_json(sys.argv[2])
with ducklake.opened(settings, ProjectPaths(Path(sys.argv[1]), "sample"), read_only=True) as connection:
    print(connection.execute("SELECT ST_Y(geometry) FROM curated.plants WHERE geometry IS NOT NULL").fetchall())
"""


def test_several_read_the_last_build_while_the_next_one_is_written(
    build: Build, settings: DuckLake, paths: ProjectPaths
) -> None:
    ducklake.publish(build(1), ["curated"], "one", settings, paths)
    with ducklake.opened(settings, paths) as writer:
        writer.execute("BEGIN")
        writer.execute(f"CREATE OR REPLACE TABLE curated.plants AS {ROWS.format(n=2)}")
        command = [sys.executable, "-c", READER, str(paths.root), settings.model_dump_json()]
        readers = [
            subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        said = [reader.communicate(timeout=60) for reader in readers]
        writer.execute("COMMIT")
        assert [text.splitlines()[-1] for text, _ in said] == ["[(1.0,)]"] * 2, said  # below a progress bar, if slow
        assert _heights(writer) == [2]


def test_a_build_that_cannot_be_published_whole_is_not_published(
    build: Build, settings: DuckLake, paths: ProjectPaths
) -> None:
    first = ducklake.publish(build(1), ["curated"], "one", settings, paths)
    broken = build(2)
    with connect(broken) as connection:
        connection.execute("CREATE TYPE curated.kind AS ENUM ('a')")
        connection.execute("CREATE TABLE curated.zebra AS SELECT 'a'::curated.kind AS n")
    with pytest.raises(BuildError, match="cannot be published in the DuckLake"):
        ducklake.publish(broken, ["curated"], "two", settings, paths)
    with ducklake.opened(settings, paths, read_only=True) as connection:
        assert _heights(connection) == [1]
        assert ducklake.snapshots(connection)[-1].id == first


@pytest.mark.usefixtures("services")
def test_whoever_publishes_while_another_does_tries_again_and_nothing_mixes(
    build: Build, paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = DuckLake(catalogue="postgres", files="s3://eo-pv/lake")
    ducklake.publish(build(1), ["curated"], "one", settings, paths)
    replace = ducklake._replace_schema
    attempts: list[int] = []

    def replaced_by_another_meanwhile(connection: duckdb.DuckDBPyConnection, schema: str) -> None:
        replace(connection, schema)
        attempts.append(len(attempts))
        if attempts == [0]:
            with ducklake.opened(settings, paths) as other:
                other.execute(f"CREATE OR REPLACE TABLE curated.plants AS {ROWS.format(n=9)}")

    monkeypatch.setattr(ducklake, "_replace_schema", replaced_by_another_meanwhile)
    ducklake.publish(build(3), ["curated"], "three", settings, paths)
    assert attempts == [0, 1]
    with ducklake.opened(settings, paths, read_only=True) as connection:
        assert _heights(connection) == [3]
        assert [each.message for each in ducklake.snapshots(connection)][-3:] == ["one", None, "three"]


def test_a_project_that_has_been_moved_finds_its_lake(build: Build, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    ducklake.publish(build(1), ["curated"], "one", HERE, ProjectPaths(tmp_path / "old", "sample"))
    (tmp_path / "old").rename(tmp_path / "new")
    moved = ProjectPaths(tmp_path / "new", "sample")
    ducklake.publish(build(2), ["curated"], "two", HERE, moved)
    with ducklake.opened(HERE, moved, read_only=True) as connection:
        assert _heights(connection) == [2]
        assert _heights(connection, f"AT (VERSION => {ducklake.snapshots(connection)[-2].id})") == [1]
    assert not (tmp_path / "old").exists()


def test_origins_do_not_share_a_lake(build: Build, tmp_path: Path) -> None:
    settings = DuckLake(files="shared")
    for number, origin in ((1, "sample"), (2, "doi")):
        ducklake.publish(build(number), ["curated"], origin, settings, ProjectPaths(tmp_path, origin))
    for number, origin in ((1, "sample"), (2, "doi")):
        with ducklake.opened(settings, ProjectPaths(tmp_path, origin), read_only=True) as connection:
            assert _heights(connection) == [number]
    assert sorted(path.name for path in (tmp_path / "shared").iterdir()) == ["doi", "sample"]


@pytest.mark.usefixtures("services")
def test_the_environment_needs_to_hold_secrets_only(
    build: Build, paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    stated = {
        name: os.environ[variable]
        for name, variable in {
            **{"host": "PGHOST", "port": "PGPORT", "database": "PGDATABASE", "user": "PGUSER"},
            **{"region": "AWS_DEFAULT_REGION", "endpoint": "AWS_ENDPOINT_URL"},
        }.items()
    }
    settings = DuckLake.model_validate(
        {**stated, "port": int(stated["port"]), "catalogue": "postgres", "files": "s3://eo-pv/lake"}
    )
    with monkeypatch.context() as secrets_only:
        for name in ("PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
            secrets_only.delenv(name)
        ducklake.publish(build(1), ["curated"], "one", settings, paths)
        with ducklake.opened(settings, paths, read_only=True) as connection:
            assert _heights(connection) == [1]


@pytest.mark.usefixtures("services")
def test_passwords_are_in_no_file_table_or_message(
    build: Build, paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = DuckLake(catalogue="postgres", files="s3://eo-pv/lake")
    ducklake.publish(build(1), ["curated"], "one", settings, paths)
    secrets = (PASSWORD, CREDENTIALS["AWS_SECRET_ACCESS_KEY"])
    with ducklake.opened(settings, paths) as connection:
        said = [connection.execute("FROM duckdb_secrets()").fetchall(), connection.execute("SHOW DATABASES").fetchall()]
        connection.execute("ATTACH '' AS kept (TYPE postgres, SCHEMA eo_pv_sample)")
        names = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'kept'"
        for (name,) in connection.execute(names).fetchall():
            said.append(connection.execute(f'FROM kept.eo_pv_sample."{name}"').fetchall())
    assert len(said) > 10
    stored = [each.get()["Body"].read() for each in boto3.resource("s3").Bucket("eo-pv").objects.all()]
    assert stored
    kept = [path.read_bytes() for path in paths.root.rglob("*") if path.is_file()]
    for secret in secrets:
        assert secret not in str(said)
        assert not [text for text in (*stored, *kept) if secret.encode() in text]
    with monkeypatch.context() as patched:
        patched.setenv("PGPASSWORD", "wrong-and-secret")
        with pytest.raises(BuildError, match="cannot be opened") as caught:
            ducklake.attach(duckdb.connect(), settings, paths)
    assert "wrong-and-secret" not in str(caught.value)
    assert "password authentication failed" in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.usefixtures("services")
def test_a_bucket_that_is_not_there_is_an_error_and_no_build(build: Build, paths: ProjectPaths) -> None:
    with pytest.raises(BuildError, match="cannot be published"):
        ducklake.publish(build(1), ["curated"], "one", DuckLake(files="s3://not-there/lake"), paths)
    assert os.environ["AWS_SECRET_ACCESS_KEY"] == CREDENTIALS["AWS_SECRET_ACCESS_KEY"]
