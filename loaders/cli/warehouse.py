"""The commands of the warehouse: build it, and write its dbt sources."""

from typing import Annotated

import typer

from loaders.cli.console import app, list_files, settings
from loaders.core.errors import BuildError
from loaders.core.terminal import err


@app.command()
def warehouse(
    if_stale: Annotated[bool, typer.Option("--if-stale", help="Only if it does not hold the curated tables.")] = False,
) -> None:
    """Build the database with dbt and write the curated tables."""
    catalog, workspace = settings()
    if if_stale:
        from loaders.warehouse.staleness import is_stale

        if not is_stale(catalog, workspace):
            return
    with workspace.timed("build", "build"), err.status("dbt: building and testing the tables"):
        from loaders.warehouse.build import build  # its import is part of the time

        files = build(catalog, workspace)
    list_files([*files, workspace.database], workspace)


@app.command()
def sources() -> None:
    """Write down for dbt what the pipelines have stored (dbt/sources/)."""
    from loaders.db.database import Database
    from loaders.pipelines import PIPELINES
    from loaders.warehouse.dbt_sources import write_sources
    from loaders.warehouse.raw_data import read_runs

    catalog, workspace = settings()
    database = Database(catalog, workspace)
    nothing = BuildError("No pipeline has stored anything yet. Run `make all`, or `eo-pv ingest --all`.")
    if catalog.warehouse == "duckdb" and not database.file.exists():
        raise nothing
    with database.opened() as connection:
        stored = [name for name in PIPELINES if read_runs(connection, name)]
        files = [write_sources(name, connection, catalog, workspace, workspace.root / "dbt") for name in stored]
    if not files:
        raise nothing
    list_files(files, workspace)
