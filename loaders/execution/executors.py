"""Who works on the datasets of a pipeline: this thread, several, other processes, or the workers of a Dask cluster."""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any, get_args

from hamilton.execution.executors import (
    MultiProcessingExecutor,
    MultiThreadingExecutor,
    SynchronousLocalTaskExecutor,
    TaskExecutor,
    TaskFuture,
)
from hamilton.execution.grouping import TaskImplementation
from hamilton.execution.state import TaskState

from loaders.core.errors import SettingsError, SourceError
from loaders.settings.base import Executor

MAX_WORKERS = 4
PAUSE_S = 0.01  # Hamilton asks without a pause whether a task has ended, and would keep a processor busy with it


class SpawningExecutor(MultiProcessingExecutor):
    """Processes that start afresh: a fork of one with threads (progress bars, DuckDB, Arrow) may never end."""

    def create_pool(self) -> ProcessPoolExecutor:
        """The processes."""
        return ProcessPoolExecutor(self.max_tasks, mp_context=multiprocessing.get_context("spawn"))


class ReportingExecutor(TaskExecutor):
    """Another executor, of which it is told when a task has ended.

    Args:
        inner: does the work.
        on_end: called in this process once for each task.
    """

    def __init__(self, inner: TaskExecutor, on_end: Callable[[], None]) -> None:
        self._inner, self._on_end = inner, on_end

    def init(self) -> None:
        """Get workers."""
        self._inner.init()

    def finalize(self) -> None:
        """Let them go."""
        self._inner.finalize()

    def submit_task(self, task: TaskImplementation) -> TaskFuture:
        """Begin a task."""
        return _ReportingFuture(self._inner.submit_task(task), self._on_end)

    def can_submit_task(self) -> bool:
        """Whether a worker is free."""
        if self._inner.can_submit_task():
            return True
        time.sleep(PAUSE_S)
        return False


class _ReportingFuture(TaskFuture):
    def __init__(self, inner: TaskFuture, on_end: Callable[[], None]) -> None:
        self._inner, self._on_end, self._has_ended = inner, on_end, False

    def get_state(self) -> TaskState:
        state = self._inner.get_state()
        if TaskState.is_terminal(state) and not self._has_ended:
            self._has_ended = True
            self._on_end()
        elif not self._has_ended:
            time.sleep(PAUSE_S)
        return state

    def get_result(self) -> Any:
        return self._inner.get_result()


@contextmanager
def workers(executor: Executor | None, scheduler: str | None, on_end: Callable[[], None]) -> Iterator[TaskExecutor]:
    """Somebody who works on the datasets, for as long as the context is open.

    Args:
        executor: null is one dataset at a time, in this thread.
        scheduler: address of a Dask scheduler, say `tcp://host:8786`. By default what Dask's own settings say
            (DASK_SCHEDULER_ADDRESS), else a cluster of processes on this machine. Its workers need this package and
            these folders.
        on_end: called once for each dataset that is done, or has failed.

    Raises:
        SettingsError: there is no such executor, or it has no scheduler.
        SourceError: the scheduler does not answer.
    """
    if scheduler and executor != "dask":
        raise SettingsError(f"A scheduler ({scheduler}) is for the executor dask, not for {executor or 'none'}.")
    if executor == "dask":
        with _dask(scheduler) as inner:
            yield ReportingExecutor(inner, on_end)
        return
    if executor is None:
        yield ReportingExecutor(SynchronousLocalTaskExecutor(), on_end)
    elif executor == "threads":
        yield ReportingExecutor(MultiThreadingExecutor(MAX_WORKERS), on_end)
    elif executor == "processes":
        yield ReportingExecutor(SpawningExecutor(_processes()), on_end)
    else:
        raise SettingsError(f"There is no executor {executor!r}. There are: {', '.join(get_args(Executor))}.")


@contextmanager
def _dask(scheduler: str | None) -> Iterator[TaskExecutor]:
    import dask  # noqa: PLC0415 (start-up time)
    from distributed import Client  # noqa: PLC0415
    from hamilton.plugins.h_dask import DaskExecutor  # noqa: PLC0415

    address = scheduler or dask.config.get("scheduler-address", None)
    local_cluster = {"n_workers": _processes(), "threads_per_worker": 1, "dashboard_address": None}
    with TemporaryDirectory(prefix="eo-pv-dask-") as folder:
        try:
            client = Client(**({"address": address} if address else local_cluster | {"local_directory": folder}))
        except (OSError, ValueError) as error:
            advice = "Start one with `dask scheduler`, or name none"
            raise SourceError(f"The Dask scheduler {address} does not answer: {error}. {advice}.") from error
        with client:
            yield DaskExecutor(client=client)


def _processes() -> int:
    return min(MAX_WORKERS, os.cpu_count() or 1)
