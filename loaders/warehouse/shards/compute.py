"""Computes shards: in processes of this machine, or on a Dask cluster."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hamilton import driver

from loaders.core.errors import BuildError
from loaders.core.progress import report
from loaders.db.connection import stated_memory_mb
from loaders.execution.executors import workers
from loaders.settings.base import Executor
from loaders.settings.params import Settings
from loaders.warehouse.shards import graph
from loaders.warehouse.shards.exchange import fetch_results, handed_over, require_results, shard_files
from loaders.warehouse.shards.shard import PARTIAL, ShardTask, compute_shard, fewer_records_advice, is_complete
from loaders.warehouse.shards.storage import ShardFiles


def compute_shards(tasks: list[ShardTask], settings: Settings, root: Path, shards: int) -> None:
    """Compute shards.

    Args:
        tasks: of those that are to be computed.
        settings: with the executor.
        root: of the project.
        shards: how many the build has.

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
        _compute_on_dask(on_dask, shard_files(root, settings.origin), on_end, shards)
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
        kept = shards - sum(not is_complete(task.result, task.compiled.kept) for task in left)
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
