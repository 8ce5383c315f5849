"""Commands `load` and `ingest`: harmonise datasets into files, or into the schema raw_data."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from loaders.cli.console import Key, Keys, app, list_files, open_dataset
from loaders.cli.load_ahead import prepare
from loaders.cli.ready_loads import note_loaded, take_ready_load
from loaders.core.errors import PipelineError
from loaders.core.paths import ProjectPaths
from loaders.core.progress import Activity
from loaders.core.terminal import err, out
from loaders.settings.base import Executor
from loaders.settings.params import Dataset, Settings

Datasets = Annotated[list[str] | None, typer.Option(help="The same: --datasets bradbury stowell.", metavar="KEY…")]
Params = Annotated[
    Path | None, typer.Option(help="Settings file; data/ is next to it. By default the project's params.yaml.")
]


@app.command()
def load(key: Key, ahead: Annotated[bool, typer.Option("--ahead", hidden=True)] = False) -> None:
    """Harmonise the fetched files to canonical records, with an account of every row."""
    dataset, settings, paths = open_dataset(key)
    if ahead:
        prepare(dataset, settings, paths)
        return
    metrics = take_ready_load(dataset, settings, paths) or _load(dataset, settings, paths)
    note_loaded(dataset, settings, paths)
    from loaders.harmonise.row_accounting import format_counts, implausible_area_warning

    out.info(f"{dataset.key}: {format_counts(metrics)}")
    if doubt := implausible_area_warning(metrics):
        err.warn(f"{dataset.key}: {doubt}.")
    list_files([paths.loaded(dataset.key)], paths)


def _load(dataset: Dataset, settings: Settings, paths: ProjectPaths) -> dict[str, Any]:
    with paths.timed(dataset.key, "load"), Activity(f"{dataset.key}: loading"):
        from loaders.raw_pv_doi_ingest import load_dataset  # its import is part of the time

        return load_dataset(dataset, settings, paths)


@app.command()
def ingest(
    keys: Keys = None,
    datasets: Datasets = None,
    all_datasets: Annotated[bool, typer.Option("--all", help="Every dataset in the settings.")] = False,
    database: Annotated[Path | None, typer.Option(help="DuckDB file to write to.")] = None,
    geoparquet: Annotated[bool, typer.Option(help="Also write data/<origin>/loaded/<key>.parquet.")] = True,
    max_mb: Annotated[float | None, typer.Option(help="Largest single file to download [MB].")] = None,
    cache: Annotated[bool, typer.Option(help="Use the download cache of this user.")] = True,
    force_download: Annotated[bool, typer.Option("--force-download", help="Download again what is there.")] = False,
    sequential: Annotated[bool, typer.Option("--sequential", help="One dataset at a time.")] = False,
    executor: Annotated[Executor | None, typer.Option(help="Who works on several at a time.")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler: tcp://host:8786.")] = None,
    params: Params = None,
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
        _list_tables(error.tables)
        raise
    _list_tables(stored)


def _list_tables(stored: Mapping[str, str]) -> None:
    for key, table in stored.items():
        out.info(f"{key}: {table}")
