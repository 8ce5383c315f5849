"""Computes the shards of a build that are not there yet, and lays out the tables of all of them for dbt."""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hamilton import driver

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.core.progress import report
from loaders.db.connection import stated_memory_mb, usable_mb
from loaders.execution.executors import process_count, workers
from loaders.settings.base import Executor
from loaders.settings.params import Settings
from loaders.warehouse.overrides import Override
from loaders.warehouse.shards import graph
from loaders.warehouse.shards.code import code_digest
from loaders.warehouse.shards.exchange import fetch_results, handed_over, require_results, shard_files
from loaders.warehouse.shards.models import BEFORE, INSIDE, CompiledModels
from loaders.warehouse.shards.preparation import prepare_shards
from loaders.warehouse.shards.shard import (
    PARTIAL,
    WORKER_MB,
    ShardTask,
    compute_shard,
    fewer_records_advice,
    is_complete,
    result_name,
)
from loaders.warehouse.shards.storage import RESULTS, ShardFiles

# of DuckDB, besides what is written to the database at the same time
PREPARING_MB = 600


@dataclass(frozen=True, slots=True)
class Division:
    """How a build is divided.

    Attributes:
        compiled: the models.
        records: the most records in a shard.
        kept: folder of the tables of shards, which stays after the build.
        inputs: folder of what the shards read.
    """

    compiled: CompiledModels
    records: int
    kept: Path
    inputs: Path

    @property
    def results(self) -> Path:
        """The tables of each shard, in a folder that is named after what they are made from."""
        return self.kept / "results"

    @property
    def not_for_dbt(self) -> tuple[str, ...]:
        """The models that dbt leaves out: what only shards read."""
        placed = self.compiled.placed(INSIDE) - set(self.compiled.kept) | self.compiled.placed(BEFORE)
        return tuple(sorted(placed))

    def compute(self, settings: Settings, paths: ProjectPaths, overrides: Sequence[Override]) -> Path:
        """Compute what is not kept; returns the folder of all tables: a folder a shard, with a file for each table.

        Views of the database look there, so it has another name where a table is another one.

        Raises:
            BuildError: a test of a table inside a shard failed.
        """
        report("dividing by place")
        available_mb = int(stated_memory_mb() or usable_mb())
        preparing_mb, worker_mb = min(PREPARING_MB, available_mb), min(WORKER_MB, available_mb // process_count())
        shards = prepare_shards(settings, paths, overrides, self.compiled, self.inputs, self.records, preparing_mb)
        code = code_digest(self.compiled)
        results = [self.results / result_name(shard, code) for shard in shards]
        self.results.mkdir(parents=True, exist_ok=True)
        tasks = [
            ShardTask(shard, self.compiled, paths.root / "dbt", self.inputs, result, worker_mb, code)
            for shard, result in zip(shards, results, strict=True)
            if not is_complete(result, self.compiled)
        ]
        _compute(tasks, settings, len(shards))
        names = " ".join(result.name for result in results)
        tables = self.kept / f"tables-{hashlib.sha256(names.encode()).hexdigest()[:16]}"
        _lay_out(results, tables)
        files = shard_files(paths.root, settings.origin) if settings.executor == "dask" else None
        for former in set(self.results.iterdir()).difference(results):  # or of workers that were killed
            shutil.rmtree(former, ignore_errors=True)
            if files:
                files.remove(RESULTS, former.name)
        return tables


def remove_former_tables(kept: Path, tables: Path | None) -> None:
    """Remove the tables of former builds, in which views of their databases looked.

    Args:
        kept: folder of the tables of shards.
        tables: those of the build that has been published; null where it has no shards.
    """
    if tables is None:
        shutil.rmtree(kept, ignore_errors=True)
    for former in set(kept.glob("tables-*")) - {tables}:
        shutil.rmtree(former, ignore_errors=True)


def _compute(tasks: list[ShardTask], settings: Settings, shards: int) -> None:
    """Compute shards; `shards` is how many the build has.

    Raises:
        BuildError: a shard failed, or the Dask cluster is gone.
    """
    done = iter(range(shards - len(tasks) + 1, shards + 1))

    def on_end() -> None:
        report(f"shard {next(done)} of {shards}")

    _remove_partial_results(tasks)
    if settings.executor == "dask" and tasks:
        is_stated = stated_memory_mb() is not None
        on_dask = tasks if is_stated else [replace(task, memory_mb=None) for task in tasks]
        _compute_on_dask(on_dask, shard_files(tasks[0].project.parent, settings.origin), on_end, shards)
    elif len(tasks) == 1:  # starting a process takes longer than a small shard
        compute_shard(tasks[0])
    elif tasks:
        _run_graph(tasks, "processes", on_end)


def _compute_on_dask(tasks: list[ShardTask], files: ShardFiles | None, on_end: Callable[[], None], shards: int) -> None:
    from loaders.execution.dask_cluster import SchedulerLostError, WorkersKilledError  # noqa: PLC0415 (start-up time)

    missing = fetch_results(tasks, files) if files else tasks
    for _ in range(len(tasks) - len(missing)):
        on_end()
    try:
        _run_on_dask(missing, files, on_end)
    except WorkersKilledError as error:
        advice = fewer_records_advice(max(task.shard.records for task in tasks))
        raise BuildError(f"{error} Or {advice}") from None
    except SchedulerLostError as error:
        left = fetch_results(missing, files) if files else missing
        kept = shards - sum(not is_complete(task.result, task.compiled) for task in left)
        raise BuildError(
            f"{error} {kept} of {shards} shards are kept. Start it again with its workers, then run the same command "
            "again (`eo-pv warehouse`, `make all`): it computes only the others."
        ) from None


def _run_on_dask(tasks: list[ShardTask], files: ShardFiles | None, on_end: Callable[[], None]) -> None:
    if files is None:
        _run_graph(tasks, "dask", on_end)
    elif tasks:
        with handed_over(tasks, files) as elsewhere:
            _run_graph(elsewhere, "dask", on_end)
        require_results(tasks, files)


def _run_graph(tasks: list[ShardTask], executor: Executor, on_end: Callable[[], None]) -> None:
    with workers(executor, None, on_end) as inner:
        builder = driver.Builder().with_modules(graph).enable_dynamic_execution(allow_experimental_mode=True)
        builder.with_remote_executor(inner).build().execute(["computed_shards"], inputs={"tasks": tasks})


def _remove_partial_results(tasks: list[ShardTask]) -> None:
    """Remove what killed workers have left."""
    for folder in {task.result.parent for task in tasks}:
        for partial in folder.glob(f"*{PARTIAL}*"):
            shutil.rmtree(partial, ignore_errors=True)


def _lay_out(results: Sequence[Path], folder: Path) -> None:
    """Link the tables of each shard into a folder of its number."""
    shutil.rmtree(folder, ignore_errors=True)
    for number, result in enumerate(results):
        shard = folder / f"{number:06d}"
        shard.mkdir(parents=True)
        for file in result.iterdir():
            try:
                (shard / file.name).hardlink_to(file)
            except OSError:  # a file system without links
                shutil.copyfile(file, shard / file.name)
