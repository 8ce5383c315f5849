"""Computes the shards of a build that are not there yet, and lays out the tables of all of them for dbt."""

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from loaders.core.progress import report
from loaders.db.connection import stated_memory_mb, usable_mb
from loaders.execution.executors import process_count
from loaders.warehouse.build_sources import BuildSources
from loaders.warehouse.shards.code import code_digest
from loaders.warehouse.shards.compute import compute_shards
from loaders.warehouse.shards.exchange import shard_files
from loaders.warehouse.shards.models import CompiledModels
from loaders.warehouse.shards.preparation import prepared_shards
from loaders.warehouse.shards.shard import (
    SPILL,
    WORKER_MB,
    ShardTask,
    is_complete,
    result_name,
)
from loaders.warehouse.shards.storage import RESULTS

# of DuckDB
PREPARING_MB = 1000


@dataclass(frozen=True, slots=True)
class ShardTables:
    """The tables of all shards of a build.

    Attributes:
        folder: a folder a shard, with a file for each table. Views of the database look there, so it has another name
            where a table is another one.
        results: the name of the result of each shard, which says what it is made from.
    """

    folder: Path
    results: tuple[str, ...]


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

    def compute(self, sources: BuildSources) -> ShardTables:
        """Compute what is not kept.

        Args:
            sources: what the build is made from.

        Raises:
            BuildError: a test of a table inside a shard failed.
        """
        settings, root = sources.settings, sources.paths.root
        report("dividing by place")
        available_mb = int(stated_memory_mb() or usable_mb())
        preparing_mb, worker_mb = min(PREPARING_MB, available_mb), min(WORKER_MB, available_mb // process_count())
        code = code_digest(self.compiled)
        self.results.mkdir(parents=True, exist_ok=True)
        spill = self.inputs / SPILL
        with prepared_shards(sources, self.compiled, spill, self.records, preparing_mb) as prepared:
            results = [self.results / result_name(shard, code) for shard in prepared.shards]
            named = zip(prepared.shards, results, strict=True)
            missing = {shard: result for shard, result in named if not is_complete(result, self.compiled.kept)}
            records = prepared.write(list(missing), self.inputs) if missing else {}
        tasks = [
            ShardTask(shard, self.compiled, self.inputs, records[shard.number], result, worker_mb, code)
            for shard, result in missing.items()
        ]
        compute_shards(tasks, settings, root, len(results))
        names = tuple(result.name for result in results)
        tables = self.kept / f"tables-{hashlib.sha256(' '.join(names).encode()).hexdigest()[:16]}"
        if not have_all_tables(tables, len(results), self.compiled.kept):  # a published database may look there
            link_shards(results, tables)
        files = shard_files(root, settings.origin) if settings.executor == "dask" else None
        for former in set(self.results.iterdir()).difference(results):  # or of workers that were killed
            shutil.rmtree(former, ignore_errors=True)
            if files:
                files.remove(RESULTS, former.name)
        return ShardTables(tables, names)


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


def shard_folder(tables: Path, number: int) -> Path:
    """The folder of a shard among those of all shards."""
    return tables / f"{number:06d}"


def have_all_tables(tables: Path, shards: int, names: Iterable[str]) -> bool:
    """Whether all of so many shards have these tables there."""
    listed = tuple(names)
    return all(is_complete(shard_folder(tables, number), listed) for number in range(shards))


def link_shards(folders: Sequence[Path], folder: Path) -> None:
    """Link the tables of each of these folders into one of its number."""
    shutil.rmtree(folder, ignore_errors=True)
    for number, source in enumerate(folders):
        shard = shard_folder(folder, number)
        shard.mkdir(parents=True)
        for file in source.iterdir():
            try:
                (shard / file.name).hardlink_to(file)
            except OSError:  # a file system without links
                shutil.copyfile(file, shard / file.name)
