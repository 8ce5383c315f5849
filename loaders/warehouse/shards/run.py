"""Computes the shards of a build that are not there yet, and lays out the tables of all of them for dbt."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from hamilton import driver

import loaders
from loaders.core.files import sha256
from loaders.core.escape import json_text
from loaders.core.paths import ProjectPaths
from loaders.core.progress import report
from loaders.execution.executors import workers
from loaders.settings.params import Settings
from loaders.warehouse.overrides import Override
from loaders.warehouse.shards import graph
from loaders.warehouse.shards.models import BEFORE, INSIDE, CompiledModels
from loaders.warehouse.shards.preparation import prepare_shards
from loaders.warehouse.shards.shard import PARTIAL, ShardTask, compute_shard, result_name

LIBRARIES = ("duckdb", "duckdb-extension-spatial", "shapely", "scipy", "numpy", "h3ronpy", "rapidfuzz", "pyarrow")
# Python that the models call; their SQL is compiled
CODE = ("warehouse/models", "warehouse/shards", "db", "geo", "core/plant_names.py", "core/arrays.py")
MEMORY_MB = 800  # of DuckDB in a worker


@dataclass(frozen=True, slots=True)
class Division:
    """How a build is divided.

    Attributes:
        compiled: the models.
        records: the most records in a shard.
        results: folder in which the tables of shards are kept, by what they are made from.
        folder: of this build, which may be deleted afterwards.
    """

    compiled: CompiledModels
    records: int
    results: Path
    folder: Path

    @property
    def inputs(self) -> Path:
        """The folder of what the shards read."""
        return self.folder / "inputs"

    @property
    def tables(self) -> Path:
        """The folder that dbt reads: one folder a shard, with a Parquet file for each table."""
        return self.folder / "tables"

    @property
    def not_for_dbt(self) -> tuple[str, ...]:
        """The models that dbt leaves out: what only shards read."""
        placed = self.compiled.placed(INSIDE) - set(self.compiled.kept) | self.compiled.placed(BEFORE)
        return tuple(sorted(placed))

    def prepare(self, settings: Settings, paths: ProjectPaths, overrides: Sequence[Override]) -> list[ShardTask]:
        """Divide the records, and lay out the folder of each shard; a task whose result exists needs no work."""
        shards = prepare_shards(settings, paths, overrides, self.compiled, self.inputs, self.records, MEMORY_MB)
        code = _code_digest(self.compiled)
        self.results.mkdir(parents=True, exist_ok=True)
        return [
            ShardTask(
                shard,
                self.compiled,
                paths.root / "dbt",
                self.inputs,
                self.results / result_name(shard, code),
                MEMORY_MB,
            )
            for shard in shards
        ]

    def compute(self, tasks: Sequence[ShardTask], settings: Settings) -> None:
        """Compute what is missing, and link all tables for dbt; those of no shard of this build are removed.

        Raises:
            BuildError: a test of a table inside a shard failed.
        """
        _compute([task for task in tasks if not task.result.is_dir()], settings, len(tasks))
        results = {task.shard.number: task.result for task in tasks}
        _lay_out(results, self.tables)
        _remove_others(self.results, results)


def _compute(tasks: list[ShardTask], settings: Settings, shards: int) -> None:
    done = iter(range(shards - len(tasks) + 1, shards + 1))

    def on_end() -> None:
        report(f"shard {next(done)} of {shards}")

    if len(tasks) == 1:  # starting a process takes longer than a small shard
        compute_shard(tasks[0])
    elif tasks:
        executor = "dask" if settings.executor == "dask" else "processes"
        with workers(executor, None, on_end) as inner:
            builder = driver.Builder().with_modules(graph).enable_dynamic_execution(allow_experimental_mode=True)
            builder.with_remote_executor(inner).build().execute(["computed_shards"], inputs={"tasks": tasks})


def _code_digest(compiled: CompiledModels) -> str:
    """Of the models, of the Python that they call, and of the libraries that this calls."""
    hasher = hashlib.sha256(json_text(asdict(compiled)).encode())
    for name in LIBRARIES:
        hasher.update(f"\0{name} {version(name)}".encode())
    for path in sorted(_code_files()):
        hasher.update(sha256(path).encode())
    return hasher.hexdigest()


def _code_files() -> Iterator[Path]:
    package = Path(loaders.__file__).parent
    for name in CODE:
        yield from (package / name).rglob("*.py") if (package / name).is_dir() else (package / name,)


def _lay_out(results: Mapping[int, Path], folder: Path) -> None:
    """Link the tables of each shard into a folder of its number."""
    shutil.rmtree(folder, ignore_errors=True)
    for number, result in results.items():
        shard = folder / f"{number:06d}"
        shard.mkdir(parents=True)
        for file in result.iterdir():
            os.link(file, shard / file.name)


def _remove_others(folder: Path, results: Mapping[int, Path]) -> None:
    """Remove the tables that no shard of this build has, and what killed workers have left."""
    kept = {result.name for result in results.values()}
    for path in folder.iterdir():
        if path.name not in kept or path.name.endswith(PARTIAL):
            shutil.rmtree(path)
