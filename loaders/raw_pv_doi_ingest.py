"""Run the graph of the DOI datasets: over one dataset, as a DVC stage does, or over all of them."""

import logging
import shutil
from pathlib import Path
from typing import Any

from hamilton import driver
from hamilton.execution.executors import MultiThreadingExecutor, SynchronousLocalTaskExecutor

from loaders import doi_datasets
from loaders.cache import Cache
from loaders.catalog import Catalog, Dataset, read_catalog
from loaders.downloads import Downloads
from loaders.loading import Loaded, put_in_place
from loaders.workspace import Workspace, find_root

MAX_WORKERS = 4

# it reports every exception that it also raises
logging.getLogger("hamilton").setLevel(logging.CRITICAL)


def load_dataset(dataset: Dataset, catalog: Catalog, workspace: Workspace) -> dict[str, Any]:
    """Load the files of one dataset that `fetch` has brought: what the DVC stage `load@<key>` runs.

    Returns:
        The accounting.

    Raises:
        EoPvError: the files cannot be read as the settings say, or records are missing.
    """
    loaded: Loaded = _execute(
        "dataset_arrow_table",
        inputs={"workspace": workspace, "h3_resolution": catalog.h3_resolution},
        overrides={"target_datasets": dataset, "dataset_download_path": workspace.raw(dataset.key)},
    )
    put_in_place(loaded, workspace)
    shutil.rmtree(loaded.folder)
    return loaded.metrics


def run_doi_pipeline(  # noqa: PLR0913 (each is an option of the documented interface)
    database_path: Path | str | None = None,
    export_geoparquet: bool = True,
    use_parallel: bool = True,
    use_cache: bool = True,
    force_download: bool = False,
    max_mb: float | None = None,
    datasets: tuple[str, ...] | list[str] = (),
    params: Path | str | None = None,
) -> dict[str, str]:
    """Load datasets from their sources into the warehouse.

    Args:
        database_path: the DuckDB file; by default `data/<origin>/eo_pv_data.duckdb`.
        export_geoparquet: also write `data/<origin>/loaded/<key>.parquet`.
        use_parallel: several datasets at a time, in threads.
        use_cache: look for files in the user's download cache, and keep there what is downloaded.
        force_download: download again whatever is there.
        max_mb: largest single file that may be downloaded [MB], of any dataset; by default what the settings say,
            250. Bundled samples and your own files are not downloaded.
        datasets: keys or aliases; by default all of them.
        params: the settings; by default the `params.yaml` of the project around the working directory.

    Returns:
        The table of each dataset.

    Raises:
        EoPvError: the first dataset that failed; nothing is stored then.
    """
    settings = Path(params).resolve() if params else find_root() / "params.yaml"
    catalog = read_catalog(settings)
    if max_mb is not None:
        catalog = catalog.with_limit(max_mb)
    workspace = Workspace(settings.parent, catalog.origin)
    cache = None if use_cache else Cache(workspace.scratch("cache"))
    downloads = Downloads(catalog, cache, force=force_download)
    inputs = {
        "catalog": catalog,
        "dataset_names": list(datasets) or list(catalog.datasets),
        "workspace": workspace,
        "downloads": downloads,
        "h3_resolution": catalog.h3_resolution,
        "database_path": Path(database_path) if database_path else workspace.database,
        "export_geoparquet": export_geoparquet,
    }
    try:
        with downloads.bars:
            stored: dict[str, str] = _execute("store_individual_datasets", inputs=inputs, use_parallel=use_parallel)
    finally:
        if not use_cache:
            shutil.rmtree(downloads.cache.root, ignore_errors=True)
    return stored


def _execute(
    node: str, *, inputs: dict[str, Any], overrides: dict[str, Any] | None = None, use_parallel: bool = False
) -> Any:
    """Run the graph up to a node; the executor is chosen here and nowhere else."""
    remote = MultiThreadingExecutor(max_tasks=MAX_WORKERS) if use_parallel else SynchronousLocalTaskExecutor()
    graph = (
        driver.Builder()
        .with_modules(doi_datasets)
        .enable_dynamic_execution(allow_experimental_mode=True)
        .with_local_executor(SynchronousLocalTaskExecutor())
        .with_remote_executor(remote)
        .build()
    )
    return graph.execute([node], inputs=inputs, overrides=overrides or {})[node]
