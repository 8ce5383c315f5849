"""Runs the models inside one shard, and keeps their tables under a name that says what they are made from."""

import hashlib
import os
import platform
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from threading import get_ident

import duckdb

from loaders.core.errors import BuildError
from loaders.core.escape import sql_parquet
from loaders.db.connection import LARGEST_SHARE_OF_MEMORY, LEAST_MB, OTHER_LIBRARIES_MB, stated_memory_mb
from loaders.execution.executors import DaskWorker, dask_worker
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
from loaders.warehouse.shards.storage import INPUTS, RESULTS, ShardFiles

WORKER_MB = 800  # of DuckDB in a process, where nothing else limits it
PARTIAL = ".partial-"
SPILL = "spill"
PARQUET_END = b"PAR1"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a worker needs that sees no folder of the project.

    Attributes:
        files: where it reads and writes.
        inputs: name of the folder there of what shards read.
    """

    files: ShardFiles
    inputs: str


@dataclass(frozen=True, slots=True)
class ShardTask:
    """What a worker needs to compute a shard.

    Attributes:
        shard: which one.
        compiled: the models.
        inputs: folder of what shards read.
        records: name of the file there that has its records.
        result: folder of the tables, which is there once all of them are.
        memory_mb: limit of DuckDB [MB]; null follows the limit of the Dask worker.
        code: digest of the code that the result is named after.
        exchange: where to read and write instead, for workers that do not see these folders.
    """

    shard: Shard
    compiled: CompiledModels
    inputs: Path
    records: str
    result: Path
    memory_mb: int | None
    code: str
    exchange: Exchange | None = None

    @property
    def label(self) -> str:
        """The shard, for messages."""
        return f"Shard {self.shard.number} ({self.shard.records:,} records)"


def result_name(shard: Shard, code: str) -> str:
    """The name of the folder of a shard's tables: a hash of what it reads and of the code that reads it."""
    return hashlib.sha256(f"{code} {shard.digest}".encode()).hexdigest()[:32]


def compute_shard(task: ShardTask) -> Path:
    """Run the models, check the tables that stay inside, write the ones that leave; returns their folder.

    Raises:
        BuildError: a test failed; the shard needs more memory; or this worker has other code than the one who asks.
    """
    if code_digest(task.compiled) != task.code:
        raise BuildError(
            f"The worker {platform.node()} has another version of eo-pv, or of its libraries, than the machine that "
            "builds. Restart it with the same one."
        )
    memory_mb = duckdb_memory_mb(task.memory_mb, dask_worker())
    try:
        folder = _work_folder(task)
        _compute_in(folder, task, _connection(folder / SPILL, memory_mb, get_ident()))
    except duckdb.OutOfMemoryException as error:
        raise BuildError(
            f"{task.label} needs more memory than the {memory_mb:,} MB that DuckDB may hold on {platform.node()}. "
            "Allow it more (`dask worker --memory-limit`; without Dask, `machine: {memory_mb: …}` in params.yaml), or "
            f"{fewer_records_advice(task.shard.records)}"
        ) from error
    return task.result


def fewer_records_advice(records: int) -> str:
    """How to match fewer records at a time than so many, in the end of a message."""
    return (
        f"match fewer records at a time: `machine: {{shard_records: {max(1, records // 2)}}}` in params.yaml. "
        "Complete shards are kept as long as nothing that they are made from changes."
    )


def duckdb_memory_mb(most_mb: int | None, worker: DaskWorker | None) -> int:
    """Limit of DuckDB [MB]: what a task states, and no more than leaves a Dask worker below its own limit.

    Args:
        most_mb: what the task states; null follows the worker.
        worker: that runs it; null in a process of this machine.
    """
    limits = [most_mb] if most_mb else []
    if stated_mb := stated_memory_mb():
        limits.append(stated_mb)
    if worker and worker.memory_mb:
        usable_mb = LARGEST_SHARE_OF_MEMORY * worker.memory_mb - OTHER_LIBRARIES_MB
        limits.append(int(max(usable_mb / worker.threads, LEAST_MB)))
    return min(limits, default=WORKER_MB)


def _compute_in(folder: Path, task: ShardTask, connection: duckdb.DuckDBPyConnection) -> None:
    """Compute a shard; without the folders of the project, in a folder of the worker's own."""
    if task.exchange is None:
        _write_tables(task, connection)
        return
    with TemporaryDirectory(prefix="eo-pv-shard-", dir=folder) as own:
        result = Path(own, task.result.name)
        task.exchange.files.open_to(connection)
        _write_tables(replace(task, result=result), connection)
        task.exchange.files.upload(result, RESULTS, task.result.name)


def _write_tables(task: ShardTask, connection: duckdb.DuckDBPyConnection) -> None:
    """Make the folder of the result, under a name of its own until all tables are in it."""
    task.result.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(mkdtemp(prefix=f"{task.result.name}{PARTIAL}", dir=task.result.parent))
    with empty_catalog(connection):
        create_tables(connection, dict(_inputs(task)))
        before = task.compiled.placed(BEFORE)
        run_models(connection, task.compiled.needed_for(frozenset(task.compiled.kept), before))
        check_tables(connection, task.compiled, INSIDE, DIVIDED, where=f" of shard {task.shard.number}")
        tables = {model.name: model.table for model in task.compiled.models}
        for name in task.compiled.kept:
            write_query(connection, f"FROM {tables[name]}", partial / f"{name}.parquet", ", COMPRESSION_LEVEL 1")
    _move_into_place(partial, task)


def _move_into_place(partial: Path, task: ShardTask) -> None:
    """Rename the folder, unless a worker that was thought dead has come first."""
    partial.chmod(0o755)
    if is_complete(task.result, task.compiled.kept):
        shutil.rmtree(partial)
        return
    shutil.rmtree(task.result, ignore_errors=True)
    partial.replace(task.result)


def is_complete(folder: Path, names: Iterable[str]) -> bool:
    """Whether these tables of a shard are there, and have their end: after a power cut, a file may be empty."""
    return all(_has_end(folder / f"{name}.parquet") for name in names)


def _has_end(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            stream.seek(-len(PARQUET_END), os.SEEK_END)
            return stream.read() == PARQUET_END
    except OSError:
        return False


def _work_folder(task: ShardTask) -> Path:
    """A folder for temporary files: the worker's own, where it has one."""
    worker = dask_worker()
    return worker.folder if worker else task.inputs


@cache
def _connection(spill: Path, memory_mb: int, thread: int) -> duckdb.DuckDBPyConnection:
    """That of this thread: to open one, DuckDB checks the signature of the spatial extension, which takes a while."""
    return model_database(spill, memory_mb, threads=1)


def _inputs(task: ShardTask) -> Iterator[tuple[str, str]]:
    """Each table that the models read, and its query."""
    number = task.shard.number
    yield (
        qualified_name(ALL_FEATURES),
        f"SELECT * EXCLUDE (shard) FROM {_rows(task, task.records)} WHERE shard = {number}",  # noqa: S608
    )
    for table in SHARES:
        rows = _rows(task, f"{table}.parquet")
        yield table, f"SELECT * EXCLUDE (shard) FROM {rows} WHERE shard = {number}"  # noqa: S608


def _rows(task: ShardTask, file: str) -> str:
    if task.exchange is None:
        return sql_parquet(task.inputs / file)
    return task.exchange.files.rows(INPUTS, task.exchange.inputs, file)
