"""Preflight checks of a dataset, before any of its steps runs."""

import codecs
import json
from collections.abc import Callable, Iterator

from loaders.acquire.publishers import local
from loaders.core.errors import EoPvError, ReadError
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Dataset, Settings


def preflight_errors(dataset: Dataset, paths: ProjectPaths) -> Iterator[EoPvError]:
    """Errors that steps of a dataset will run into: a missing file, or an invalid setting."""
    checks: tuple[Callable[[Dataset, ProjectPaths], None], ...] = (
        _require_file,
        _require_crs,
        _require_encoding,
        _require_dates,
    )
    for check in checks:
        try:
            check(dataset, paths)
        except EoPvError as error:
            yield error


def missing_column_warnings(settings: Settings, paths: ProjectPaths) -> Iterator[tuple[str, str]]:
    """Each dataset whose last load missed columns of the settings, with a warning."""
    loaded = (key for key in settings.datasets if paths.metrics(key).exists())
    for key in loaded:
        metrics = json.loads(paths.metrics(key).read_text(encoding="utf-8"))
        yield from ((key, warning) for warning in metrics.get("missing_columns", ()))


def _require_file(dataset: Dataset, paths: ProjectPaths) -> None:
    if local.is_local(dataset, paths):
        local.source_path(dataset, paths)


def _require_crs(dataset: Dataset, _: ProjectPaths) -> None:
    if dataset.read.crs is None:
        return
    from loaders.harmonise.readers.published_file import declared_crs

    declared_crs(dataset.read, dataset.key)


def _require_encoding(dataset: Dataset, _: ProjectPaths) -> None:
    encoding, setting = dataset.read.encoding, f"datasets.{dataset.key}.read.encoding"
    try:
        codecs.lookup(encoding or "utf-8")
    except (LookupError, ValueError) as error:  # ValueError: a NUL in the name
        raise ReadError(
            f"{dataset.key}: {setting} in params.yaml is {encoding!r}, which is no encoding. Expected, say, cp1252."
        ) from error


def _require_dates(dataset: Dataset, _: ProjectPaths) -> None:
    from loaders.harmonise.values.date_intervals import date_format

    if dataset.columns.installed:
        date_format(dataset.columns.installed.pattern, dataset.key)
