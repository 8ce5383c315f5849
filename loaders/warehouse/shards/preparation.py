"""What shards are made from: their records, and what of the other tables concerns them, each with a digest."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from loaders.core.arrays import Rows
from loaders.core.escape import sql_parquet
from loaders.harmonise.row_accounting import read_accounting
from loaders.warehouse.build_inputs import write_build_inputs
from loaders.warehouse.build_sources import BuildSources
from loaders.warehouse.raw_data import write_accounting
from loaders.warehouse.raw_tables import write_boundaries
from loaders.warehouse.shards.checks import check_tables
from loaders.warehouse.shards.database import empty_catalog, model_database, run_models, write_query
from loaders.warehouse.shards.division import shards_of
from loaders.warehouse.shards.links import components
from loaders.warehouse.shards.models import BEFORE, CompiledModels
from loaders.warehouse.shards.shares import (
    CELLS,
    FEATURES,
    LIGHT_RECORDS,
    NUMBERED,
    RECORDS_OF_SHARDS,
    ROW_GROUP_ROWS,
    SHARES,
    digests_of,
)

DIVIDING_MB = 600  # besides the boxes of a strip and the links of all
SORTED_PER_MB = 2000  # records that DuckDB sorts, with their outlines


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard, before it is computed.

    Attributes:
        number: from 0.
        records: how many it has.
        digest: of its records and of all else that its models read; without code.
    """

    number: int
    records: int
    digest: str


