"""The command line: `eo-pv`, or `python -m loaders`. Each command is what one step of the workflow runs."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

try:
    import typer
except ModuleNotFoundError:
    sys.exit("Error: the environment of eo-pv is not active. Type `make all`, or `. .venv/bin/activate` first.")

from loaders import command_add, command_compare, command_context, command_dag, command_repro, command_why, commands
from loaders.catalog_build import Executor
from loaders.console import Key, Keys, app, err, list_files, out, project, settings, shown
from loaders.errors import BuildError, EoPvError, PipelineError
from loaders.foreign_errors import STOPPED, STOPPED_CODE, WITHIN_A_RUN, explained
from loaders.redacted_output import redact_process, redact_traceback
from loaders.supervision import supervised
from loaders.terminal import protect_terminal

__all__ = [
    "app",
    "command",
    "command_add",
    "command_compare",
    "command_context",
    "command_dag",
    "command_repro",
    "command_why",
    "commands",
    "main",
]


def main() -> None:
    """Run a command; an error that its reader can correct is one paragraph and exit code 1."""
    protect_terminal()
    redact_process()
    try:
        app()
    except SystemExit as left:
        if left.code == STOPPED_CODE and WITHIN_A_RUN not in os.environ:
            err.print(STOPPED)
        raise
    except Exception as error:
        found = error if isinstance(error, EoPvError) else explained(error, (Path("data"),))
        if found is None:
            redact_traceback()  # here, for typer sets its own before it runs a command
            raise
        err.print(f"Error: {found}", style="red")
        sys.exit(1)


@app.command()
def load(key: Key) -> None:
    """Turn the fetched files into canonical records, every row accounted for."""
    dataset, catalog, workspace = project(key)
    with workspace.timed(dataset.key, "load"), err.status(f"{dataset.key}: loading"):
        from loaders.accounting import in_words, lying_areas
        from loaders.raw_pv_doi_ingest import load_dataset  # its import is part of the time

        metrics = load_dataset(dataset, catalog, workspace)
    out.print(f"{dataset.key}: {in_words(metrics)}")
    if doubt := lying_areas(metrics):
        err.print(f"{dataset.key}: {doubt}.", style="yellow")
    list_files([workspace.loaded(dataset.key)], workspace)


@app.command()
def ingest(
    keys: Keys = None,
    datasets: Annotated[
        list[str] | None, typer.Option(help="The same: --datasets bradbury stowell.", metavar="KEY…")
    ] = None,
    all_datasets: Annotated[bool, typer.Option("--all", help="Every dataset in the settings.")] = False,
    database: Annotated[Path | None, typer.Option(help="DuckDB file to write to.")] = None,
    geoparquet: Annotated[bool, typer.Option(help="Also write data/<origin>/loaded/<key>.parquet.")] = True,
    max_mb: Annotated[float | None, typer.Option(help="Largest single file to download [MB].")] = None,
    cache: Annotated[bool, typer.Option(help="Use the download cache of this user.")] = True,
    force_download: Annotated[bool, typer.Option("--force-download", help="Download again what is there.")] = False,
    sequential: Annotated[bool, typer.Option("--sequential", help="One dataset at a time.")] = False,
    executor: Annotated[Executor | None, typer.Option(help="Who works on several at a time.")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler: tcp://host:8786.")] = None,
    params: Annotated[
        Path | None, typer.Option(help="Settings; data/ is beside them. By default the project's params.yaml.")
    ] = None,
) -> None:
    """Resolve, fetch and load datasets straight into the schema raw_data, without DVC and dbt."""
    names = [*(datasets or []), *(keys or [])]  # an option takes one word; those that follow it are arguments
    if bool(names) == all_datasets:
        raise typer.BadParameter("say which: --datasets KEY…, or --all")
    if sequential and (executor or scheduler):
        raise typer.BadParameter("--sequential is one dataset at a time: leave --executor and --scheduler away")
    from loaders.raw_pv_doi_ingest import run_doi_pipeline

    try:
        stored = run_doi_pipeline(
            database_path=database,
            export_geoparquet=geoparquet,
            use_parallel=not sequential,
            use_cache=cache,
            force_download=force_download,
            max_mb=max_mb,
            datasets=names,
            params=params,
            executor=executor,
            scheduler=scheduler,
        )
    except PipelineError as error:
        _list_tables(error.stored)
        raise
    _list_tables(stored)


def _list_tables(stored: Mapping[str, str]) -> None:
    for key, table in stored.items():
        out.print(f"{key}: {table}")


@app.command()
def warehouse(
    if_stale: Annotated[bool, typer.Option("--if-stale", help="Only if it does not hold the curated tables.")] = False,
) -> None:
    """Build the database with dbt and write the curated tables."""
    catalog, workspace = settings()
    if if_stale:
        from loaders.freshness import is_stale

        if not is_stale(catalog, workspace):
            return
    with workspace.timed("build", "build"), err.status("dbt: building and testing the tables"):
        from loaders.warehouse import build  # its import is part of the time

        files = build(catalog, workspace)
    list_files([*files, workspace.database], workspace)


@app.command()
def sources() -> None:
    """Write down for dbt what the pipelines have stored (dbt/sources/)."""
    from loaders.database import Database
    from loaders.hamilton_dbt_bridge import HamiltonDbtBridge
    from loaders.pipelines import PIPELINES
    from loaders.store import read_runs

    catalog, workspace = settings()
    database = Database(catalog, workspace)
    nothing = BuildError("No pipeline has stored anything yet. Run `make all`, or `eo-pv ingest --all`.")
    if catalog.warehouse == "duckdb" and not database.file.exists():
        raise nothing
    bridge = HamiltonDbtBridge(workspace.root / "dbt")
    with database.opened() as connection:
        stored = [name for name in PIPELINES if read_runs(connection, name)]
        files = [bridge.update_sources_from_hamilton(name, connection) for name in stored]
    if not files:
        raise nothing
    list_files(files, workspace)


@app.command()
def report() -> None:
    """Write the report that people read."""
    from loaders.locks import write_text
    from loaders.summary import as_markdown, read_figures, summarise

    catalog, workspace = settings()
    rows, figures = summarise(catalog, workspace), read_figures(workspace)
    write_text(as_markdown(rows, figures, f"eo-pv: origin {catalog.origin}"), workspace.report())
    list_files([workspace.report()], workspace)


@app.command()
def summary() -> None:
    """Show what the last run made: a table of the datasets, and the files."""
    from loaders.summary import as_table, findings, notes, read_figures, summarise

    catalog, workspace = settings()
    rows = summarise(catalog, workspace)
    out.print(as_table(rows))
    for note in (*notes(rows), *findings(read_figures(workspace))):
        out.print(note)
    files = [*sorted(workspace.curated.iterdir()), workspace.database, workspace.report()]
    if missing := [path for path in files if not path.exists()]:
        raise BuildError(
            f"{shown(missing[0], workspace)} is missing although nothing that it is made from has changed. "
            f"Make it again with `make all`."
        )
    list_files(files, workspace)


def command() -> None:
    """`eo-pv`: run a command in a process of its own."""
    supervised(main)


if __name__ == "__main__":
    command()
