"""The commands of the warehouse: build it, and write its dbt sources."""

from typing import Annotated

import typer

from loaders.cli.console import app, list_files, open_project
from loaders.cli.scheduler import Scheduler, use_scheduler
from loaders.core.errors import BuildError
from loaders.core.progress import Activity


@app.command()
def warehouse(
    if_stale: Annotated[bool, typer.Option("--if-stale", help="Only if it does not hold the curated tables.")] = False,
    scheduler: Scheduler = None,
) -> None:
    """Build the database with dbt and write the curated tables."""
    settings, paths = open_project()
    use_scheduler(scheduler, settings)
    if if_stale:
        from loaders.warehouse.staleness import is_stale

        if not is_stale(settings, paths):
            return
    with paths.timed("build", "build"), Activity("building the tables"):
        from loaders.warehouse.build import build  # its import is part of the time

        files = build(settings, paths)
    list_files([*files, paths.database], paths)


@app.command()
def sources() -> None:
    """Write down for dbt what the pipelines have stored (dbt/sources/)."""
    from loaders.db.database import Database
    from loaders.pipelines import PIPELINES
    from loaders.warehouse.dbt_sources import write_sources
    from loaders.warehouse.raw_data import read_runs

    settings, paths = open_project()
    database = Database(settings, paths)
    nothing = BuildError("No pipeline has stored anything yet. Run `make all`, or `eo-pv ingest --all`.")
    if settings.warehouse == "duckdb" and not database.file.exists():
        raise nothing
    with database.opened() as connection:
        stored = [name for name in PIPELINES if read_runs(connection, name)]
        files = [write_sources(name, connection, settings, paths, paths.root / "dbt") for name in stored]
    if not files:
        raise nothing
    list_files(files, paths)
