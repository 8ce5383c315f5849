"""Run the graph of the DOI datasets: over one dataset, as a DVC stage does, or over all of them."""

import gc
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
from hamilton import driver
from hamilton.execution.executors import SynchronousLocalTaskExecutor, TaskExecutor
from hamilton.lifecycle.base import LifecycleAdapter
from rich.progress import BarColumn, MofNCompleteColumn, TimeElapsedColumn

from loaders.acquire.download_cache import DownloadCache
from loaders.acquire.downloader import Downloader
from loaders.acquire.fetch import prefetch
from loaders.core.errors import PipelineError
from loaders.core.paths import ProjectPaths
from loaders.core.progress_bars import progress
from loaders.db.database import Database
from loaders.execution.executors import workers
from loaders.execution.failed_branch import FailedBranch, FailuresAsValues
from loaders.harmonise.load_result import LoadResult, put_in_place
from loaders.lineage.emit import hamilton_adapters, pipeline_events
from loaders.lineage.steps import doi_steps, load_steps
from loaders.pipelines import PIPELINES
from loaders.settings.base import Executor
from loaders.settings.params import Dataset, Settings
from loaders.settings.project import read_project
from loaders.tables import DOI_DATASETS

RARE_COLLECTION = 100_000  # new objects; by default 700
# it reports every exception that it also raises
logging.getLogger("hamilton").setLevel(logging.CRITICAL)


def inputs(
    params: Path | str | None = None,
    datasets: tuple[str, ...] | list[str] = (),
    database_path: Path | str | None = None,
    export_geoparquet: bool = True,
) -> dict[str, Any]:
    """What the nodes of the graph need, for a Hamilton driver of one's own.

    Args:
        params: the settings; by default the `params.yaml` of the project around the working directory.
        datasets: keys or aliases; by default all of them.
        database_path: the DuckDB file; by default `data/<origin>/eo_pv_data.duckdb`, or the DuckLake of the settings.
        export_geoparquet: also write `data/<origin>/loaded/<key>.parquet`.

    Returns:
        The inputs by name:
        `settings` (`Settings`), `paths` (`ProjectPaths`), `dataset_names` (`list[str]`), `h3_resolution` (`int`),
        `database` (`Database`), `downloads` (`Downloader`), `export_geoparquet` (`bool`).
    """
    settings, paths = read_project(params)
    database = Database(settings, paths, Path(database_path) if database_path else None)
    given = _inputs(settings, paths, settings.select_datasets(datasets), database, export_geoparquet)
    return given | {"downloads": Downloader(settings)}


