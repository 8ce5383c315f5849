"""The command line: `eo-pv`, or `python -m loaders`. Each command is what one step of the workflow runs."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

try:
    import typer
    from rich.console import Console
    from rich.filesize import decimal
except ModuleNotFoundError:
    sys.exit("Error: the environment of eo-pv is not active. Type `make all`, or `. .venv/bin/activate` first.")

from loaders.catalog import Catalog, Dataset, read_catalog
from loaders.errors import BuildError, EoPvError, SourceError
from loaders.workspace import Workspace, find_root

if TYPE_CHECKING:
    from loaders.locks import Lock

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
    from loaders.publishers import local

    catalog, workspace = _settings()
    for dataset in catalog.datasets.values():
        try:
            if local.is_local(dataset, workspace):
                local.place(dataset, workspace)
        except SourceError as error:  # its stage will fail; those of the other datasets need not
            err.print(f"Error: {error}", style="red")


@app.command()
def plan(keys: Keys = None) -> None:
    """Say what would be downloaded and which steps would run, and do nothing."""
    from loaders import plan as planning
    from loaders.downloads import Downloads

    catalog, workspace = _settings()
    downloads = Downloads(catalog)
    chosen = [catalog.dataset(key) for key in keys or catalog.datasets]
    planned = downloads.for_each(chosen, lambda dataset: planning.plan(dataset, workspace, downloads))
    out.print(planning.as_table(planned))
    out.print(planning.in_short(planned.values()))
    for line in planning.steps(workspace):
        out.print(line)
    failed = [each for each in planned.values() if isinstance(each, EoPvError)]
    for error in failed:
        err.print(f"Error: {error}", style="red")
    if failed or not all(each.is_possible for each in planned.values() if isinstance(each, planning.Planned)):
        raise typer.Exit(1)


@app.command()
def resolve(key: Key) -> None:
    """Ask a source what it holds and write the lock, unless there is one for this source already."""
    from loaders.resolve import resolve as run
    from loaders.web import Web

    dataset, catalog, workspace = _project(key)
    with workspace.timed(dataset.key, "resolve"):
        lock = run(dataset, workspace, Web(catalog.download))
    size = sum(file.bytes or 0 for file in lock.files)
    out.print(f"{dataset.key}: {len(lock.files)} file(s), {size:,} bytes, from {_place(lock)}")
    _report_licence(dataset, lock)


@app.command()
def update(keys: Keys = None) -> None:
    """Ask sources again, rewrite their locks, and say what changed."""
    from loaders import resolve as source
    from loaders.downloads import Downloads
    from loaders.lock_changes import changes
    from loaders.locks import last_lock

    catalog, workspace = _settings()
    downloads = Downloads(catalog)
    chosen = {key: catalog.dataset(key) for key in keys or catalog.datasets}
    before = {dataset.key: last_lock(workspace.lock(dataset.key)) for dataset in chosen.values()}
    after = downloads.for_each(chosen.values(), lambda dataset: source.update(dataset, workspace, downloads.web))
    for key, lock in after.items():
        if isinstance(lock, EoPvError):
            err.print(f"Error: {lock}", style="red")
            continue
        out.print(f"{key}: {'; '.join(changes(before[key], lock)) or 'nothing changed'}")
        _report_licence(catalog.datasets[key], lock)
    if any(isinstance(lock, EoPvError) for lock in after.values()):
        raise typer.Exit(1)


@app.command()
def prefetch() -> None:
    """Download what is missing into the cache, several datasets at a time, so that `fetch` finds it there."""
    from loaders.downloads import Downloads
    from loaders.fetch import prefetch as run

    catalog, workspace = _settings()
    downloads = Downloads(catalog)
    brought = downloads.for_each(catalog.datasets.values(), lambda dataset: run(dataset, workspace, downloads))
    for key, error in brought.items():
        if isinstance(error, EoPvError):  # its stages say why, and those of the other datasets need not fail
            err.print(f"{key}: not fetched ahead; its own steps will try again.", style="yellow")


@app.command()
def fetch(
    key: Key,
    force: Annotated[bool, typer.Option("--force", help="Download again, whatever is there.")] = False,
) -> None:
    """Bring the files that the lock names, verified."""
    from loaders.downloads import Downloads
    from loaders.fetch import fetch as run
    from loaders.locks import read_lock

    dataset, catalog, workspace = _project(key)
    downloads = Downloads(catalog, force=force)
    with workspace.timed(dataset.key, "fetch"), downloads.bars:
        folder = run(dataset, read_lock(workspace.lock(dataset.key)), workspace, downloads)
    out.print(f"{dataset.key}: {_shown(folder, workspace)}")


@app.command()
def verify(keys: Keys = None) -> None:
    """Hash the fetched files again and compare them with the locks."""
    from loaders.fetch import differences
    from loaders.locks import read_lock, read_seen

    catalog, workspace = _settings()
    found = 0
    for dataset in [catalog.dataset(key) for key in keys or catalog.datasets]:
        seen = read_seen(workspace.seen(dataset.key))
        wrong = list(differences(read_lock(workspace.lock(dataset.key)), seen, workspace))
        found += len(wrong)
        for sentence in wrong:
            err.print(f"{dataset.key}: {sentence}", style="red")
        if not wrong:
            out.print(f"{dataset.key}: {len(seen.published) + len(seen.unpacked)} file(s) as locked")
    if found:
        err.print(f"Error: {found} file(s) differ. Bring them again with `make all`.", style="red")
        raise typer.Exit(1)


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
    max_mb: Annotated[float | None, typer.Option(help="Largest single file to download [MB].")] = None,
    cache: Annotated[bool, typer.Option(help="Use the download cache of this user.")] = True,
    force_download: Annotated[bool, typer.Option("--force-download", help="Download again what is there.")] = False,
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
        use_cache=cache,
        force_download=force_download,
        max_mb=max_mb,
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
    files = [*sorted(workspace.curated.iterdir()), workspace.database, workspace.report()]
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


def _place(lock: "Lock") -> str:
    """Where a lock comes from, for people."""
    return f"{lock.record.repository} {lock.record.id}" if lock.record else lock.origin


def _report_licence(dataset: Dataset, lock: "Lock") -> None:
    """Say where the settings and the publisher disagree on what the data may be used for."""
    if lock.record is None:
        return
    from loaders.licences import disagreement

    if found := disagreement(dataset.licence, lock.record.licence):
        err.print(f"{dataset.key}: {found}", style="yellow")


def _shown(path: Path, workspace: Workspace) -> str:
    return str(path.relative_to(workspace.root))


def _list_files(files: Iterable[Path], workspace: Workspace) -> None:
    for path in files:
        out.print(f"  {_shown(path, workspace)}  ({decimal(path.stat().st_size)})")


if __name__ == "__main__":
    main()
