"""The published tables, as a DuckDB connection shows them that can read nothing else.

They are the Parquet files of the last build; where the warehouse is a DuckLake, its tables.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from loaders.contract import GEOMETRY
from loaders.core.errors import BuildError, SelectionError, SettingsError
from loaders.core.escape import one_line, sql_file, sql_name, sql_text
from loaders.core.paths import ProjectPaths
from loaders.db import ducklake
from loaders.db.connection import config, prepare
from loaders.read.selection import BOX, Selection
from loaders.settings.params import Settings
from loaders.settings.project import read_project
from loaders.warehouse.data_dictionary import column_comments

SCHEMA = "curated"
PREFIX = "curated_pv_"
INSTALLATIONS, RECORDS = f"{PREFIX}installations", f"{PREFIX}records"
CRS = "EPSG:4326"
ORIGINS = ("sample", "doi")


@dataclass(frozen=True, slots=True)
class Published:
    """The published tables of a project.

    Attributes:
        connection: shows them in the schema `curated`, and reads no other file.
        settings: of the project.
        paths: of the project.
    """

    connection: duckdb.DuckDBPyConnection
    settings: Settings
    paths: ProjectPaths

    def names(self) -> list[str]:
        """The tables."""
        query = "SELECT view_name FROM duckdb_views() WHERE schema_name = ? AND NOT internal ORDER BY view_name"
        return [name for (name,) in self.connection.execute(query, [SCHEMA]).fetchall()]

    def find(self, name: str) -> str:
        """A table by its name, or by that without `curated_pv_`.

        Raises:
            SelectionError: there is none of that name.
        """
        names = self.names()
        return find_table(name, names)

    def columns(self, table: str) -> list[str]:
        """The columns of a table."""
        return [name for name in self._all_columns(table) if name != BOX]

    def rows(self, table: str, selection: Selection) -> str:
        """The query for the rows of a selection, with all columns.

        Raises:
            SelectionError: the table lacks a column that it needs.
        """
        selection.require_columns(table, self.columns(table))
        has_box = BOX in self._all_columns(table)
        exclude = f" EXCLUDE ({BOX})" if has_box else ""
        return f"SELECT *{exclude} FROM {SCHEMA}.{sql_name(table)} WHERE {selection.predicate(has_box=has_box)}"  # noqa: S608 (the predicate is checked)

    def query(self, statement: str) -> duckdb.DuckDBPyRelation:
        """The answer to a query on these tables."""
        return self.connection.sql(statement)

    def comments(self, table: str) -> dict[str, str]:
        """The meaning of each column of a table."""
        if self.settings.warehouse == "ducklake":
            return one_line_comments(self.connection, table)
        schema = pq.read_schema(self.paths.curated / f"{table}.parquet")
        comments = {field.name: (field.metadata or {}).get(b"comment", b"") for field in schema}
        return {name: one_line(comment.decode("utf-8")) for name, comment in comments.items() if comment}

    def _all_columns(self, table: str) -> list[str]:
        return list(self.connection.sql(f"FROM {SCHEMA}.{sql_name(table)}").columns)


def find_table(name: str, names: Sequence[str]) -> str:
    """A table by its name, or by that without `curated_pv_`; see `Published.find`."""
    if found := next((each for each in (name, f"{PREFIX}{name}") if each in names), None):
        return found
    shorts = ", ".join(each.removeprefix(PREFIX) for each in names)
    raise SelectionError(f"There is no published table {name!r}. The tables are: {shorts}.")


@contextmanager
def published(project: Path | str | None = None, origin: str | None = None) -> Iterator[Published]:
    """Open the published tables of a project.

    Args:
        project: its folder; by default the one around the working directory.
        origin: `sample` or `doi`; by default that of its settings.

    Raises:
        BuildError: nothing is built yet.
        SettingsError: there is no project, or no such origin.
    """
    settings, paths = find_project(project, origin)
    with _lake(settings, paths) if settings.warehouse == "ducklake" else published_files(paths) as connection:
        yield Published(connection, settings, paths)


def find_project(project: Path | str | None = None, origin: str | None = None) -> tuple[Settings, ProjectPaths]:
    """The settings and paths of a project; see `published`."""
    settings, paths = read_project(None if project is None else Path(project).expanduser() / "params.yaml")
    if origin is None:
        return settings, paths
    if origin not in ORIGINS:
        raise SettingsError(f"There is no origin {origin!r}. Expected one of: {', '.join(ORIGINS)}.")
    return settings, ProjectPaths(paths.root, origin)


def not_built(paths: ProjectPaths, missing: Path) -> BuildError:
    """The error for tables that are not there."""
    return BuildError(
        f"{missing.relative_to(paths.root)} is missing: no table of origin {paths.origin} is built in {paths.root}. "
        "Run `make all` there."
    )


def one_line_comments(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """The comment on each column of a table in a database."""
    return {name: one_line(text) for name, text in column_comments(connection, SCHEMA, table).items()}


@contextmanager
def published_files(paths: ProjectPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the published Parquet files as views in the schema `curated`, which reads no other file.

    Raises:
        BuildError: nothing is built yet.
    """
    files = sorted(paths.curated.glob("*.parquet"))
    if not files:
        raise not_built(paths, paths.curated / f"{INSTALLATIONS}.parquet")
    with duckdb.connect(config=config()) as connection:
        prepare(connection)
        connection.execute(f"CREATE SCHEMA {SCHEMA}; USE {SCHEMA}")
        for path in files:
            connection.read_parquet(sql_file(path), hive_partitioning=False).create_view(path.stem)
        _close(
            connection, f"{paths.curated}/", f"{sql_file(paths.curated)}/"
        )  # DuckDB checks the pattern, then the file
        yield connection


def require_warehouse(settings: Settings, paths: ProjectPaths) -> None:
    """Refuse a warehouse whose file is not there.

    Raises:
        BuildError: nothing is built yet.
    """
    if settings.warehouse == "ducklake":
        if settings.ducklake.catalogue == "sqlite" and not paths.lake.exists():
            raise not_built(paths, paths.lake)
    elif not paths.database.exists():
        raise not_built(paths, paths.database)


@contextmanager
def _lake(settings: Settings, paths: ProjectPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    require_warehouse(settings, paths)
    with ducklake.opened(settings.ducklake, paths, read_only=True) as connection:
        query = "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? ORDER BY table_name"
        tables = connection.execute(query, [ducklake.LAKE, SCHEMA]).fetchall()
        if not tables:
            raise not_built(paths, paths.lake)
        connection.execute(f"USE memory; CREATE SCHEMA {SCHEMA}")
        for (name,) in tables:
            place = f"{SCHEMA}.{sql_name(name)}"
            has_shape = GEOMETRY in connection.sql(f"FROM {ducklake.LAKE}.{place}").columns
            shape = f" REPLACE (ST_SetCRS({GEOMETRY}, '{CRS}') AS {GEOMETRY})" if has_shape else ""
            connection.execute(f"CREATE VIEW {place} AS SELECT *{shape} FROM {ducklake.LAKE}.{place} ORDER BY ALL")  # noqa: S608
        _close(connection, ducklake.data_path(settings.ducklake, paths))
        yield connection


def _close(connection: duckdb.DuckDBPyConnection, *folders: str) -> None:
    """From here on, the connection reads no file outside these folders, and this cannot be undone."""
    connection.execute(f"SET allowed_directories = [{', '.join(map(sql_text, folders))}]")
    for setting in (
        "python_enable_replacements = false",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
