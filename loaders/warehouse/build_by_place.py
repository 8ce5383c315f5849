"""A build of more records than are matched at once: by place, and only of what has changed since the last one."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from loaders.core.errors import BuildError
from loaders.core.escape import sql_file
from loaders.core.paths import DATABASE_NAME, ProjectPaths
from loaders.db.connection import MEMORY_MB, stated_memory_mb, usable_mb
from loaders.execution.executors import own_processes
from loaders.pipelines import PIPELINES
from loaders.warehouse.build_metrics import BuildMetrics
from loaders.warehouse.build_sources import BuildSources
from loaders.warehouse.curated_files import CURATED_SCHEMA, export_shards
from loaders.warehouse.dbt_run import RunDbt, dbt_build, dbt_environment
from loaders.warehouse.dbt_sources import sources_file
from loaders.warehouse.finished_database import publish_database
from loaders.warehouse.former_database import SHARDS_FOLDER, changed_rows, note_database, write_base
from loaders.warehouse.raw_tables import write_raw_tables
from loaders.warehouse.shards.code import database_digest
from loaders.warehouse.shards.models import CompiledModels, compiled_models
from loaders.warehouse.shards.run import Division, remove_former_tables

SHARDS_VARIABLE = "EO_PV_SHARDS"
MOST_EXPORTERS = 2  # at a time: the table of records takes about as long as the others
PUBLISHING_MB = 600  # of DuckDB, in a process that has written the raw tables


@dataclass(frozen=True, slots=True)
class BuiltByPlace:
    """What a build by place has made in its scratch folder.

    Attributes:
        metrics: of the build.
        keep: to be called when all is published, so that the next build can take over what has not changed then.
    """

    metrics: BuildMetrics
    keep: Callable[[], None]


def build_by_place(
    most: int,
    scratch: Path,
    sources: BuildSources,
    watched: Callable[[RunDbt, Mapping[str, str]], dict[str, int]],
) -> BuiltByPlace:
    """Build the database and the curated files.

    Args:
        most: records in a shard.
        scratch: folder to build in.
        sources: what it is made from.
        watched: runs dbt, and reports what it did.

    Raises:
        BuildError: dbt or a test failed.
    """
    settings, paths = sources.settings, sources.paths
    database, kept = scratch / DATABASE_NAME, paths.scratch(SHARDS_FOLDER)
    exporters, share_mb = export_shares(stated_memory_mb() or usable_mb())
    # processes of their own: one does not give back to the system all that it has used for what it did before
    with own_processes() as submit, own_processes(exporters) as submit_export:
        write_raw = partial(submit, write_raw_tables, database, settings, paths)
        compiled, is_written = _compile(write_raw, paths, dbt_environment(database, paths.root))
        division = Division(compiled, most, kept, scratch / SHARDS_FOLDER)
        with dbt_build(database, paths.root, share_mb, compiled.not_for_dbt, is_new=False) as run_dbt:
            code, raw, names = database_digest(compiled), sources.raw_digests(), frozenset(compiled.kept)
            base = None if is_written else submit(write_base, code, sources, raw, database, names)
            run_dbt.parse_after(base)
            tables = division.compute(sources)
            former = base.result() if base else None
            curated, spill = scratch / CURATED_SCHEMA, scratch / SHARDS_FOLDER / "export"
            exported = {
                model.name: submit_export(export_shards, model, tables.folder, curated, spill / model.name, share_mb)
                for model in compiled.published
            }
            changed = changed_rows(former, tables, scratch / "changed") if former else {}
            warnings = watched(run_dbt, {SHARDS_VARIABLE: sql_file(tables.folder)} | changed)
        written = {name: figures.result() for name, figures in exported.items()}
        limit_mb = min(share_mb, PUBLISHING_MB)
        publish = submit(publish_database, database, curated, settings, paths, sources.overrides, written, limit_mb)
        metrics = publish.result() | {"warnings": warnings}

    def keep() -> None:
        if settings.warehouse != "ducklake":
            note_database(kept, code, paths, raw, tables, former)
        remove_former_tables(kept, tables.folder)

    return BuiltByPlace(metrics, keep)


def export_shares(available_mb: float) -> tuple[int, int]:
    """How many processes write files while dbt works, and the memory limit of DuckDB in each of them and in dbt [MB].

    Args:
        available_mb: that DuckDB may take in all [MB].
    """
    exporters = MOST_EXPORTERS if available_mb >= (1 + MOST_EXPORTERS) * MEMORY_MB else 1
    return exporters, int(min(MEMORY_MB, available_mb // (1 + exporters)))


def _compile(
    write_raw: Callable[[], Future[None]], paths: ProjectPaths, environment: Mapping[str, str]
) -> tuple[CompiledModels, bool]:
    """The compiled models, and whether raw tables were written for that: dbt compiles only what is described."""
    is_described = all(sources_file(name, paths.root / "dbt").exists() for name in PIPELINES)
    if not is_described:
        write_raw().result()
    try:
        return compiled_models(paths.root, paths.scratch("models.json"), environment), not is_described
    except BuildError:  # an older version has described them, perhaps
        if not is_described:
            raise
    write_raw().result()
    return compiled_models(paths.root, paths.scratch("models.json"), environment), True
