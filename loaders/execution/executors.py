"""Executors of pipelines: sequential, threads, processes, or a Dask cluster."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
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

from loaders.core.errors import SettingsError
from loaders.core.memory import BYTES_PER_MB
from loaders.settings.base import Executor

MAX_WORKERS = 4
PAUSE_S = 0.01  # Hamilton polls tasks without a pause, which would keep a core busy


@dataclass(frozen=True, slots=True)
class DaskWorker:
    """A worker of a Dask cluster.

    Attributes:
        address: of the worker.
        folder: of its own, for temporary files.
        memory_mb: its memory limit, at which it is restarted [MB]; null without one.
        threads: how many tasks it runs at a time.
    """

    address: str
    folder: Path
    memory_mb: float | None
    threads: int


class SpawningExecutor(MultiProcessingExecutor):
    """Spawned processes: a forked process with threads (progress bars, DuckDB, Arrow) may hang.

    Ctrl-C reaches all processes of a terminal: only this one says so, and it ends the others at once.
    """

    def create_pool(self) -> ProcessPoolExecutor:
        """The process pool."""
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self.max_tasks, mp_context=context, initializer=_start_worker)

    def submit_task(self, task: TaskImplementation) -> TaskFuture:
        """Start a task; Ctrl-C waits until its process, which never sees it, has been started."""
        with _without_ctrl_c():
            return super().submit_task(task)

    def finalize(self) -> None:
        """Stop the processes: at once after Ctrl-C, else when they have ended their tasks."""
        if isinstance(sys.exception(), KeyboardInterrupt):
            for process in multiprocessing.active_children():
                process.kill()
        super().finalize()


def _start_worker() -> None:
    """Ignore Ctrl-C, and watch the parent: once that is killed, a worker would wait for its next task for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101 (a spawned process has one)
    parent.join()
    os._exit(1)


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Put off Ctrl-C in the main thread; processes that are started here inherit that it is blocked."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    put_off: list[int] = []
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    handler = signal.signal(signal.SIGINT, lambda number, _: put_off.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if put_off:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def own_processes(count: int = 1) -> Iterator[Callable[..., Future[Any]]]:
    """Runs functions in processes of their own, so many at a time, whose memory is then not this one's.

    An error in the context ends them at once.

    Yields:
        Submits a function, with its arguments.
    """
    executor = SpawningExecutor(count)
    executor.init()

    def submit(function: Callable[..., Any], *arguments: object) -> Future[Any]:
        with _without_ctrl_c():
            future: Future[Any] = executor.pool.submit(function, *arguments)
        return future

    try:
        yield submit
    except BaseException:
        for process in multiprocessing.active_children():
            process.kill()
        raise
    finally:
        executor.finalize()


class ReportingExecutor(TaskExecutor):
    """Wraps an executor, and reports the end of each task.

    Hamilton's own `RichProgressBar` travels to the worker with the graph, and processes and Dask cannot pickle it
    (`cannot pickle '_thread.RLock' object`); it works with threads only.

    Args:
        inner: runs the tasks.
        on_end: called in this process once per task.
    """

    def __init__(self, inner: TaskExecutor, on_end: Callable[[], None]) -> None:
        self._inner, self._on_end = inner, on_end

    def init(self) -> None:
        """Start the workers."""
        self._inner.init()

    def finalize(self) -> None:
        """Stop the workers."""
        self._inner.finalize()

    def submit_task(self, task: TaskImplementation) -> TaskFuture:
        """Start a task."""
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
    """An executor, for as long as the context is open.

    Args:
        executor: None runs one dataset at a time, in this thread.
        scheduler: address of a Dask scheduler, e.g. `tcp://host:8786`. By default that of Dask's own settings
            (DASK_SCHEDULER_ADDRESS), else a local cluster of processes. Its workers need this package and these
            folders.
        on_end: called once per dataset that is finished or has failed.

    Raises:
        SettingsError: there is no such executor, or it has no scheduler.
        SourceError: the scheduler does not answer, or has no workers.
    """
    if scheduler and executor != "dask":
        raise SettingsError(f"A scheduler ({scheduler}) is for the executor dask, not for {executor or 'none'}.")
    if executor == "dask":
        from loaders.execution.dask_cluster import dask_executor  # noqa: PLC0415 (start-up time)

        with dask_executor(scheduler, process_count()) as inner:
            yield ReportingExecutor(inner, on_end)
        return
    if executor is None:
        yield ReportingExecutor(SynchronousLocalTaskExecutor(), on_end)
    elif executor == "threads":
        yield ReportingExecutor(MultiThreadingExecutor(MAX_WORKERS), on_end)
    elif executor == "processes":
        yield ReportingExecutor(SpawningExecutor(process_count()), on_end)
    else:
        raise SettingsError(f"There is no executor {executor!r}. There are: {', '.join(get_args(Executor))}.")


def dask_worker() -> DaskWorker | None:
    """The Dask worker that runs this task; null in any other process."""
    if "distributed" not in sys.modules:
        return None
    from distributed import get_worker  # noqa: PLC0415 (start-up time)

    try:
        worker = get_worker()
    except ValueError:
        return None
    limit_bytes = worker.memory_manager.memory_limit
    limit_mb = limit_bytes / BYTES_PER_MB if limit_bytes else None
    return DaskWorker(str(worker.address), Path(worker.local_directory), limit_mb, worker.state.nthreads)


def process_count() -> int:
    """How many processes work at a time on this machine."""
    return min(MAX_WORKERS, os.cpu_count() or 1)
