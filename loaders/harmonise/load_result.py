"""A dataset that has been loaded."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.core.files import write_json
from loaders.core.paths import ProjectPaths
from loaders.harmonise.row_accounting import read_accounting


@dataclass(frozen=True, slots=True)
class LoadResult:
    """A dataset that has been loaded, and waits beside its place.

    Attributes:
        key: of the dataset.
        folder: what is written aside for it; nothing of it is needed later.
        records: GeoParquet with the canonical records.
        rejected: Parquet with those that cannot be used, each with its reason.
        metrics: the accounting.
    """

    key: str
    folder: Path
    records: Path
    rejected: Path
    metrics: dict[str, Any]


def put_in_place(result: LoadResult, paths: ProjectPaths) -> None:
    """Rename what a load has written to where it belongs; only the folder is left."""
    paths.loaded(result.key).parent.mkdir(parents=True, exist_ok=True)
    result.rejected.replace(paths.rejected(result.key))
    result.records.replace(paths.loaded(result.key))
    write_json(result.metrics, paths.metrics(result.key))


def stored_load_result(key: str, paths: ProjectPaths) -> LoadResult:
    """A dataset as its load has left it in its place."""
    metrics = read_accounting(paths.metrics(key))
    return LoadResult(key, paths.scratch(f"load-{key}"), paths.loaded(key), paths.rejected(key), metrics)
