"""Builds of a loaded world, from raw tables to published files: what each phase took, and what it wrote."""

import hashlib
import json
import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from benchmarks.inventory_kinds import KINDS
from benchmarks.measure import Figures, measured, watched
from benchmarks.phases import REST, phases
from benchmarks.shard_worlds import add_dataset, ready_world, tools
from benchmarks.ways import PYTHON
from benchmarks.world import ORIGIN
from loaders.core.paths import DATABASE_NAME, LOCAL_FOLDER, ProjectPaths
from loaders.warehouse.curated_files import CURATED_SCHEMA
from loaders.warehouse.former_database import SHARDS_FOLDER

DIVIDING, SHARDS, TABLES, PUBLISHING = "dividing", "shards", "tables", "publishing"
PHASES = (DIVIDING, SHARDS, TABLES, PUBLISHING)
WHOLE = 1_000_000_000  # more records than any world has
AT_ONCE, AGAIN = "at once", "again"
NOTHING, ADDITION = "nothing changed", "a small dataset added"
MEASURED = "builds.json"
BUILD = [*PYTHON, "loaders", "--quiet", "warehouse"]
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


@dataclass(frozen=True, slots=True)
class MeasuredWorld:
    """All builds of one world.

    Attributes:
        new: by place.
        again: by place on top of the one before, by what had changed; empty if that was not measured.
        whole: all records at once; null if that was not measured.
        loads: what loading took; null where that is not known.
    """

    new: ShardBuild
    again: dict[str, Figures]
    whole: ShardBuild | None
    loads: Figures | None


MEASURED_WORLD = TypeAdapter(MeasuredWorld)


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
        of_shards = {path.stem for path in kept.glob("tables-*/000000/*")}  # exported while dbt runs
        exported = {path.name.strip(".").partition(".")[0] for path in (scratch / CURATED_SCHEMA).glob("*")}
        begun = {
            DIVIDING: any((kept / "results").glob("*")),
            SHARDS: any(kept.glob("tables-*")),
            TABLES: bool(exported - of_shards),
        }
        for phase, is_over in begun.items():
            if is_over and phase not in self.ended:
                self.ended[phase] = time.time()
                if phase == DIVIDING:
                    self.inputs_mb = size_mb((scratch / SHARDS_FOLDER).glob("*.parquet"))


def measured_world(folder: Path, records: int, seed: int, most: int | None, also: Collection[str]) -> MeasuredWorld:
    """Build a world anew, with nothing changed, and with a dataset added; the figures are kept in its folder.

    Args:
        folder: of its project, as `ready_world` takes it.
        records: of all inventories together.
        seed: of the world.
        most: records in a shard; null is the default.
        also: what is measured besides a new build: AT_ONCE, AGAIN.

    Raises:
        SystemExit: two builds of the same records published other bytes.
    """
    loads, paths = ready_world(folder, records, seed), ProjectPaths(folder, ORIGIN)
    whole = measured_build(folder, WHOLE) if AT_ONCE in also else None
    new = measured_build(folder, most)
    again = {}
    if AGAIN in also:
        with _shard_records(folder, most):
            again[NOTHING] = measured(BUILD, folder, tools(folder))
    if len({new.digest, digest(paths.curated)} | ({whole.digest} if whole else set())) > 1:
        raise SystemExit(f"{folder}: builds at once, by place, and again published different bytes of the same records")
    if AGAIN in also:
        add_dataset(folder)
        with _shard_records(folder, most):
            again[ADDITION] = measured(BUILD, folder, tools(folder))
    found = MeasuredWorld(new, again, whole, loads)
    (folder / MEASURED).write_bytes(MEASURED_WORLD.dump_json(found, indent=1))
    return found


def kept_world(folder: Path) -> MeasuredWorld:
    """What has been measured before."""
    return MEASURED_WORLD.validate_json((folder / MEASURED).read_bytes())


def measured_build(folder: Path, most: int | None) -> ShardBuild:
    """Build a loaded world from scratch: without a former database or former shards.

    Args:
        folder: of its project.
        most: records in a shard; null is the default.
    """
    paths = ProjectPaths(folder, ORIGIN)
    shutil.rmtree(paths.home / ".work", ignore_errors=True)
    paths.database.unlink(missing_ok=True)
    marks = PhaseMarks(paths)
    with _shard_records(folder, most):
        run = watched(BUILD, folder, tools(folder), marks.look)
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
