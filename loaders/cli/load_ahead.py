"""Loads changed datasets before DVC runs their stages one after another: in parallel processes, largest first."""

import os
import shutil
import socket
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from select import select

from loaders.cli.fork_client import SERVER_VARIABLE, request
from loaders.cli.ready_loads import (
    MESSAGES,
    ReadyPaths,
    is_loaded,
    load_fingerprint,
    note_loaded,
    ready_folder,
    state_ready,
)
from loaders.core.memory import limit_mb
from loaders.core.paths import ProjectPaths
from loaders.core.progress import Activity
from loaders.settings.params import Dataset, Settings

FORCE = frozenset({"-f", "--force"})
UNDERSTOOD = FORCE | {"-k", "--keep-going"}  # with others, DVC may run single stages only
PEAK_MB = 2000  # of a load, however large the dataset is


@contextmanager
def loaded_ahead(
    arguments: Collection[str],
    settings: Settings,
    paths: ProjectPaths,
    unreachable: Collection[str],
    start_server: Callable[[], None] = lambda: None,
) -> Iterator[None]:
    """Prepare the loads of changed datasets, and delete at the end what no stage has taken.

    A load that fails is left to its own stage, which says why.

    Args:
        arguments: of `dvc repro`.
        settings: of the project.
        paths: its files.
        unreachable: datasets whose files could not be downloaded; their own stages try again.
        start_server: starts a fork server if there is none; without one, nothing is prepared.
    """
    shutil.rmtree(paths.scratch("ready"), ignore_errors=True)  # of a run that was killed
    changed: list[Dataset] = []
    try:
        parallel = worker_count(os.cpu_count() or 1, limit_mb())
        if UNDERSTOOD.issuperset(arguments) and not _has_lineage(paths):
            is_forced = not FORCE.isdisjoint(arguments)
            datasets = [each for key, each in settings.datasets.items() if key not in unreachable]
            changed = [each for each in datasets if is_forced or not is_loaded(each, settings, paths)]
            if min(parallel, len(changed)) > 1:
                start_server()
                if SERVER_VARIABLE in os.environ:
                    _load_in_parallel(changed, parallel, paths)
        yield
        for each in changed:
            if ready_folder(each.key, paths).exists():  # no stage took it: DVC may have found that it has nothing to do
                note_loaded(each, settings, paths)
    finally:
        shutil.rmtree(paths.scratch("ready"), ignore_errors=True)


def worker_count(cores: int, memory_mb: float) -> int:
    """How many loads run at a time: one for each core, if the memory is enough."""
    return max(1, min(cores, int(memory_mb // PEAK_MB)))


def _load_in_parallel(datasets: list[Dataset], parallel: int, paths: ProjectPaths) -> None:
    """Run the loads in processes of the fork server, the largest first."""
    waiting = [each.key for each in sorted(datasets, key=lambda each: _locked_bytes(each, paths))]
    with Activity("loading") as activity, ExitStack() as stack:  # a process ends when its connection is closed
        running: dict[socket.socket, str] = {}
        while waiting or running:
            while waiting and len(running) < parallel:
                key = waiting.pop()
                if connection := _start(key, paths):
                    running[stack.enter_context(connection)] = key
            activity.label = f"loading {', '.join(running.values())}"
            activity.detail = f"{len(datasets) - len(waiting) - len(running)} of {len(datasets)} done"
            for connection in select(list(running), [], [])[0] if running else ():
                connection.close()
                del running[connection]


def _start(key: str, paths: ProjectPaths) -> socket.socket | None:
    """Start `load --ahead`; a connection that can be read once the process has ended, or null without a server."""
    folder = ready_folder(key, paths)
    folder.mkdir(parents=True)
    connection = socket.socket(socket.AF_UNIX)
    with Path(os.devnull).open("r+b") as nothing, (folder / MESSAGES).open("wb") as messages:
        streams = [nothing.fileno(), nothing.fileno(), messages.fileno()]
        process = request(connection, os.environ[SERVER_VARIABLE], ["eo-pv", "load", "--ahead", key], streams)
    if process is None:
        connection.close()
    return connection if process is not None else None


def prepare(dataset: Dataset, settings: Settings, paths: ProjectPaths) -> None:
    """Fetch and load a dataset into a scratch folder, for its stage to take: `load --ahead`."""
    from loaders.acquire.downloader import Downloader
    from loaders.acquire.fetch import fetch
    from loaders.acquire.resolve import current_lock, resolve
    from loaders.raw_pv_doi_ingest import load_dataset

    if current_lock(dataset, paths) is None or load_fingerprint(dataset, settings, paths) is None:
        downloads = Downloader(settings)
        with paths.timed(dataset.key, "fetch"):
            fetch(dataset, resolve(dataset, paths, downloads.client), paths, downloads)
    fingerprint = load_fingerprint(dataset, settings, paths)
    with paths.timed(dataset.key, "load"):
        load_dataset(dataset, settings, ReadyPaths(paths.root, paths.origin))
    if load_fingerprint(dataset, settings, paths) != fingerprint:
        return  # something has changed meanwhile
    state_ready(dataset, fingerprint, paths)


def _has_lineage(paths: ProjectPaths) -> bool:
    """Whether events name the files of a load, which are those of its stage."""
    from loaders.lineage.emit import lineage_file
    from loaders.settings.machine import hamilton_ui

    return bool(lineage_file(paths) or hamilton_ui()[0])


def _locked_bytes(dataset: Dataset, paths: ProjectPaths) -> int:
    from loaders.acquire.lock import read_lock_if_valid

    lock = read_lock_if_valid(paths.lock(dataset.key))
    return sum(file.bytes or 0 for file in lock.files) if lock else 0
