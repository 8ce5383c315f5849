"""The published tables as the map reads them: installations by number along a Hilbert curve, records by dataset."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.read.published import published_files

ROWS_AT_A_TIME = 50_000
REQUIRED = tuple(f"curated_pv_{name}" for name in ("installations", "records", "yield", "dataset_summary", "pairs"))
NUMBERS = """
    CREATE TABLE memory.main.datasets AS
    SELECT dataset_key, (row_number() OVER (ORDER BY dataset_key) - 1)::USMALLINT AS d
    FROM (SELECT DISTINCT dataset_key FROM curated.curated_pv_records WHERE installation_id IS NOT NULL);
    CREATE TABLE memory.main.numbered AS
    SELECT installation_id, (row_number() OVER (ORDER BY place, installation_id) - 1)::UINTEGER AS i
    FROM (
        SELECT
            installation_id,
            ST_Hilbert(centroid_lon, centroid_lat, {'min_x': -180, 'min_y': -90, 'max_x': 180, 'max_y': 90}::BOX_2D)
                AS place
        FROM curated.curated_pv_installations
    );
"""


@dataclass(frozen=True, slots=True)
class MapTables:
    """The published tables with two more: `numbered` (installation_id, i) and `datasets` (dataset_key, d).

    Attributes:
        connection: shows the published tables in its schema `curated`.
        count: number of installations.
        dataset_keys: by number.
    """

    connection: duckdb.DuckDBPyConnection
    count: int
    dataset_keys: list[str]

    def table(self, query: str) -> pa.Table:
        """The answer to a query."""
        return self.connection.cursor().execute(query).to_arrow_table()

    def batches(self, query: str, rows: int = ROWS_AT_A_TIME) -> Iterator[pa.RecordBatch]:
        """The answer to a query, in pieces."""
        yield from self.connection.cursor().execute(query).to_arrow_reader(rows)


@contextmanager
def map_tables(paths: ProjectPaths) -> Iterator[MapTables]:
    """Open the published tables, and number their installations.

    Raises:
        BuildError: a table is missing.
    """
    with published_files(paths) as connection:
        if missing := [name for name in REQUIRED if not (paths.curated / f"{name}.parquet").exists()]:
            raise BuildError(
                f"The table {missing[0]} of origin {paths.origin} is missing: an older version made these tables. "
                "Run `make all`."
            )
        connection.execute(NUMBERS)
        keys = connection.execute("SELECT dataset_key FROM memory.main.datasets ORDER BY d").fetchall()
        (count,) = connection.execute("SELECT count(*) FROM memory.main.numbered").fetchone() or (0,)
        yield MapTables(connection, count, [key for (key,) in keys])
