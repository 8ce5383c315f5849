"""Runs the models inside one shard, and keeps their tables under a name that says what they are made from."""

import hashlib
import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from loaders.core.errors import BuildError
from loaders.core.escape import sql_parquet
from loaders.tables import ALL_FEATURES, qualified_name
from loaders.warehouse.shards.checks import check_tables
from loaders.warehouse.shards.code import code_digest
from loaders.warehouse.shards.database import (
    create_tables,
    empty_catalog,
    model_database,
    run_models,
    write_query,
)
from loaders.warehouse.shards.models import BEFORE, DIVIDED, INSIDE, CompiledModels
from loaders.warehouse.shards.preparation import Shard
from loaders.warehouse.shards.shares import SHARES

PARTIAL = ".partial"
SPILL = "spill"
PARQUET_END = b"PAR1"


@dataclass(frozen=True, slots=True)
class ShardTask:
    """What a worker needs to compute a shard.

    Attributes:
        shard: which one.
        compiled: the models.
        project: dbt's project folder.
        inputs: folder of what shards read.
        records: name of the file there that has its records.
        result: folder of the tables, which is there once all of them are.
        memory_mb: limit of DuckDB [MB].
        code: digest of the code that the result is named after.
    """

    shard: Shard
    compiled: CompiledModels
    project: Path
    inputs: Path
    records: str
    result: Path
    memory_mb: int
    code: str


def result_name(shard: Shard, code: str) -> str:
    """The name of the folder of a shard's tables: a hash of what it reads and of the code that reads it."""
    return hashlib.sha256(f"{code} {shard.digest}".encode()).hexdigest()[:32]


def compute_shard(task: ShardTask) -> Path:
    """Run the models, check the tables that stay inside, write the ones that leave; returns their folder.

    Raises:
        BuildError: a test failed; or this worker has other code than the one who asks.
    """
    if code_digest(task.compiled) != task.code:
        raise BuildError(
            f"The worker {platform.node()} has another version of eo-pv, or of its libraries, than the machine that "
            "builds. Restart it with the same one."
        )
    partial = task.result.with_name(task.result.name + PARTIAL)
    shutil.rmtree(partial, ignore_errors=True)  # of a worker that was killed
    partial.mkdir(parents=True)
    connection = _connection(task.inputs / SPILL, task.memory_mb)
    with empty_catalog(connection):
        create_tables(connection, dict(_inputs(task)))
        before = task.compiled.placed(BEFORE)
        run_models(connection, task.compiled.needed_for(frozenset(task.compiled.kept), before), task.project)
        check_tables(connection, task.compiled, INSIDE, DIVIDED, where=f" of shard {task.shard.number}")
        tables = {model.name: model.table for model in task.compiled.models}
        for name in task.compiled.kept:
            write_query(connection, f"FROM {tables[name]}", partial / f"{name}.parquet", ", COMPRESSION_LEVEL 1")
    shutil.rmtree(task.result, ignore_errors=True)
    partial.replace(task.result)
    return task.result


def is_complete(result: Path, compiled: CompiledModels) -> bool:
    """Whether all tables are there, and have their end: after a power cut, a file may be empty."""
    return all(_has_end(result / f"{name}.parquet") for name in compiled.kept)


def _has_end(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            stream.seek(-len(PARQUET_END), os.SEEK_END)
            return stream.read() == PARQUET_END
    except OSError:
        return False


@cache
def _connection(spill: Path, memory_mb: int) -> duckdb.DuckDBPyConnection:
    """That of this process: to open one, DuckDB checks the signature of the spatial extension, which takes a while."""
    return model_database(spill, memory_mb, threads=1)


def _inputs(task: ShardTask) -> Iterator[tuple[str, str]]:
    """Each table that the models read, and its query."""
    number = task.shard.number
    yield (
        qualified_name(ALL_FEATURES),
        f"SELECT * EXCLUDE (shard) FROM {sql_parquet(task.inputs / task.records)} WHERE shard = {number}",  # noqa: S608
    )
    for table in SHARES:
        rows = sql_parquet(task.inputs / f"{table}.parquet")
        yield table, f"SELECT * EXCLUDE (shard) FROM {rows} WHERE shard = {number}"  # noqa: S608
