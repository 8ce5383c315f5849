"""A Dask cluster as an executor of Hamilton, with messages in the place of Dask's own errors."""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import dask
from distributed import Client, KilledWorker
from distributed.comm.core import CommClosedError
from hamilton.execution.executors import TaskExecutor, TaskFuture, base_execute_task
from hamilton.execution.grouping import TaskImplementation
from hamilton.execution.state import TaskState
from hamilton.plugins.h_dask import DaskExecutor

from loaders.core.errors import BuildError, SourceError

WORKERS_WAIT_S = 60.0
LOOK_S = 3.0  # between two looks at the workers
LOGGERS = ("distributed", "distributed.client", "tornado.application")
OTHER_VERSIONS = "Error during deserialization"  # how Dask begins its message, on the scheduler or a worker
START_WORKERS = "`dask worker {address} --nthreads 1 --memory-limit 2GB`"


class SchedulerLostError(SourceError):
    """The connection to the scheduler broke while tasks were running."""


class WorkersKilledError(BuildError):
    """Several workers were killed, one after the other, by the same task."""


@contextmanager
def dask_executor(address: str | None, processes: int) -> Iterator[TaskExecutor]:
    """An executor on a cluster, for as long as the context is open.

    Args:
        address: of a scheduler; by default that of Dask's own settings, else a cluster of this machine is started.
        processes: of a cluster of this machine.

    Raises:
        SourceError: the scheduler does not answer, or has no workers.
    """
    address = address or dask.config.get("scheduler-address", None)
    with TemporaryDirectory(prefix="eo-pv-dask-") as folder, _without_log():
        local_cluster = {"n_workers": processes, "threads_per_worker": 1, "dashboard_address": None}
        try:
            client = Client(**({"address": address} if address else local_cluster | {"local_directory": folder}))
        except (OSError, ValueError) as error:
            advice = "Start one with `dask scheduler`, or name none"
            raise SourceError(f"The Dask scheduler {address} does not answer. {advice}.") from error
        with client:
            cluster = _Cluster(client)
            cluster.wait_for_workers()
            yield _Executor(cluster)


@contextmanager
def _without_log() -> Iterator[None]:
    """No lines of Dask's own: what ends a run is an error with a message."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    former = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, former, strict=True):
            logger.setLevel(level)


class _Cluster:
    """The connection to a scheduler.

    Args:
        client: connected.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        scheduler: Any = client.scheduler
        self.address = str(scheduler.address)
        self._looked_at = self._had_workers_at = time.monotonic()

    def wait_for_workers(self) -> None:
        """Wait for the first worker.

        Raises:
            SourceError: none came.
        """
        try:
            self.client.wait_for_workers(1, timeout=WORKERS_WAIT_S)
        except TimeoutError:
            raise self._no_workers() from None

    def require_workers(self) -> None:
        """Look whether there still are workers; others may take the place of killed ones for a while.

        Raises:
            SourceError: there have been none for a while.
        """
        if time.monotonic() - self._looked_at < LOOK_S:
            return
        self._looked_at = time.monotonic()
        try:
            workers = self.client.scheduler_info(n_workers=0)["n_workers"]
        except OSError:  # the scheduler is gone, and soon all tasks are cancelled
            return
        if workers:
            self._had_workers_at = time.monotonic()
        elif time.monotonic() - self._had_workers_at > WORKERS_WAIT_S:
            raise self._no_workers()

    def _no_workers(self) -> SourceError:
        return SourceError(
            f"The Dask scheduler {self.address} has had no worker for {WORKERS_WAIT_S:.0f} s. Start some with "
            f"{START_WORKERS.format(address=self.address)}, then run the same command again: what is complete is kept."
        )


class _Executor(DaskExecutor):
    """Submits each task under a key of its own: a former error is never taken for its result."""

    def __init__(self, cluster: _Cluster) -> None:
        super().__init__(client=cluster.client)
        self._cluster = cluster

    def submit_task(self, task: TaskImplementation) -> TaskFuture:
        """Start a task."""
        future = self.client.submit(base_execute_task, task, key=f"{task.task_id}-{uuid4().hex}", pure=False)
        return _DaskFuture(self._cluster, future, _label(task))


class _DaskFuture(TaskFuture):
    """A task; it has ended once its result is here: Dask calls it finished while only the worker has it."""

    def __init__(self, cluster: _Cluster, future: Any, label: str) -> None:
        self._cluster, self._future, self._label = cluster, future, label
        self._state = TaskState.RUNNING
        self._result: Any = None
        self._error: Exception | None = None

    def get_state(self) -> TaskState:
        if self._state is TaskState.RUNNING:
            if self._future.done():
                self._fetch()
            else:
                self._cluster.require_workers()
        return self._state

    def get_result(self) -> Any:
        if self._error:
            raise self._error
        return self._result

    def _fetch(self) -> None:
        try:
            self._result = self._future.result()
            self._state = TaskState.SUCCESSFUL
        except Exception as error:
            self._error = self._translated(error)
            self._state = TaskState.FAILED

    def _translated(self, error: Exception) -> Exception:
        address = self._cluster.address
        if isinstance(error, KilledWorker):
            return WorkersKilledError(
                f"{self._label}: {error.allowed_failures + 1} Dask workers were killed, one after the other; the last "
                f"one was {error.last_worker.address}. As a rule, a task needs more memory than a worker may use: "
                "start the workers with more (`dask worker --memory-limit`)."
            )
        if isinstance(error, CancelledError | CommClosedError):
            return SchedulerLostError(f"The Dask scheduler {address} is gone.")
        if isinstance(error, RuntimeError) and str(error).startswith(OTHER_VERSIONS):
            return SourceError(
                f"The Dask scheduler {address} has another version of eo-pv, or of its libraries, than this machine. "
                "Restart it, and its workers, with the same one."
            )
        return error


def _label(task: TaskImplementation) -> str:
    """What a task works on, for messages."""
    labels = [value.label for value in task.dynamic_inputs.values() if hasattr(value, "label")]
    return str(labels[0] if labels else task.task_id)
