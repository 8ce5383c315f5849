"""Hands shards to workers that see no folder of the project, and takes their results, through `machine.shard_files`."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from loaders.core.errors import BuildError
from loaders.core.progress import report
from loaders.settings.addresses import BUCKET
from loaders.settings.machine import machine
from loaders.warehouse.shards.shard import PARTIAL, Exchange, ShardTask, is_complete
from loaders.warehouse.shards.storage import INPUTS, RESULTS, ShardFiles


def shard_files(root: Path, origin: str) -> ShardFiles | None:
    """Where workers read and write instead of the project's folders; null where they see these.

    Args:
        root: of the project.
        origin: of its records; each has a folder of its own.
    """
    address = machine().shard_files
    if address is None:
        return None
    if address.startswith(BUCKET):
        return ShardFiles(f"{address.rstrip('/')}/{origin}")
    return ShardFiles(str((root / Path(address).expanduser() / origin).absolute()))


@contextmanager
def handed_over(tasks: list[ShardTask], files: ShardFiles) -> Iterator[list[ShardTask]]:
    """The same tasks with what they read in these files, from which it is removed at the end.

    The folder is named after what is in it: a worker that goes on after a killed build never reads another one's.

    Raises:
        BuildError: the files cannot be written.
    """
    names = " ".join(f"{task.shard.number}:{task.result.name}" for task in tasks)
    inputs = hashlib.sha256(names.encode()).hexdigest()[:32]
    report("copying what shards read")
    files.upload(tasks[0].inputs, INPUTS, inputs)
    exchange = Exchange(files, inputs)
    try:
        yield [replace(task, exchange=exchange) for task in tasks]
    finally:
        files.remove(INPUTS, inputs)


def fetch_results(tasks: list[ShardTask], files: ShardFiles) -> list[ShardTask]:
    """Copy the results that are complete into the project; returns the tasks whose results are not.

    Raises:
        BuildError: the files cannot be read.
    """
    complete = files.complete(RESULTS, tasks[0].compiled.kept) if tasks else frozenset()
    for task in tasks:
        if task.result.name in complete and not is_complete(task.result, task.compiled.kept):
            partial = task.result.with_name(f"{task.result.name}{PARTIAL}copy")
            shutil.rmtree(partial, ignore_errors=True)
            files.download(partial, RESULTS, task.result.name)
            shutil.rmtree(task.result, ignore_errors=True)
            partial.replace(task.result)
    return [task for task in tasks if not is_complete(task.result, task.compiled.kept)]


def require_results(tasks: list[ShardTask], files: ShardFiles) -> None:
    """Copy the results of all tasks into the project.

    Raises:
        BuildError: one is not there, although it was computed.
    """
    if missing := fetch_results(tasks, files):
        raise BuildError(
            f"{files.place(RESULTS)}: {len(missing)} of {len(tasks)} results that workers have written are not there, "
            "as where something else removes files. Run `eo-pv warehouse` again."
        )
