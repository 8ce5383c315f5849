"""Where pipelines store their tables: a file, a DuckLake, or a database that somebody has open already."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.core.paths import ProjectPaths
from loaders.db import ducklake as lake
from loaders.db.connection import connect
from loaders.settings.params import Settings


@dataclass(frozen=True, slots=True)
class Database:
    """A warehouse.

    Attributes:
        settings: says which kind it is.
        paths: whose it is.
        path: the DuckDB file that it is whatever the settings say; made if it is not there.
        connection: where it is open already: DuckDB lets only one process write to a file. Where the lake is attached,
            the tables are in the lake.
    """

    settings: Settings
    paths: ProjectPaths
    path: Path | None = None
    connection: duckdb.DuckDBPyConnection | None = None

    @property
    def file(self) -> Path:
        """The DuckDB file, where it is one."""
        return self.path or self.paths.database

    @property
    def lineage_name(self) -> Path:
        """By what lineage names it: its file, or `lake`."""
        is_lake = self.settings.warehouse == "ducklake" and self.path is None and self.connection is None
        return Path(lake.LAKE) if is_lake else self.file

    @contextmanager
    def opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection in a transaction, which ends with the context: all is stored, or, after an error, nothing.

        Raises:
            BuildError: it is open elsewhere, or cannot be opened.
        """
        with self._connected() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _connected(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if self.connection is not None:
            with self.connection.cursor() as cursor:
                if lake.is_attached(cursor):
                    cursor.execute(f"USE {lake.LAKE}")
                yield cursor
        elif self.path is None and self.settings.warehouse == "ducklake":
            with lake.opened(self.settings.ducklake, self.paths) as connection:
                yield connection
        else:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with connect(self.file) as connection:
                yield connection