class PreparedShards:
    """The records of a build, divided into shards.

    Args:
        connection: with all that shards read.
        shards: all of them.
        shard_of_rows: the shard of each row of the loaded files, in the order of the settings.
        memory_mb: limit of DuckDB [MB].
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, shards: Sequence[Shard], shard_of_rows: Rows, memory_mb: int
    ) -> None:
        self._connection, self.shards = connection, shards
        self._shard_of_rows, self._memory_mb = shard_of_rows, memory_mb

    def write(self, wanted: Sequence[Shard], folder: Path) -> dict[int, str]:
        """Write what these shards read, in their order: a file of each table, or several of the records.

        It can be called once.

        Returns:
            The name of the file of the records of each shard, by its number.
        """
        for table in ("numbered", "boxes", "prepared.prep_pv_names", "prepared.prep_pv_same_names"):
            self._connection.execute(f"DROP TABLE {table}")  # to make room
        self._connection.execute(f"SET memory_limit = '{self._memory_mb}MB'")
        numbers = [shard.number for shard in wanted]
        shard_of_rows = np.where(np.isin(self._shard_of_rows, numbers), self._shard_of_rows, -1)
        self._connection.register("shard_of_rows", pa.table({"shard": shard_of_rows}))
        files: dict[int, str] = {}
        for batch in batches(wanted, self._memory_mb * SORTED_PER_MB):
            name = f"records-{batch[0].number:06d}.parquet"
            query = RECORDS_OF_SHARDS.format(first=batch[0].number, last=batch[-1].number)
            options = f", ROW_GROUP_SIZE {ROW_GROUP_ROWS}, COMPRESSION_LEVEL 1"
            write_query(self._connection, query, folder / name, options)
            files |= {shard.number: name for shard in batch}
        for table in ("placed", "cells"):
            self._connection.execute(f"DELETE FROM {table} WHERE NOT list_contains(?::BIGINT[], shard)", [numbers])  # noqa: S608
        for table, share in SHARES.items():
            write_query(self._connection, f"{share} ORDER BY shard", folder / f"{table}.parquet")
        return files


def batches(shards: Sequence[Shard], most: int) -> list[list[Shard]]:
    """Neighbouring shards that have at most so many records together, or a single one that has more."""
    found: list[list[Shard]] = []
    records = 0
    for shard in shards:
        if not found or records + shard.records > most:
            found.append([])
            records = 0
        found[-1].append(shard)
        records += shard.records
    return found


@contextmanager
def prepared_shards(
    sources: BuildSources, compiled: CompiledModels, spill: Path, most: int, memory_mb: int
) -> Iterator[PreparedShards]:
    """Divide the loaded records into shards.

    Args:
        sources: what the build is made from.
        compiled: the models.
        spill: folder for what does not fit in memory.
        most: records in a shard.
        memory_mb: limit of DuckDB [MB]; less while links are looked for, which take memory, too.

    Raises:
        BuildError: a test of a table before the shards failed.
    """
    with model_database(spill, min(memory_mb, DIVIDING_MB), threads=2) as connection, empty_catalog(connection):
        _write_inputs(connection, sources)
        run_models(connection, compiled.needed_for(compiled.placed(BEFORE) | {"stg_overrides"}))
        check_tables(connection, compiled, BEFORE)
        shard_of_rows = _place_records(connection, compiled, sources.files, most)
        digests = dict(_share_digests(connection, sources.digests))
        counts = connection.sql("SELECT shard, count(*) FROM placed GROUP BY shard ORDER BY shard").fetchall()
        shards = [Shard(number, records, digests[number]) for number, records in counts]
        yield PreparedShards(connection, shards, shard_of_rows, memory_mb)


def _write_inputs(connection: duckdb.DuckDBPyConnection, sources: BuildSources) -> None:
    """Create what the staging models read."""
    keys = list(sources.settings.datasets)
    write_build_inputs(connection, sources.settings, sources.overrides)
    write_accounting(connection, {key: read_accounting(sources.paths.metrics(key)) for key in keys}, keys)
    write_boundaries(connection, sources.paths.boundaries)
    rows = sql_parquet(*sources.files)
    connection.execute(f"CREATE VIEW {FEATURES} AS SELECT * EXCLUDE (bbox) FROM {rows}")  # noqa: S608


def _place_records(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledModels, files: Sequence[Path], most: int
) -> Rows:
    """Create the tables `placed`, the shard of each record, and `cells`, the cells of 5° around each shard.

    Returns:
        The shard of each row of the loaded files.
    """
    _number_records(connection, files)
    given = frozenset({"stg_pv_features", "prep_admin_centroids"})
    run_models(connection, compiled.needed_for(frozenset({"prep_pv_placeholders"}), given))
    connection.execute(f"CREATE VIEW prepared.prep_pv_match_records AS {LIGHT_RECORDS}")
    given = frozenset({"prep_pv_match_records", "stg_settings"})
    run_models(connection, compiled.needed_for(frozenset({"prep_pv_same_names"}), given))
    rows = connection.sql("SELECT position, centroid_lon, centroid_lat FROM numbered ORDER BY number").fetchnumpy()
    position, lon, lat = (np.asarray(column) for column in rows.values())
    shard = shards_of(components(connection, len(lon)), lon, lat, most)
    connection.register("shards", pa.table({"number": np.arange(len(shard)), "shard": shard}))
    connection.execute(
        "CREATE TEMP TABLE placed AS SELECT number, shards.shard, numbered.record_id, numbered.dataset_key "
        "FROM shards JOIN numbered USING (number)"
    )
    connection.unregister("shards")
    connection.execute(f"CREATE TEMP TABLE cells AS {CELLS}")
    shard_of_rows = np.empty_like(shard)
    shard_of_rows[position] = shard
    return shard_of_rows


def _number_records(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """Create the table `numbered`, of all records in the order of their ids."""
    starts, start = [], 0
    for file in files:
        with pq.ParquetFile(file) as parquet:
            starts.append((file.stem, start))
            start += parquet.metadata.num_rows
    keys, rows = zip(*starts, strict=True)
    connection.register("starts", pa.table({"dataset_key": keys, "start": rows}))
    query = NUMBERED.format(rows=sql_parquet(*files, options=", file_row_number = true"))
    connection.execute(f"CREATE TEMP TABLE numbered AS {query}")
    connection.unregister("starts")


def _share_digests(connection: duckdb.DuckDBPyConnection, files: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """A digest of what each shard reads: its records by the files that they are from, its share of each table."""
    parts: dict[int, list[object]] = {}
    members = connection.sql(
        "SELECT shard, dataset_key, count(*), bit_xor(md5_number(record_id))::VARCHAR FROM placed "  # ids are distinct
        "GROUP BY shard, dataset_key ORDER BY shard, dataset_key"
    ).fetchall()
    for shard, key, *members_of_key in members:
        parts.setdefault(shard, []).append([key, files[key], *members_of_key])
    for table, share in SHARES.items():
        rows = connection.sql(digests_of(share)).fetchall()
        for shard, digest in rows:
            parts[shard].append([table, digest])
    for shard, listed in sorted(parts.items()):
        yield shard, hashlib.sha256(json.dumps(listed).encode()).hexdigest()
