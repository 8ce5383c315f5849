"""Build of the warehouse: loads canonical Parquet into DuckDB, runs dbt, exports curated tables as Parquet."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType

from filelock import FileLock, Timeout

from loaders.core.errors import BuildError
from loaders.core.files import write_json
from loaders.core.paths import DATABASE_NAME, ProjectPaths
from loaders.core.prune import prune
from loaders.db import ducklake
from loaders.db.connection import MEMORY_MB, stated_memory_mb, usable_mb
from loaders.harmonise.row_accounting import read_accounting
from loaders.lineage.emit import emit_dbt_events, pipeline_events
from loaders.lineage.run import Parent
from loaders.lineage.steps import warehouse_steps
from loaders.settings.machine import machine
from loaders.settings.params import Settings
from loaders.warehouse.attribution import write_attribution
from loaders.warehouse.build_by_place import BuiltByPlace, build_by_place
from loaders.warehouse.build_metrics import BuildMetrics
from loaders.warehouse.build_sources import BuildSources
from loaders.warehouse.curated_files import CURATED_SCHEMA
from loaders.warehouse.dbt_run import RunDbt, dbt_build
from loaders.warehouse.finished_database import publish_database
from loaders.warehouse.former_database import SHARDS_FOLDER
from loaders.warehouse.raw_tables import read_project_overrides, write_raw_tables
from loaders.warehouse.shards.run import remove_former_tables
from loaders.warehouse.staleness import curated_hashes

METRICS_FILE = "build.json"
NO_DATASETS: Mapping[str, str] = MappingProxyType({})
# the self-join of all records cannot spill to disk: MEMORY_MB is enough for so many, and each more needs
RECORDS_WITHIN_DEFAULT = 300_000
MEMORY_PER_RECORD_KB = 1.6
RECORDS_AT_ONCE = 100_000  # more are built by place
SHARD_RECORDS = 25_000


def build(settings: Settings, paths: ProjectPaths, missing: Mapping[str, str] = NO_DATASETS) -> list[Path]:
    """Build database, curated tables and attribution in a scratch folder, then move them into place.

    Everything of a dataset that is no longer in the settings is removed.

    Args:
        settings: with the datasets to build from.
        paths: of the project.
        missing: further datasets of the project, each with the reason why it is not among them.

    Returns:
        The curated tables.

    Raises:
        BuildError: a load is missing, dbt failed, or another build is running. The tables of the last good build
            are kept.
    """
    keys = list(settings.datasets)
    with _exclusive_build(paths), _scratch_folder(paths.scratch("build")) as scratch:
        prune([*keys, *missing], paths)
        _require_loads(keys, paths)
        _require_context(paths)
        with pipeline_events("warehouse", paths, partial(warehouse_steps, settings, paths)) as run:
            metrics, by_place = _build_in_scratch(scratch, settings, paths, run)
            write_json(metrics | {"missing_datasets": dict(missing)}, scratch / METRICS_FILE)
            if settings.warehouse == "ducklake":
                message = f"{metrics['records']:,} records, {metrics['installations']:,} installations"
                ducklake.publish(scratch / DATABASE_NAME, [CURATED_SCHEMA], message, settings.ducklake, paths)
            _publish(scratch, paths)
            if by_place:
                by_place.keep()
            else:
                remove_former_tables(paths.scratch(SHARDS_FOLDER), None)
    return sorted(paths.curated.glob("*.parquet"))


def _build_in_scratch(
    scratch: Path, settings: Settings, paths: ProjectPaths, run: Parent | None
) -> tuple[BuildMetrics, BuiltByPlace | None]:
    """Build everything in a scratch folder; returns the build metrics, and what was built by place."""
    overrides = read_project_overrides(settings, paths)
    database = scratch / DATABASE_NAME
    records = sum(read_accounting(paths.metrics(key))["records"]["kept"] for key in settings.datasets)
    most = machine().shard_records or (SHARD_RECORDS if records > RECORDS_AT_ONCE else records)

    def watched(run_dbt: RunDbt, variables: Mapping[str, str]) -> dict[str, int]:
        try:
            return run_dbt(variables)
        finally:
            emit_dbt_events(paths.root / "dbt", paths, run)

    by_place = None
    if records > most:
        by_place = build_by_place(most, scratch, BuildSources.read(settings, paths, overrides), watched)
        metrics = by_place.metrics
    else:
        with dbt_build(database, paths.root, _memory_mb(records)) as run_dbt:
            write_raw_tables(database, settings, paths)
            warnings = watched(run_dbt, {})
        metrics = publish_database(database, scratch / CURATED_SCHEMA, settings, paths, overrides)
        metrics |= {"warnings": warnings}
    write_attribution(settings, paths, metrics["licences"], scratch / CURATED_SCHEMA)
    return metrics, by_place


@contextmanager
def _exclusive_build(paths: ProjectPaths) -> Iterator[None]:
    """Allow one build at a time; a killed build leaves no lock."""
    paths.home.mkdir(parents=True, exist_ok=True)
    lock = paths.scratch("build.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock, timeout=0):
            yield
    except Timeout as error:
        raise BuildError(f"Another build of {paths.home} is running. Wait until it has ended.") from error


@contextmanager
def _scratch_folder(folder: Path) -> Iterator[Path]:
    """An empty scratch folder, removed afterwards, also after a failure."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _require_loads(keys: list[str], paths: ProjectPaths) -> None:
    files = {key: (paths.loaded(key), paths.metrics(key)) for key in keys}
    missing = [key for key, paths_of_key in files.items() if not all(path.exists() for path in paths_of_key)]
    if missing:
        raise BuildError(
            f"{', '.join(missing)}: not loaded, and no table is built without them. Run `dvc repro` and fix what it "
            f"reports; or remove them from params.yaml."
        )


