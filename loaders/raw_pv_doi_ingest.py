"""The DOI datasets as a Hamilton graph: one branch a dataset, from its source to its table.

The same functions serve one dataset at a time (a DVC stage overrides `target_datasets` with the one it is for) and
all of them together (`run_doi_pipeline`). They do not know who runs them.

`python -m loaders.raw_pv_doi_ingest` runs the pipeline. A driver of one's own takes its inputs from `inputs`, and needs
`enable_dynamic_execution`: datasets are branches. The records of a dataset are an iterator of frames
(`dataset_processed_gdf`) and Parquet on the disk (`dataset_arrow_table`), so that one larger than the memory can be
loaded.
"""

import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import geopandas as gpd
from hamilton.htypes import Collect, Parallelizable

from loaders.acquire.downloader import Downloader
from loaders.acquire.fetch import fetch
from loaders.acquire.lock import read_lock
from loaders.acquire.resolve import resolve
from loaders.contract import Provenance
from loaders.core.node_tags import node
from loaders.core.paths import ProjectPaths
from loaders.core.script import run_as_script
from loaders.db.database import Database
from loaders.doi_datasets import inputs, load_dataset, run_doi_pipeline
from loaders.harmonise.batches import harmonise
from loaders.harmonise.fingerprint import made_from
from loaders.harmonise.load_result import LoadResult, put_in_place
from loaders.harmonise.readers.published_file import read_published
from loaders.harmonise.write import write_load_result
from loaders.settings.file_selection import SourceFile, select_files
from loaders.settings.params import Dataset, Settings
from loaders.warehouse.raw_tables import write_doi_data

__all__ = [
    "collected_arrow_tables",
    "dataset_arrow_table",
    "dataset_download_path",
    "dataset_geospatial_files",
    "dataset_metadata",
    "dataset_processed_gdf",
    "inputs",
    "load_dataset",
    "run_doi_pipeline",
    "store_individual_datasets",
    "target_datasets",
]


@node(data_source="doi", processing_stage="metadata", data_type="settings", node_type="source")
def dataset_metadata(settings: Settings, dataset_names: list[str]) -> dict[str, Dataset]:
    """The datasets asked for, by key; names may be keys or aliases."""
    return {dataset.key: dataset for dataset in settings.select_datasets(dataset_names)}


@node(data_source="doi", processing_stage="metadata", data_type="settings")
def target_datasets(dataset_metadata: dict[str, Dataset]) -> Parallelizable[Dataset]:
    """One branch for each dataset."""
    yield from dataset_metadata.values()


@node(data_source="doi", processing_stage="fetch", data_type="folder", io_operation="download")
def dataset_download_path(target_datasets: Dataset, paths: ProjectPaths, downloads: Downloader) -> Path:
    """The folder with the published files, each verified against the lock."""
    lock = resolve(target_datasets, paths, downloads.client)
    return fetch(target_datasets, lock, paths, downloads)


@node(data_source="doi", processing_stage="load", data_type="files", io_operation="read")
def dataset_geospatial_files(dataset_download_path: Path, target_datasets: Dataset) -> list[SourceFile]:
    """The files to load, by themselves or inside archives, sorted by name."""
    return select_files(dataset_download_path, target_datasets.source, target_datasets.key)


@node(data_source="doi", processing_stage="load", data_type="geodataframe", io_operation="read")
def dataset_processed_gdf(
    dataset_geospatial_files: list[SourceFile], target_datasets: Dataset, paths: ProjectPaths, h3_resolution: int
) -> Iterator[gpd.GeoDataFrame]:
    """Canonical records in EPSG:4326, a batch at a time; `reason` says why a row cannot be used."""
    dataset = target_datasets
    lock = read_lock(paths.lock(dataset.key))
    batches = (read_published(file, dataset.read, dataset.key) for file in dataset_geospatial_files)
    provenance = Provenance(lock.doi or dataset.source.doi, lock.is_synthetic)
    return harmonise(chain.from_iterable(batches), dataset, provenance, h3_resolution)


@node(data_source="doi", processing_stage="load", data_type="arrow", io_operation="write", node_type="transform")
def dataset_arrow_table(
    dataset_processed_gdf: Iterator[gpd.GeoDataFrame],
    target_datasets: Dataset,
    paths: ProjectPaths,
    h3_resolution: int,
) -> LoadResult:
    """The records as Parquet, which is Arrow on the disk: kept, rejected, and counted."""
    folder = paths.scratch(f"load-{target_datasets.key}")
    loaded = write_load_result(dataset_processed_gdf, target_datasets, folder)
    loaded.metrics["made_from"] = made_from(target_datasets, h3_resolution, paths)
    return loaded


@node(data_source="doi", processing_stage="store", data_type="arrow")
def collected_arrow_tables(dataset_arrow_table: Collect[LoadResult]) -> list[LoadResult]:
    """What became of all datasets: `FailedBranch` stands where one could not be loaded."""
    return list(dataset_arrow_table)


@node(data_source="doi", processing_stage="store", data_type="tables", io_operation="write")
def store_individual_datasets(
    collected_arrow_tables: list[LoadResult],
    settings: Settings,
    paths: ProjectPaths,
    database: Database,
    export_geoparquet: bool,
) -> dict[str, str]:
    """Write each dataset to `raw_data.<key>` and, on request, to `loaded/<key>.parquet`; dataset to table."""
    all_loaded = [each for each in collected_arrow_tables if isinstance(each, LoadResult)]
    stored = {}
    if all_loaded:
        with database.opened() as connection:
            stored = write_doi_data(connection, all_loaded, settings, paths)
    for loaded in all_loaded:
        if export_geoparquet:
            put_in_place(loaded, paths)
        shutil.rmtree(loaded.folder)
    return stored


if __name__ == "__main__":
    run_as_script(run_doi_pipeline)
