"""What is made of a finished database: the curated files, and the metrics of the build."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from loaders.core.paths import ProjectPaths
from loaders.db import ducklake
from loaders.db.connection import connect
from loaders.settings.machine import use_machine
from loaders.settings.params import Settings
from loaders.warehouse.build_metrics import BuildMetrics, build_metrics
from loaders.warehouse.curated_files import NOTHING_WRITTEN, export_curated
from loaders.warehouse.overrides import Override
from loaders.warehouse.table_figures import Figures


def publish_database(  # noqa: PLR0913 (what is made, and from what)
    database: Path,
    folder: Path,
    settings: Settings,
    paths: ProjectPaths,
    overrides: Sequence[Override],
    written: Mapping[str, Mapping[str, Figures]] = NOTHING_WRITTEN,
    memory_mb: int | None = None,
) -> BuildMetrics:
    """Write the curated files, and measure the build: in one go, for DuckDB opens a database slowly.

    Args:
        database: that dbt has built.
        folder: to write the files to.
        settings: name the kind of the warehouse.
        paths: of the project.
        overrides: manual decisions.
        written: the files that are there already, with the figures of their columns.
        memory_mb: limit of DuckDB [MB]; null is that of any connection.
    """
    use_machine(settings.machine)  # it may run in a process of its own
    with connect(database, read_only=True) as connection:
        if memory_mb:
            connection.execute(f"SET memory_limit = '{memory_mb}MB'")
        export_curated(connection, folder, written)
        if settings.warehouse == "ducklake":
            ducklake.attach(connection, settings.ducklake, paths, read_only=True)
        return build_metrics(connection, overrides)
