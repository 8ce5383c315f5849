"""Matching by place on a Dask cluster of this machine: one worker, then two, each with a memory limit of its own.

    python -m benchmarks.cluster FOLDER [--memory-limit 1500MB] [--workers 1 2] [--files s3://bucket/prefix]

FOLDER is a project whose datasets are loaded and which has been built once, so that dbt has described its tables. Its
kept shards are computed again.
"""

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import dask
import psutil

from benchmarks.measure import MB, SAMPLE_S
from loaders.core.paths import DATABASE_NAME, ProjectPaths
from loaders.settings.machine import Machine, use_machine
from loaders.settings.params import read_settings
from loaders.warehouse.build import SHARD_RECORDS
from loaders.warehouse.build_sources import BuildSources
from loaders.warehouse.dbt_run import dbt_environment
from loaders.warehouse.raw_tables import read_project_overrides
from loaders.warehouse.shards import run
from loaders.warehouse.shards.compute import compute_shards
from loaders.warehouse.shards.models import compiled_models

ORIGIN = "doi"
HOST, PORT = "127.0.0.1", 18_787


@dataclass(slots=True)
class Use:
    """What a worker took: its most memory [MB], and its time of processors [s]."""

    peak_mb: float = 0.0
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Matching:
    """The shards of a project, computed by so many workers.

    Attributes:
        seconds: from the first task to the last result, without division [s].
        shards: how many.
        uses: of each worker.
    """

    seconds: float
    shards: int
    uses: list[Use]


@contextmanager
def _cluster(workers: int, memory_limit: str, folder: Path) -> Iterator[list[int]]:
    """A scheduler and workers of one thread, without a nanny that would start them again; their process numbers."""
    dask_command = [sys.executable, "-m", "dask"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    options = ["--nthreads", "1", "--no-nanny", "--memory-limit", memory_limit, "--no-dashboard"]
    commands = [[*dask_command, "scheduler", "--host", HOST, "--port", str(PORT), "--no-dashboard"]]
    for number in range(workers):
        own = ["--local-directory", str(folder / str(number))]
        commands.append([*dask_command, "worker", f"tcp://{HOST}:{PORT}", *options, *own])
    with (folder / "log").open("w") as log:
        processes = [subprocess.Popen(each, stdout=log, stderr=log, env=environment) for each in commands]
    try:
        yield [process.pid for process in processes[1:]]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _watch(pids: list[int], uses: list[Use], ended: threading.Event) -> None:
    while not ended.wait(SAMPLE_S):
        for pid, use in zip(pids, uses, strict=True):
            try:
                process = psutil.Process(pid)
                times = process.cpu_times()
                use.peak_mb = max(use.peak_mb, process.memory_info().rss / MB)
                use.cpu_s = times.user + times.system
            except psutil.NoSuchProcess:
                continue


def matching(root: Path, workers: int, memory_limit: str, records: int) -> Matching:
    """Compute all shards of a project.

    Args:
        root: of the project.
        workers: how many.
        memory_limit: of each.
        records: the most in a shard.
    """
    settings = read_settings(root / "params.yaml").model_copy(update={"executor": "dask"})
    paths = ProjectPaths(root, ORIGIN)
    environment = dbt_environment(paths.scratch("build") / DATABASE_NAME, root)
    compiled = compiled_models(root, paths.scratch("models.json"), environment)
    sources = BuildSources.read(settings, paths, read_project_overrides(settings, paths))
    timed: list[tuple[float, int]] = []

    def timed_compute(*given: object) -> None:
        start = time.perf_counter()
        compute_shards(*given)  # type: ignore[arg-type]
        timed.append((time.perf_counter() - start, given[-1]))  # type: ignore[arg-type]

    with TemporaryDirectory(prefix="eo-pv-cluster-") as name, _cluster(workers, memory_limit, Path(name)) as pids:
        uses, ended = [Use() for _ in pids], threading.Event()
        watcher = threading.Thread(target=_watch, args=(pids, uses, ended))
        watcher.start()
        address = {"scheduler-address": f"tcp://{HOST}:{PORT}"}
        try:
            with dask.config.set(address), patch.object(run, "compute_shards", timed_compute):
                division = run.Division(compiled, records, Path(name) / "kept", Path(name) / "inputs")
                division.compute(sources)
        finally:
            ended.set()
            watcher.join()
    ((seconds, shards),) = timed
    return Matching(seconds, shards, uses)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--memory-limit", default="1500MB")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--records", type=int, default=SHARD_RECORDS)
    parser.add_argument("--files", help="of machine.shard_files")
    given = parser.parse_args()
    use_machine(Machine(shard_files=given.files))
    sys.stdout.write(
        "| workers | shards | seconds | peak of each [MB] | CPU of each [s] | ratio |\n|---|---|---|---|---|---|\n"
    )
    first = None
    for workers in given.workers:
        found = matching(given.folder.absolute(), workers, given.memory_limit, given.records)
        first = first or found.seconds
        peaks, cpus = (
            [f"{value:,.0f}" for value in values]
            for values in zip(*((u.peak_mb, u.cpu_s) for u in found.uses), strict=True)
        )
        ratio = f"{first / found.seconds:.2f}"
        sys.stdout.write(
            f"| {workers} | {found.shards} | {found.seconds:.1f} | {', '.join(peaks)} | {', '.join(cpus)} | {ratio} |\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
