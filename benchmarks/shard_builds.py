"""One build of a loaded world, from raw tables to published files: what each phase took, and what it wrote."""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from benchmarks.inventory_kinds import KINDS
from benchmarks.measure import Figures, watched
from benchmarks.phases import REST, phases
from benchmarks.shard_worlds import tools
from benchmarks.ways import PYTHON
from benchmarks.world import ORIGIN
from loaders.core.paths import DATABASE_NAME, LOCAL_FOLDER, ProjectPaths
from loaders.warehouse.build import CURATED_SCHEMA, SHARDS_FOLDER

DIVIDING, SHARDS, TABLES, PUBLISHING = "dividing", "shards", "tables", "publishing"
PHASES = (DIVIDING, SHARDS, TABLES, PUBLISHING)
WHOLE = 1_000_000_000  # more records than any world has
MB = 1e6


@dataclass(frozen=True, slots=True)
class ShardBuild:
    """A build that started with nothing but loaded files.

    Attributes:
        records: of all inventories together.
        shards: 0 where all records were built at once.
        figures: of the whole command.
        phases: by name; without shards, TABLES begins with the raw tables.
        written_mb: by kind of file [MB].
        digest: of all published files.
    """

    records: int
    shards: int
    figures: Figures
    phases: dict[str, Figures]
    written_mb: dict[str, float]
    digest: str


@dataclass(slots=True)
class PhaseMarks:
    """Notes when each phase ends, by the files of the next one, and how much the shards are given to read.

    Attributes:
        ended: by phase, when [seconds since 1970].
        inputs_mb: of the files that shards read [MB].
    """

    paths: ProjectPaths
    ended: dict[str, float] = field(default_factory=dict)
    inputs_mb: float = 0.0

    def look(self) -> None:
        """Note the phases that have ended since the last look."""
        scratch, kept = self.paths.scratch("build"), self.paths.scratch(SHARDS_FOLDER)
        begun = {
            DIVIDING: any((kept / "results").glob("*")),
            SHARDS: any(kept.glob("tables-*")),
            TABLES: (scratch / CURATED_SCHEMA).exists(),
        }
        for phase, is_over in begun.items():
            if is_over and phase not in self.ended:
                self.ended[phase] = time.time()
                if phase == DIVIDING:
                    self.inputs_mb = size_mb((scratch / SHARDS_FOLDER).glob("*.parquet"))


def measured_build(folder: Path, most: int | None) -> ShardBuild:
    """Build a loaded world from scratch.

    Args:
        folder: of its project.
        most: records in a shard; null is the default.
    """
    paths = ProjectPaths(folder, ORIGIN)
    shutil.rmtree(paths.home / ".work", ignore_errors=True)
    marks = PhaseMarks(paths)
    with _shard_records(folder, most):
        run = watched([*PYTHON, "loaders", "--quiet", "warehouse"], folder, tools(folder), marks.look)
    found = phases(run, {name: marks.ended.get(name, 0.0) for name in PHASES[:-1]})
    found[PUBLISHING] = found.pop(REST)
    shards = sorted(paths.scratch(SHARDS_FOLDER).glob("tables-*/*"))
    return ShardBuild(
        records=loaded_records(paths),
        shards=len(shards),
        figures=run.figures,
        phases=found,
        written_mb={
            "loaded": size_mb(paths.loaded(key) for key in KINDS),
            "read by shards": marks.inputs_mb,
            "written by shards": size_mb(path for shard in shards for path in shard.iterdir()),
            "database": size_mb([paths.home / DATABASE_NAME]),
            "published": size_mb(paths.curated.iterdir()),
        },
        digest=digest(paths.curated),
    )


def loaded_records(paths: ProjectPaths) -> int:
    """How many records all inventories of a project have."""
    metrics = (json.loads(paths.metrics(key).read_text(encoding="utf-8")) for key in KINDS)
    return sum(int(each["records"]["kept"]) for each in metrics)


def size_mb(files: Iterator[Path] | list[Path]) -> float:
    """Of all of them together [MB]."""
    return sum(path.stat().st_size for path in files) / MB


def digest(folder: Path) -> str:
    """Of the names and bytes of all files of a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        found.update(path.name.encode() + b"\0")
        with path.open("rb") as stream:
            found.update(hashlib.file_digest(stream, "sha256").digest())
    return found.hexdigest()


@contextmanager
def _shard_records(folder: Path, most: int | None) -> Iterator[None]:
    """The size of shards in the settings of this machine, as long as the context lasts."""
    file = folder / LOCAL_FOLDER / "params.yaml"
    former = file.read_text(encoding="utf-8") if file.exists() else None
    settings: Mapping[str, object] = {} if former is None else yaml.safe_load(former)
    if most is not None:
        file.write_text(yaml.safe_dump({**settings, "machine": {"shard_records": most}}), encoding="utf-8")
    try:
        yield
    finally:
        if former is not None:
            file.write_text(former, encoding="utf-8")
        else:
            file.unlink(missing_ok=True)
