"""The command line: `eo-pv`, or `python -m loaders`. Each command is what one step of the workflow runs."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

try:
    import typer
    from rich.console import Console
    from rich.filesize import decimal
except ModuleNotFoundError:
    sys.exit("Error: the environment of eo-pv is not active. Type `make all`, or `. .venv/bin/activate` first.")

from loaders.catalog import Catalog, Dataset, read_catalog
from loaders.errors import BuildError, EoPvError, SourceError
from loaders.workspace import Workspace, find_root

WIDE = 150  # columns, where the output is not a terminal

app = typer.Typer(
    help="Published datasets of solar installations in, one documented table out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
out = Console(width=None if sys.stdout.isatty() else WIDE, highlight=False, markup=False)
err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

Key = Annotated[str, typer.Argument(help="Key or alias of the dataset.")]
Keys = Annotated[list[str] | None, typer.Argument(help="Keys or aliases; by default all datasets.")]


def main() -> None:
    """Run a command; an error that its reader can mend is one paragraph and exit code 1."""
    try:
        app()
    except EoPvError as error:
        err.print(f"Error: {error}", style="red")
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise
        advice = "Check who may read and write there, and whether the disk is full."
        err.print(f"Error: {error.filename}: {error.strerror}. {advice}", style="red")
        sys.exit(1)


@app.command()
def check() -> None:
    """Check the settings, and say which files of yours are not where they should be."""
    from loaders.resolve import local_source

    catalog, workspace = _settings()
    for dataset in catalog.datasets.values():
        try:
            local_source(dataset, workspace)
        except SourceError as error:  # its stage will fail; those of the other datasets need not
            err.print(f"Error: {error}", style="red")


@app.command()
def resolve(key: Key) -> None:
    """Ask a source what it holds and write the lock, unless there is one for this source already."""
    from loaders.resolve import resolve as run

    dataset, _, workspace = _project(key)
    with workspace.timed(dataset.key, "resolve"):
        lock = run(dataset, workspace)
    size = sum(file.bytes for file in lock.files)
    out.print(f"{dataset.key}: {len(lock.files)} file(s), {size:,} bytes, from {lock.origin}")


@app.command()
def update(keys: Keys = None) -> None:
    """Ask sources again, rewrite their locks, and say what changed."""
    from loaders import resolve as source
    from loaders.locks import read_lock

    catalog, workspace = _settings()
    for dataset in [catalog.dataset(key) for key in keys or catalog.datasets]:
        path = workspace.lock(dataset.key)
        before = read_lock(path) if path.exists() else None
        found = source.changes(before, source.update(dataset, workspace))
        out.print(f"{dataset.key}: {'; '.join(found) or 'nothing changed'}")


@app.command()
def fetch(key: Key) -> None:
    """Bring the files that the lock names, verified."""
    from loaders.fetch import fetch as run
    from loaders.locks import read_lock

    dataset, _, workspace = _project(key)
    with workspace.timed(dataset.key, "fetch"):
        folder = run(dataset, read_lock(workspace.lock(dataset.key)), workspace)
    out.print(f"{dataset.key}: {_shown(folder, workspace)}")


@app.command()
def load(key: Key) -> None:
    """Turn the fetched files into canonical records, every row accounted for."""
    dataset, catalog, workspace = _project(key)
    with workspace.timed(dataset.key, "load"), err.status(f"{dataset.key}: loading"):
        from loaders.raw_pv_doi_ingest import load_dataset  # its import is part of the time

        load_dataset(dataset, catalog, workspace)
    out.print(f"{dataset.key}: {_shown(workspace.loaded(dataset.key), workspace)}")


@app.command()
def ingest(
    datasets: Annotated[list[str] | None, typer.Option(help="Key or alias; repeat it for several.")] = None,
    all_datasets: Annotated[bool, typer.Option("--all", help="Every dataset in the settings.")] = False,
    database: Annotated[Path | None, typer.Option(help="DuckDB file to write to.")] = None,
    geoparquet: Annotated[bool, typer.Option(help="Also write data/<origin>/loaded/<key>.parquet.")] = True,
    sequential: Annotated[bool, typer.Option("--sequential", help="One dataset at a time.")] = False,
    params: Annotated[
        Path | None, typer.Option(help="Settings; data/ is beside them. By default the project's params.yaml.")
    ] = None,
) -> None:
    """Resolve, fetch and load datasets straight into the schema raw_data, without DVC and dbt."""
    if bool(datasets) == all_datasets:
        raise typer.BadParameter("say which: --datasets KEY, or --all")
    from loaders.raw_pv_doi_ingest import run_doi_pipeline

    stored = run_doi_pipeline(
        database_path=database,
        export_geoparquet=geoparquet,
        use_parallel=not sequential,
        datasets=datasets or [],
        params=params,
    )
    for key, table in stored.items():
        out.print(f"{key}: {table}")


@app.command()
def warehouse(
    if_stale: Annotated[bool, typer.Option("--if-stale", help="Only if it does not hold the curated tables.")] = False,
) -> None:
    """Build the database with dbt and write the curated tables."""
    catalog, workspace = _settings()
    if if_stale:
        from loaders.warehouse import is_stale

        if not is_stale(workspace):
            return
    with workspace.timed("build", "build"), err.status("dbt: building and testing the tables"):
        from loaders.warehouse import build  # its import is part of the time

        files = build(catalog, workspace)
    _list_files([*files, workspace.database], workspace)


@app.command()
def report() -> None:
    """Write the report that people read."""
    from loaders.locks import write_text
    from loaders.summary import as_markdown, summarise

    catalog, workspace = _settings()
    write_text(as_markdown(summarise(catalog, workspace), f"eo-pv: origin {catalog.origin}"), workspace.report())
    _list_files([workspace.report()], workspace)


@app.command()
def summary() -> None:
    """Show what the last run made: a table of the datasets, and the files."""
    from loaders.summary import as_table, notes, summarise

    catalog, workspace = _settings()
    rows = summarise(catalog, workspace)
    out.print(as_table(rows))
    for note in notes(rows):
        out.print(note)
    files = [*sorted(workspace.curated.glob("*.parquet")), workspace.database, workspace.report()]
    if missing := [path for path in files if not path.exists()]:
        raise BuildError(
            f"{_shown(missing[0], workspace)} is missing although nothing that it is made from has changed. "
            f"Make it again with `make all`."
        )
    _list_files(files, workspace)


def _settings() -> tuple[Catalog, Workspace]:
    root = find_root()
    catalog = read_catalog(root / "params.yaml")
    return catalog, Workspace(root, catalog.origin)


def _project(name: str) -> tuple[Dataset, Catalog, Workspace]:
    catalog, workspace = _settings()
    return catalog.dataset(name), catalog, workspace


def _shown(path: Path, workspace: Workspace) -> str:
    return str(path.relative_to(workspace.root))


def _list_files(files: Iterable[Path], workspace: Workspace) -> None:
    for path in files:
        out.print(f"  {_shown(path, workspace)}  ({decimal(path.stat().st_size)})")


if __name__ == "__main__":
    main()
