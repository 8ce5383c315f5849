"""Where pipelines store their tables: a file of their own, or a database that somebody has open already."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from loaders.duck import connect


@dataclass(frozen=True, slots=True)
class Database:
    """A warehouse.

    Attributes:
        path: the DuckDB file; made if it is not there.
        connection: where it is open already: DuckDB lets only one process write to a file.
    """

    path: Path
    connection: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to write with; what is not committed at its end is undone.

        Raises:
            BuildError: it is open elsewhere, or is not a database.
        """
        if self.connection is not None:
            with self.connection.cursor() as cursor:
                yield cursor
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with connect(self.path) as connection:
            yield connection
