"""The DOI datasets as a Hamilton graph: one branch a dataset, from its source to its table.

The same functions serve one dataset at a time (a DVC stage overrides `target_datasets` with the one it is for) and
all of them together (`run_doi_pipeline`). They do not know who runs them.
"""

import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import geopandas as gpd
from hamilton.function_modifiers import tag
from hamilton.htypes import Collect, Parallelizable

from loaders.catalog import Catalog, Dataset
from loaders.contract import Provenance
from loaders.downloads import Downloads
from loaders.duck import connect
from loaders.fetch import fetch
from loaders.harmonise import harmonise
from loaders.loading import Loaded, put_in_place, write_aside
from loaders.locks import read_lock
from loaders.reading import read_published
from loaders.resolve import resolve
from loaders.store import write_raw_data
from loaders.wanted import SourceFile, wanted_files
from loaders.workspace import Workspace


@tag(data_source="doi", processing_stage="metadata", data_type="settings")
def dataset_metadata(catalog: Catalog, dataset_names: list[str]) -> dict[str, Dataset]:
    """The datasets asked for, by key; names may be keys or aliases."""
    chosen = [catalog.dataset(name) for name in dataset_names]
    return {dataset.key: dataset for dataset in chosen}


@tag(data_source="doi", processing_stage="metadata", data_type="settings")
def target_datasets(dataset_metadata: dict[str, Dataset]) -> Parallelizable[Dataset]:
    """One branch for each dataset."""
    yield from dataset_metadata.values()


@tag(data_source="doi", processing_stage="fetch", data_type="folder")
def dataset_download_path(target_datasets: Dataset, workspace: Workspace, downloads: Downloads) -> Path:
    """The folder with the published files, each verified against the lock."""
    lock = resolve(target_datasets, workspace, downloads.web)
    return fetch(target_datasets, lock, workspace, downloads)


@tag(data_source="doi", processing_stage="load", data_type="files")
def dataset_geospatial_files(dataset_download_path: Path, target_datasets: Dataset) -> list[SourceFile]:
    """The files to load, by themselves or inside archives, sorted by name."""
    return wanted_files(dataset_download_path, target_datasets.source, target_datasets.key)


@tag(data_source="doi", processing_stage="load", data_type="geodataframe")
def dataset_processed_gdf(
    dataset_geospatial_files: list[SourceFile], target_datasets: Dataset, workspace: Workspace, h3_resolution: int
) -> Iterator[gpd.GeoDataFrame]:
    """Canonical records in EPSG:4326, a batch at a time; `reason` says why a row cannot be used."""
    dataset = target_datasets
    lock = read_lock(workspace.lock(dataset.key))
    batches = (read_published(file, dataset.read, dataset.key) for file in dataset_geospatial_files)
    provenance = Provenance(lock.doi or dataset.source.doi, lock.is_synthetic)
    return harmonise(chain.from_iterable(batches), dataset, provenance, h3_resolution)


@tag(data_source="doi", processing_stage="load", data_type="arrow")
def dataset_arrow_table(
    dataset_processed_gdf: Iterator[gpd.GeoDataFrame], target_datasets: Dataset, workspace: Workspace
) -> Loaded:
    """The records as Parquet, which is Arrow on the disk: kept, rejected, and counted."""
    return write_aside(dataset_processed_gdf, target_datasets, workspace.scratch(f"load-{target_datasets.key}"))


@tag(data_source="doi", processing_stage="store", data_type="arrow")
def collected_arrow_tables(dataset_arrow_table: Collect[Loaded]) -> list[Loaded]:
    """The records of all datasets."""
    return list(dataset_arrow_table)


@tag(data_source="doi", processing_stage="store", data_type="tables")
def store_individual_datasets(
    collected_arrow_tables: list[Loaded],
    catalog: Catalog,
    workspace: Workspace,
    database_path: Path,
    export_geoparquet: bool,
) -> dict[str, str]:
    """Write each dataset to `raw_data.<key>` and, on request, to `loaded/<key>.parquet`; dataset to table."""
    database_path.parent.mkdir(parents=True, exist_ok=True)
    metrics = {loaded.key: loaded.metrics for loaded in collected_arrow_tables}
    with connect(database_path) as connection:
        records = {loaded.key: loaded.records for loaded in collected_arrow_tables}
        stored = write_raw_data(connection, records, metrics, list(catalog.datasets))
    for loaded in collected_arrow_tables:
        if export_geoparquet:
            put_in_place(loaded, workspace)
        shutil.rmtree(loaded.folder)
    return stored