def _memory_mb(records: int) -> int:
    """Memory limit of DuckDB for the number of records [MB]; `machine.memory_mb` overrides it."""
    if stated_mb := stated_memory_mb():
        return stated_mb
    needed_mb = MEMORY_MB + MEMORY_PER_RECORD_KB * max(0, records - RECORDS_WITHIN_DEFAULT) / 1000
    return int(min(needed_mb, usable_mb()))


def _require_context(paths: ProjectPaths) -> None:
    """Require the boundaries and the irradiance."""
    if not paths.boundaries.exists():
        raise BuildError(
            "The boundaries of countries are not loaded, and no record has a place without them. Run `dvc repro`, or "
            "`eo-pv cells` and `eo-pv boundaries`."
        )
    if not all(path.exists() for path in paths.irradiance_tables.values()):
        raise BuildError(
            "The solar irradiance is not loaded, and no installation has a yield without it. Run `dvc repro`, or "
            "`eo-pv cells` and `eo-pv irradiance`."
        )


def _publish(scratch: Path, paths: ProjectPaths) -> None:
    """Rename the built files into place: readers see a complete old file or a complete new one."""
    paths.curated.mkdir(parents=True, exist_ok=True)
    new_files = sorted((scratch / CURATED_SCHEMA).iterdir())
    for path in new_files:
        path.replace(paths.curated / path.name)
    for path in paths.curated.iterdir():
        if path.name not in {file.name for file in new_files}:
            path.unlink()
    _keep_former_metrics(scratch / METRICS_FILE, paths)
    (scratch / METRICS_FILE).replace(paths.build_metrics)
    paths.database.with_name(f"{DATABASE_NAME}.wal").unlink(missing_ok=True)
    (scratch / DATABASE_NAME).replace(paths.database)
    write_json(curated_hashes(paths), paths.curated_digests)


def _keep_former_metrics(new: Path, paths: ProjectPaths) -> None:
    """Keep the metrics of the build before, if they differ, so that the report can tell what has changed."""
    former = paths.build_metrics
    if former.exists() and former.read_bytes() != new.read_bytes():
        paths.former_build_metrics.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(former, paths.former_build_metrics)
