"""The warehouse in which pipelines store their tables: a DuckDB file, a DuckLake, or an open connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.core.paths import ProjectPaths
from loaders.db import ducklake
from loaders.db.connection import connect
from loaders.settings.params import Settings
from loaders.tables import META_SCHEMA, META_TABLES, RAW_SCHEMA


@dataclass(frozen=True, slots=True)
class Database:
    """A warehouse.

    Attributes:
        settings: name its kind.
        paths: of the project.
        path: a DuckDB file that overrides the settings; created if missing.
        connection: an open connection to use: DuckDB lets only one process write to a file. If the lake is attached to
            it, the tables are in the lake.
    """

    settings: Settings
    paths: ProjectPaths
    path: Path | None = None
    connection: duckdb.DuckDBPyConnection | None = None

    @property
    def file(self) -> Path:
        """Path of the DuckDB file, unless it is a lake."""
        return self.path or self.paths.database

    @property
    def lineage_name(self) -> Path:
        """Its name in lineage events: its file, or `lake`."""
        is_lake = self.settings.warehouse == "ducklake" and self.path is None and self.connection is None
        return Path(ducklake.LAKE) if is_lake else self.file

    @contextmanager
    def opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection in a transaction, committed at the end of the context and rolled back after an error.

        Raises:
            BuildError: it is open elsewhere, or cannot be opened.
        """
        with self.connected() as connection:
            connection.execute("BEGIN")
            try:
                _move_meta_tables(connection)
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def connected(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection, or a cursor of the one that is open.

        Raises:
            BuildError: it is open elsewhere, or cannot be opened.
        """
        if self.connection is not None:
            with self.connection.cursor() as cursor:
                if ducklake.is_attached(cursor):
                    cursor.execute(f"USE {ducklake.LAKE}")
                yield cursor
        elif self.path is None and self.settings.warehouse == "ducklake":
            with ducklake.opened(self.settings.ducklake, self.paths) as connection:
                yield connection
        else:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with connect(self.file) as connection:
                yield connection


def _move_meta_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Move the run's own tables to `raw_meta`: earlier versions stored them in `raw_data`."""
    query = (
        "SELECT schema_name, table_name FROM duckdb_tables() "
        "WHERE database_name = current_database() AND schema_name IN (?, ?)"
    )
    present = set(connection.execute(query, [RAW_SCHEMA, META_SCHEMA]).fetchall())
    for name in sorted(name for name in META_TABLES if (RAW_SCHEMA, name) in present):
        if (META_SCHEMA, name) not in present:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {META_SCHEMA}")
            connection.execute(f"CREATE TABLE {META_SCHEMA}.{name} AS FROM {RAW_SCHEMA}.{name}")
        connection.execute(f"DROP TABLE {RAW_SCHEMA}.{name}")