def load_dataset(dataset: Dataset, settings: Settings, paths: ProjectPaths) -> dict[str, Any]:
    """Load the files of one dataset that `fetch` has brought: what the DVC stage `load@<key>` runs.

    Returns:
        The accounting.

    Raises:
        EoPvError: the files cannot be read as the settings say, or records are missing.
    """
    with rare_collections(), pipeline_events("load", paths, partial(load_steps, dataset, paths)) as run:
        graph = _graph(SynchronousLocalTaskExecutor(), *hamilton_adapters("load", paths, run))
        loaded: LoadResult = graph.execute(
            ["dataset_arrow_table"],
            inputs={"paths": paths, "h3_resolution": settings.h3_resolution},
            overrides={"target_datasets": dataset, "dataset_download_path": paths.raw(dataset.key)},
        )["dataset_arrow_table"]
        put_in_place(loaded, paths)
    shutil.rmtree(loaded.folder)
    return loaded.metrics


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let Python look for reference cycles seldom: a batch makes many objects, all of which go without that."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(RARE_COLLECTION, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def run_doi_pipeline(  # noqa: PLR0913 (each is an option of the documented interface)
    database_path: Path | str | None = None,
    export_geoparquet: bool = True,
    use_parallel: bool = True,
    use_cache: bool = True,
    force_download: bool = False,
    max_mb: float | None = None,
    datasets: tuple[str, ...] | list[str] = (),
    params: Path | str | None = None,
    executor: Executor | None = None,
    scheduler: str | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> dict[str, str]:
    """Load datasets from their sources into the warehouse.

    Args:
        database_path: the DuckDB file; by default `data/<origin>/eo_pv_data.duckdb`, or the DuckLake of the settings.
        export_geoparquet: also write `data/<origin>/loaded/<key>.parquet`.
        use_parallel: several datasets at a time.
        use_cache: look for files in the user's download cache, and keep there what is downloaded.
        force_download: download again whatever is there.
        max_mb: largest single file that may be downloaded [MB], of any dataset; by default what the settings say,
            250. Bundled samples and your own files are not downloaded.
        datasets: keys or aliases; by default all of them.
        params: the settings; by default the `params.yaml` of the project around the working directory.
        executor: who works on several datasets at a time: `threads`, `processes` or `dask`; by default what the
            settings say. A script that asks for processes needs `if __name__ == "__main__":`.
        scheduler: address of a Dask scheduler whose workers see the same folders; by default what Dask's own settings
            say, else a cluster on this machine.
        connection: to the warehouse, where it is open already.

    Returns:
        The table of each dataset.

    Raises:
        PipelineError: some datasets failed; it says why, and the others are stored.
        EoPvError: a dataset that was asked for alone failed; or the settings, the warehouse or the scheduler cannot
            be used.
    """
    settings, paths = read_project(params)
    if max_mb is not None:
        settings = settings.with_limit(max_mb)
    chosen = settings.select_datasets(datasets)
    database = Database(settings, paths, Path(database_path) if database_path else None, connection)
    given = _inputs(settings, paths, chosen, database, export_geoparquet)
    kind = (executor or settings.executor) if use_parallel else None
    told = partial(doi_steps, settings, chosen, paths, database.lineage_name, export_geoparquet)
    with (
        pipeline_events(DOI_DATASETS, paths, told) as run,
        _downloads(settings, paths, use_cache=use_cache, force=force_download) as downloads,
        _shown(len(chosen)) as advance,
        workers(kind, scheduler, advance) as remote,
    ):
        given["downloads"] = _brought(downloads, chosen, paths) if kind in {"processes", "dask"} else downloads
        graph = _graph(remote, FailuresAsValues(), *hamilton_adapters(DOI_DATASETS, paths, run))
        with downloads.bars:
            made = graph.execute(["collected_arrow_tables", "store_individual_datasets"], inputs=given)
        stored: dict[str, str] = made["store_individual_datasets"]
        _require_all([each for each in made["collected_arrow_tables"] if isinstance(each, FailedBranch)], stored)
    return stored


def _inputs(
    settings: Settings, paths: ProjectPaths, chosen: list[Dataset], database: Database, export_geoparquet: bool
) -> dict[str, Any]:
    return {
        "settings": settings,
        "dataset_names": [dataset.key for dataset in chosen],
        "paths": paths,
        "h3_resolution": settings.h3_resolution,
        "database": database,
        "export_geoparquet": export_geoparquet,
    }


def _require_all(failed: list[FailedBranch], stored: dict[str, str]) -> None:
    """Raise what failed: by itself, if nothing else was asked for, or if it is the same for all."""
    if failed and not stored and len({str(each.error) for each in failed}) == 1:
        raise failed[0].error
    if failed:
        raise PipelineError({each.key: each.error for each in failed}, stored)


@contextmanager
def _downloads(settings: Settings, paths: ProjectPaths, *, use_cache: bool, force: bool) -> Iterator[Downloader]:
    """What brings the files; without a cache, what it has brought goes with it."""
    cache = None if use_cache else DownloadCache(paths.scratch("cache"))
    downloads = Downloader(settings, cache, force=force)
    try:
        yield downloads
    finally:
        if not use_cache:
            shutil.rmtree(downloads.cache.root, ignore_errors=True)


def _brought(downloads: Downloader, chosen: list[Dataset], paths: ProjectPaths) -> Downloader:
    """Bring the files before others work on them: how many ask a host at a time is counted in one process only.

    What cannot be brought is asked for once more by whoever works on the dataset, and then is its error.
    """
    downloads.for_each(chosen, lambda dataset: prefetch(dataset, paths, downloads))
    return Downloader(downloads.settings, downloads.cache)


@contextmanager
def _shown(total: int) -> Iterator[Any]:
    """A bar of the datasets that are done."""
    with progress(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()) as bar:
        task = bar.add_task("datasets", total=total)
        yield lambda: bar.advance(task)


def _graph(remote: TaskExecutor, *adapters: LifecycleAdapter) -> driver.Driver:
    """The graph, and who works on its branches; that is said here and nowhere else."""
    return (
        driver.Builder()
        .with_modules(import_module(PIPELINES[DOI_DATASETS].graph.module))
        .enable_dynamic_execution(allow_experimental_mode=True)
        .with_local_executor(SynchronousLocalTaskExecutor())
        .with_remote_executor(remote)
        .with_adapters(*adapters)
        .build()
    )
