"""`open_tables`: the published tables as Ibis tables, of the DuckDB warehouse or of the DuckLake, read-only."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

import duckdb

try:
    import ibis
    from ibis.backends.duckdb import Backend
except ModuleNotFoundError as error:
    raise ImportError("open_tables() needs Ibis. Run `make install`, or `pip install --editable '.[ibis]'`.") from error

from loaders.contract import GEOMETRY
from loaders.core.escape import sql_name, sql_text
from loaders.core.paths import ProjectPaths
from loaders.db import ducklake
from loaders.db.connection import config, database_file, load_extension, opening_error, prepare
from loaders.read.published import (
    PREFIX,
    SCHEMA,
    find_project,
    find_table,
    not_built,
    one_line_comments,
    require_warehouse,
)
from loaders.settings.params import Settings

WAREHOUSE = "warehouse"


class _OfflineBackend(Backend):
    """Ibis's DuckDB backend with the extensions that are installed here, instead of downloads."""

    def _load_extensions(self, extensions: list[str], force_install: bool = False) -> None:
        for name in extensions:
            load_extension(self.con, name)


class Tables(Mapping[str, ibis.Table]):
    """The published tables by name, with or without `curated_pv_`: `tables["installations"]`.

    Attributes:
        backend: of Ibis, which runs their expressions.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
        self.backend: Backend = _OfflineBackend.from_connection(connection)
        self._connection, self._catalog = connection, catalog

    def __getitem__(self, name: str) -> ibis.Table:
        return self.backend.table(self._full_name(name), database=SCHEMA)

    def __iter__(self) -> Iterator[str]:
        query = "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? ORDER BY table_name"
        return (name for (name,) in self._connection.execute(query, [self._catalog, SCHEMA]).fetchall())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        names = list(self)
        return name in names or f"{PREFIX}{name}" in names

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def comments(self, name: str) -> dict[str, str]:
        """The meaning of each column of a table."""
        return one_line_comments(self._connection, self._full_name(name))

    def close(self) -> None:
        """Close the connection; expressions of these tables cannot be run afterwards."""
        self._connection.close()

    def _full_name(self, name: str) -> str:
        return find_table(name, list(self))


def open_tables(*, project: str | Path | None = None, origin: str | None = None) -> Tables:
    """Open the published tables as Ibis tables; writes to them are refused.

    Args:
        project: its folder; by default the one around the working directory.
        origin: `sample` or `doi`; by default that of `params.yaml`.

    Raises:
        BuildError: nothing is built yet, or the database is open for writing elsewhere.
        SettingsError: there is no project, or no such origin.
    """
    settings, paths = find_project(project, origin)
    require_warehouse(settings, paths)
    connection = duckdb.connect(config=config())
    try:
        prepare(connection)
        catalog = _attach(connection, settings, paths)
        _show(connection, catalog)
        tables = Tables(connection, catalog)
        if not tables:
            raise not_built(paths, paths.lake)
    except BaseException:
        connection.close()
        raise
    return tables


def _attach(connection: duckdb.DuckDBPyConnection, settings: Settings, paths: ProjectPaths) -> str:
    if settings.warehouse == "ducklake":
        ducklake.attach(connection, settings.ducklake, paths, read_only=True)
        return ducklake.LAKE
    file = sql_text(database_file(paths.database))
    try:
        connection.execute(f"ATTACH {file} AS {WAREHOUSE} (READ_ONLY)")
    except duckdb.Error as error:
        raise opening_error(error, paths.database) from error
    return WAREHOUSE


def _show(connection: duckdb.DuckDBPyConnection, catalog: str) -> None:
    """Show the tables as views, with shapes of the type that Ibis knows: it has none with a CRS."""
    connection.execute(f"CREATE SCHEMA {SCHEMA}")
    query = "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name = ?"
    for (name,) in connection.execute(query, [catalog, SCHEMA]).fetchall():
        place = f"{SCHEMA}.{sql_name(name)}"
        has_shape = GEOMETRY in connection.sql(f"FROM {catalog}.{place}").columns
        shape = f" REPLACE ({GEOMETRY}::GEOMETRY AS {GEOMETRY})" if has_shape else ""
        connection.execute(f"CREATE VIEW {place} AS SELECT *{shape} FROM {catalog}.{place}")  # noqa: S608
