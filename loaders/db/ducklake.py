"""DuckLake: a warehouse shared by several machines, in which each build is a snapshot.

Source: https://ducklake.select/docs/stable/. It does not store the CRS of geometries: readers set EPSG:4326 again.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from loaders.core.errors import BuildError
from loaders.core.escape import sql_name, sql_text
from loaders.core.paths import ProjectPaths
from loaders.db.connection import CONFIG, database_file, load_extension, prepare
from loaders.db.ducklake_bucket import use_bucket
from loaders.settings.ducklake import DuckLake
from loaders.tables import META_SCHEMA, RAW_SCHEMA

LAKE = "lake"
BUILD = "built"
AUTHOR = "eo-pv"
ATTEMPTS = 4
LONGEST_WAIT_S = 8
ADVICE = "Check ducklake.files in params.yaml, and the network, the proxy and the keys that the environment names."
INITIALISATION_FAILED = "Failed to initialize DuckLake"  # another process creates the catalogue at the same moment
# what must be stated, by libpq's variable; a password may also be in ~/.pgpass, or not be needed
REQUIRED = {"PGHOST": "host", "PGDATABASE": "database", "PGUSER": "user"}
PARAMETERS = {"PGHOST": "host", "PGPORT": "port", "PGDATABASE": "dbname", "PGUSER": "user"}  # of libpq


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state of the lake, readable by time travel: `SELECT … FROM lake.curated.x AT (VERSION => id)`.

    Attributes:
        id: its number.
        time: of its commit.
        message: of its build; None for other commits.
    """

    id: int
    time: datetime
    message: str | None


def attach(
    connection: duckdb.DuckDBPyConnection,
    settings: DuckLake,
    paths: ProjectPaths,
    *,
    read_only: bool = False,
    snapshot: int | None = None,
) -> None:
    """Attach the lake of an origin as `lake`; create it if missing.

    Args:
        connection: to any DuckDB database.
        settings: of its catalogue and files.
        paths: of the project.
        read_only: attach without write access.
        snapshot: to read instead of the current state.

    Raises:
        BuildError: an environment variable is missing, or the catalogue cannot be reached.
    """
    files = data_path(settings, paths)
    _prepare(connection, settings, files)
    # the project may have moved since, and small tables are written as Parquet, too
    options = [f"DATA_PATH {sql_text(files)}", "OVERRIDE_DATA_PATH true", "DATA_INLINING_ROW_LIMIT 0"]
    options += ["READ_ONLY"] if read_only else []
    options += [f"SNAPSHOT_VERSION {int(snapshot)}"] if snapshot is not None else []
    options += [f"METADATA_SCHEMA 'eo_pv_{paths.origin}'"] if settings.catalogue == "postgres" else []
    statement = f"ATTACH {sql_text(_catalogue(settings, paths))} AS {LAKE} ({', '.join(options)})"
    if not read_only:
        paths.home.mkdir(parents=True, exist_ok=True)
    try:
        _retrying()(connection.execute, statement)
    except duckdb.Error as error:
        raise BuildError(
            f"The DuckLake of {paths.home} ({settings.catalogue}) cannot be opened: {_one_line(error)}. Check "
            "ducklake in params.yaml, and the variables of the environment that name its catalogue and files."
        ) from None  # what it comes from may hold a password


