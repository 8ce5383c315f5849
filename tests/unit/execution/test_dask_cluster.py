"""What Dask reports of its scheduler and workers, as messages of ours."""

from concurrent.futures import CancelledError
from types import SimpleNamespace
from typing import Any

import pytest
from distributed import KilledWorker
from hamilton.execution.state import TaskState

from loaders.core.errors import SourceError
from loaders.execution import dask_cluster
from loaders.execution.dask_cluster import SchedulerLostError, WorkersKilledError, _Cluster, _DaskFuture
from loaders.execution.executors import dask_worker

ADDRESS = "tcp://127.0.0.1:8786"


class Client:
    """A client of a scheduler that never has a worker."""

    scheduler = SimpleNamespace(address=ADDRESS)

    def wait_for_workers(self, count: int, timeout: float) -> None:
        raise TimeoutError(f"{count} in {timeout} s")

    def scheduler_info(self, n_workers: int) -> dict[str, int]:
        return {"n_workers": n_workers}


class Future:
    """A future that has ended: with a value, or with an error."""

    def __init__(self, outcome: Any) -> None:
        self._outcome = outcome
        self.status = "error" if isinstance(outcome, Exception) else "finished"

    def done(self) -> bool:
        return True

    def result(self) -> Any:
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


def _ended(outcome: Any) -> _DaskFuture:
    client: Any = Client()
    future = _DaskFuture(_Cluster(client), Future(outcome), "Shard 3 (50,123 records)")
    future.get_state()
    return future


def test_a_result_is_handed_on() -> None:
    assert _ended(7).get_state() is TaskState.SUCCESSFUL
    assert _ended(7).get_result() == 7


def test_a_task_that_kills_its_workers_is_named_with_what_to_set() -> None:
    worker: Any = SimpleNamespace(address="tcp://10.0.0.7:4000")
    future = _ended(KilledWorker("key", worker, 3))
    assert future.get_state() is TaskState.FAILED
    with pytest.raises(WorkersKilledError) as error:
        future.get_result()
    assert str(error.value) == (
        "Shard 3 (50,123 records): 4 Dask workers were killed, one after the other; the last one was "
        "tcp://10.0.0.7:4000. As a rule, a task needs more memory than a worker may use: start the workers with more "
        "(`dask worker --memory-limit`)."
    )


def test_a_lost_scheduler_is_named() -> None:
    with pytest.raises(SchedulerLostError, match=rf"^The Dask scheduler {ADDRESS} is gone\.$"):
        _ended(CancelledError("scheduler-connection-lost")).get_result()


def test_a_result_that_is_lost_on_its_way_is_a_failure() -> None:
    """Dask calls a future finished before the result is here."""
    future = Future(CancelledError("scheduler-connection-lost"))
    future.status = "finished"
    client: Any = Client()
    assert _DaskFuture(_Cluster(client), future, "Shard 3").get_state() is TaskState.FAILED


def test_a_scheduler_of_another_version_is_named() -> None:
    unread = RuntimeError("Error during deserialization of the task graph. This frequently occurs …")
    with pytest.raises(SourceError, match=f"{ADDRESS} has another version of eo-pv, or of its libraries"):
        _ended(unread).get_result()


def test_an_error_of_the_task_stays_as_it_is() -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        _ended(RuntimeError("a bug")).get_result()


def test_a_scheduler_without_workers_ends_in_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    client: Any = Client()
    cluster = _Cluster(client)
    expected = f"scheduler {ADDRESS} has had no worker for 60 s. Start some with `dask worker {ADDRESS} --nthreads 1"
    with pytest.raises(SourceError, match=expected):
        cluster.wait_for_workers()
    cluster.require_workers()  # others may come
    monkeypatch.setattr(dask_cluster, "LOOK_S", -1.0)
    cluster.require_workers()
    monkeypatch.setattr(dask_cluster, "WORKERS_WAIT_S", -1.0)
    with pytest.raises(SourceError, match="has had no worker"):
        cluster.require_workers()


def test_this_process_is_no_worker_of_dask() -> None:
    assert dask_worker() is None
