"""Who may use a DuckLake, and several who make it at the same moment."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE

import duckdb
import pytest
from pydantic import ValidationError

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.db import ducklake
from loaders.db.connection import connect
from loaders.settings.ducklake import DuckLake

ROOT = Path(__file__).resolve().parents[3]
HERE = DuckLake()
Build = Callable[[int], Path]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """A built file with two tables that hold the same number."""

    def make(number: int) -> Path:
        path = tmp_path / f"{number}.duckdb"
        with connect(path) as connection:
            connection.execute("CREATE SCHEMA curated")
            for name in ("plants", "owners"):
                connection.execute(f"CREATE TABLE curated.{name} AS SELECT {number} AS n")
        return path

    return make


WRITER = """
import sys, time
from pathlib import Path
from loaders.db import ducklake
from loaders.settings.ducklake import DuckLake
from loaders.core.paths import ProjectPaths
settings, paths = DuckLake.model_validate_json(sys.argv[2]), ProjectPaths(Path(sys.argv[1]), "sample")
print(flush=True)
sys.stdin.readline()
ducklake.publish(Path(sys.argv[3]), ["curated"], sys.argv[3], settings, paths)
"""


def test_two_processes_that_publish_the_first_build_at_once_both_succeed(
    build: Build, settings: DuckLake, paths: ProjectPaths
) -> None:
    builds = [str(build(number)) for number in (1, 2)]
    command = [sys.executable, "-c", WRITER, str(paths.root), settings.model_dump_json()]
    writers = [
        subprocess.Popen([*command, path], cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True) for path in builds
    ]
    for writer in writers:
        assert writer.stdout
        writer.stdout.readline()  # both have imported what they need
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("\n")
        writer.stdin.flush()
    said = [writer.communicate(timeout=60)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], said
    with ducklake.opened(settings, paths, read_only=True) as connection:
        published = [each.message for each in ducklake.snapshots(connection) if each.message]
        assert sorted(published) == sorted(builds)
        last = builds.index(published[-1]) + 1
        assert connection.execute("FROM curated.plants").fetchall() == [(last,)]
        assert connection.execute("FROM curated.owners").fetchall() == [(last,)]


def test_a_catalogue_in_postgres_needs_to_be_told_where(paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGUSER", "eo_pv")
    for name in ("PGHOST", "PGDATABASE", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(
        BuildError,
        match=r"but ducklake\.host \(or PGHOST\), ducklake\.database \(or PGDATABASE\) is not stated\. .* PGPASSWORD",
    ):
        ducklake.attach(duckdb.connect(), DuckLake(catalogue="postgres"), paths)


@pytest.mark.parametrize("address", ["localhost:9000", "http://somebody:their-secret@localhost:9000"])
def test_an_address_that_is_none_does_not_send_the_tables_to_amazon(
    address: str, build: Build, paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    with pytest.raises(BuildError, match=r"AWS_ENDPOINT_URL is not the address of a service") as caught:
        ducklake.publish(build(1), ["curated"], "one", DuckLake(files="s3://eo-pv/lake"), paths)
    assert "their-secret" not in str(caught.value)


def test_only_folders_and_buckets_hold_the_files() -> None:
    with pytest.raises(ValidationError, match="is a folder or s3://bucket/prefix"):
        DuckLake(files="gs://eo-pv/lake")


def test_readers_make_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="cannot be opened"):
        ducklake.attach(duckdb.connect(), HERE, ProjectPaths(tmp_path / "empty", "sample"), read_only=True)
    assert not (tmp_path / "empty").exists()


def test_a_build_that_changes_nothing_is_the_snapshot_before_it(tmp_path: Path, paths: ProjectPaths) -> None:
    with connect(tmp_path / "empty.duckdb") as connection:
        connection.execute("CREATE SCHEMA curated")
    said = [ducklake.publish(tmp_path / "empty.duckdb", ["curated"], "none", HERE, paths) for _ in range(2)]
    assert said[0] == said[1]