@contextmanager
def opened(settings: DuckLake, paths: ProjectPaths, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose default database is the lake.

    Raises:
        BuildError: as for `attach`; or the files cannot be read or written.
    """
    try:
        with _opened(settings, paths, read_only=read_only) as connection:
            yield connection
    except duckdb.IOException as error:  # of a file or of the bucket; the catalogue raises others
        raise BuildError(
            f"The files of the DuckLake of {paths.home} cannot be read or written: {_one_line(error)}. {ADVICE}"
        ) from None


@contextmanager
def _opened(settings: DuckLake, paths: ProjectPaths, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config=CONFIG) as connection:
        prepare(connection)
        attach(connection, settings, paths, read_only=read_only)
        connection.execute(f"USE {LAKE}")
        yield connection


def publish(database: Path, schemas: Sequence[str], message: str, settings: DuckLake, paths: ProjectPaths) -> int:
    """Publish the tables of a build in the lake in one transaction: readers see the previous build, or this one.

    Views are left out. Tables that the build no longer has are dropped; older snapshots keep them.

    Args:
        database: the DuckDB file of the build.
        schemas: to publish.
        message: of the snapshot.
        settings: of the lake.
        paths: of the project.

    Returns:
        The number of the snapshot.

    Raises:
        BuildError: the lake cannot be written, or stays locked by others; it is unchanged.
    """
    try:
        return int(_retrying()(_publish_once, database, schemas, message, settings, paths))
    except duckdb.Error as error:
        raise BuildError(
            f"The tables cannot be published in the DuckLake of {paths.home}: {_one_line(error)}. It is as it was. "
            "Run `make all` again; if others write to it all the time, take turns."
        ) from None  # what it comes from may hold a password


def _publish_once(database: Path, schemas: Sequence[str], message: str, settings: DuckLake, paths: ProjectPaths) -> int:
    with _opened(settings, paths) as connection:
        connection.execute(f"ATTACH {sql_text(database_file(database))} AS {BUILD} (READ_ONLY)")
        connection.execute("BEGIN")
        for schema in schemas:
            _replace_schema(connection, schema)
        connection.execute(f"CALL {LAKE}.set_commit_message(?, ?)", [AUTHOR, message])
        connection.execute("COMMIT")
        # null without changes
        own, last = (f"(SELECT id FROM {LAKE}.{name}_snapshot())" for name in ("last_committed", "current"))  # noqa: S608
        ((snapshot,),) = connection.execute(f"SELECT coalesce({own}, {last})").fetchall()
    return int(snapshot)


def snapshots(connection: duckdb.DuckDBPyConnection) -> list[Snapshot]:
    """The snapshots of an attached lake, oldest first."""
    query = f"SELECT snapshot_id, snapshot_time, commit_message FROM {LAKE}.snapshots() ORDER BY snapshot_id"  # noqa: S608
    return [Snapshot(*row) for row in connection.execute(query).fetchall()]


def is_attached(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the lake is attached."""
    query = "SELECT count(*) FROM duckdb_databases() WHERE database_name = ?"
    return connection.execute(query, [LAKE]).fetchone() == (1,)


def show_lake(connection: duckdb.DuckDBPyConnection) -> None:
    """Show the raw tables of the lake in the database as views, so that dbt reads them under their usual names."""
    for schema in (RAW_SCHEMA, META_SCHEMA):
        _show_schema(connection, schema)


def _show_schema(connection: duckdb.DuckDBPyConnection, schema: str) -> None:
    query = "SELECT {0}_name FROM duckdb_{0}s() WHERE database_name = ? AND schema_name = ? ORDER BY ALL"
    stored = connection.execute(query.format("table"), [LAKE, schema]).fetchall()
    stored += connection.execute(query.format("view"), [LAKE, schema]).fetchall()
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for (name,) in stored:
        place = f"{schema}.{sql_name(name)}"
        connection.execute(f"CREATE OR REPLACE VIEW {place} AS SELECT * FROM {LAKE}.{place}")  # noqa: S608
    shown = (
        "SELECT view_name FROM duckdb_views() WHERE database_name = current_database() AND schema_name = ? "
        "AND sql = format('CREATE VIEW {0} AS SELECT * FROM {1}.{0};', split_part(sql, ' ', 3), ?)"
    )
    for (name,) in set(connection.execute(shown, [schema, LAKE]).fetchall()) - set(stored):
        connection.execute(f"DROP VIEW {schema}.{sql_name(name)}")


def _replace_schema(connection: duckdb.DuckDBPyConnection, schema: str) -> None:
    query = "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? ORDER BY table_name"
    build_names, lake_names = (
        [name for (name,) in connection.execute(query, [database, schema]).fetchall()] for database in (BUILD, LAKE)
    )
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {LAKE}.{schema}")
    for name in build_names:
        table = f"{schema}.{sql_name(name)}"
        connection.execute(f"CREATE OR REPLACE TABLE {LAKE}.{table} AS SELECT * FROM {BUILD}.{table} ORDER BY ALL")  # noqa: S608
        _copy_comments(connection, schema, name)
    for name in set(lake_names) - set(build_names):
        connection.execute(f"DROP TABLE {LAKE}.{schema}.{sql_name(name)}")


def _copy_comments(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> None:
    """Give a table of the lake the comments that it has in the build."""
    query = (
        "SELECT {} FROM duckdb_{}s() WHERE database_name = ? AND schema_name = ? AND table_name = ? AND comment != ''"
    )
    place = f"{LAKE}.{schema}.{sql_name(name)}"
    for kind, columns in (("table", "table_name, comment"), ("column", "column_name, comment")):
        for part, comment in connection.execute(query.format(columns, kind), [BUILD, schema, name]).fetchall():
            target = place if kind == "table" else f"{place}.{sql_name(part)}"
            connection.execute(f"COMMENT ON {kind} {target} IS {sql_text(comment)}")


def _retrying() -> Retrying:
    return Retrying(
        retry=retry_if_exception(_is_transient),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_random_exponential(max=LONGEST_WAIT_S),
        reraise=True,
    )


def _is_transient(error: BaseException) -> bool:
    """Whether the catalogue is locked, has changed meanwhile, or is being created by another process."""
    return isinstance(error, duckdb.TransactionException) or (
        isinstance(error, duckdb.Error) and INITIALISATION_FAILED in str(error)
    )


def _prepare(connection: duckdb.DuckDBPyConnection, settings: DuckLake, files: str) -> None:
    load_extension(connection, "ducklake")
    load_extension(connection, "postgres_scanner" if settings.catalogue == "postgres" else "sqlite_scanner")
    if files.startswith("s3://"):
        use_bucket(connection, files, {**settings.bucket, **os.environ})


def _catalogue(settings: DuckLake, paths: ProjectPaths) -> str:
    if settings.catalogue == "sqlite":
        return f"ducklake:sqlite:{paths.lake}"
    require_catalogue_variables(settings)
    # libpq reads its variables itself, so that no password is in a statement
    stated = _stated_parameters(settings)
    return f"ducklake:postgres:{' '.join(f'{PARAMETERS[name]}={value}' for name, value in stated.items())}"


def require_catalogue_variables(settings: DuckLake) -> None:
    """Require that settings or environment variables name the catalogue.

    Raises:
        BuildError: one is missing.
    """
    stated = _stated_parameters(settings)
    missing = [name for name in REQUIRED if not (os.environ.get(name) or name in stated)]
    if settings.catalogue == "postgres" and missing and not os.environ.get("PGSERVICE"):
        names = ", ".join(f"ducklake.{REQUIRED[name]} (or {name})" for name in missing)
        raise BuildError(
            f"ducklake.catalogue is postgres in params.yaml, but {names} is not stated. State it there; the password "
            "belongs in PGPASSWORD or ~/.pgpass."
        )


def _stated_parameters(settings: DuckLake) -> dict[str, str]:
    """What settings state of the catalogue, where the environment does not."""
    return {name: value for name, value in settings.postgres.items() if not os.environ.get(name)}


def data_path(settings: DuckLake, paths: ProjectPaths) -> str:
    """Where the files of the lake of an origin are: a folder, or the address of one in a bucket."""
    if settings.files is None:
        return f"{paths.home / 'lake'}/"
    if "://" in settings.files:
        return f"{settings.files.rstrip('/')}/{paths.origin}/"
    return f"{paths.root / Path(settings.files).expanduser() / paths.origin}/"


def _one_line(error: duckdb.Error) -> str:
    """DuckDB's message in one line, without the statement."""
    return " ".join(str(error).split()).partition(" LINE 1: ")[0].rstrip(".")
