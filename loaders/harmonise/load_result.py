"""Result of loading a dataset, and its move from the scratch folder into place."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.core.files import write_json
from loaders.core.paths import ProjectPaths
from loaders.harmonise.row_accounting import read_accounting


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The files of a loaded dataset.

    Attributes:
        key: of the dataset.
        folder: scratch folder of the load, which may be deleted afterwards.
        records: GeoParquet with the canonical records.
        rejected: Parquet with the rejected records and their reasons.
        metrics: the row accounting.
    """

    key: str
    folder: Path
    records: Path
    rejected: Path
    metrics: dict[str, Any]


def put_in_place(result: LoadResult, paths: ProjectPaths) -> None:
    """Move the files of a load to their final paths; the scratch folder remains."""
    paths.loaded(result.key).parent.mkdir(parents=True, exist_ok=True)
    result.rejected.replace(paths.rejected(result.key))
    result.records.replace(paths.loaded(result.key))
    write_json(result.metrics, paths.metrics(result.key))


def stored_load_result(key: str, paths: ProjectPaths) -> LoadResult:
    """The result of an earlier load, at its final paths."""
    metrics = read_accounting(paths.metrics(key))
    return LoadResult(key, paths.scratch(f"load-{key}"), paths.loaded(key), paths.rejected(key), metrics)
