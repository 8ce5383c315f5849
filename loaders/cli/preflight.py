"""Preflight checks of the project and of each dataset, before any step runs."""

import codecs
import json
import os
from collections.abc import Callable, Iterable, Iterator

from loaders.acquire.publishers import local
from loaders.core.errors import EoPvError, ReadError, SettingsError, SourceError
from loaders.core.paths import ProjectPaths
from loaders.irradiance.api_keys import REQUIRED_KEYS, require_api_keys
from loaders.settings.params import Dataset, Settings


def all_errors(
    settings: Settings, paths: ProjectPaths, keys: Iterable[str] | None = None
) -> list[tuple[str | None, EoPvError]]:
    """Errors that a run will meet, each with the dataset whose steps alone fail; null if there would be no table.

    Args:
        settings: of the project.
        paths: its files.
        keys: the datasets to check; by default all.
    """
    errors: list[tuple[str | None, EoPvError]] = [
        (key, error)
        for key in (settings.datasets if keys is None else keys)
        for error in preflight_errors(settings.datasets[key], paths)
    ]
    return errors + [(None, error) for error in project_errors(settings, paths)]


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


def project_errors(settings: Settings, paths: ProjectPaths) -> Iterator[EoPvError]:
    """Errors of steps that all datasets share, without which there is no table."""
    checks: tuple[Callable[[Settings, ProjectPaths], None], ...] = (
        _require_origin,
        _require_lake,
        _require_provider,
        _require_boundaries,
    )
    for check in checks:
        try:
            check(settings, paths)
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
    from loaders.harmonise.readers.crs import declared_crs

    crs = declared_crs(dataset.read, dataset.key)
    if crs is not None and not (crs.is_geographic or crs.is_projected):
        raise ReadError(
            f"{dataset.key}: datasets.{dataset.key}.read.crs in params.yaml is {dataset.read.crs!r} ({crs.name}): "
            "it has no positions on Earth. Expected, say, EPSG:4326 (degrees) or EPSG:32632 (UTM zone 32 north)."
        )


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


def _require_origin(settings: Settings, paths: ProjectPaths) -> None:
    """The paths in dvc.yaml contain the origin, and DVC knows no default of it."""
    if "origin" not in settings.model_fields_set and (paths.root / "dvc.yaml").exists():
        raise SettingsError("params.yaml has no `origin`, which DVC needs. Add the line `origin: sample` (or doi).")


def _require_lake(settings: Settings, _: ProjectPaths) -> None:
    """The environment variables that name the catalogue of a DuckLake."""
    if settings.warehouse == "ducklake":
        from loaders.db.ducklake import require_catalogue_variables

        require_catalogue_variables(settings.ducklake)


def _require_provider(settings: Settings, paths: ProjectPaths) -> None:
    """The keys of the provider, unless its answers are here already."""
    provider = settings.irradiance.provider
    if provider in REQUIRED_KEYS and _irradiance_provider(paths) != provider:
        try:
            require_api_keys(provider, os.environ)
        except EoPvError as error:
            raise SourceError(f"irradiance: {error} Or write `irradiance: {{provider: clearsky}}`.") from error


def _irradiance_provider(paths: ProjectPaths) -> str | None:
    """The provider of the irradiance that is here; null without any."""
    if not paths.irradiance.exists():
        return None
    import pyarrow.parquet as pq

    providers: list[str] = pq.read_table(paths.irradiance, columns=["provider"])["provider"].unique().to_pylist()
    return providers[0] if providers else None


def _require_boundaries(settings: Settings, paths: ProjectPaths) -> None:
    if settings.boundary_source != "overture":
        return
    from loaders.boundaries.overture.resolve import require_release
    from loaders.http.client import HttpClient

    require_release(settings.boundaries.below(paths.root), paths, HttpClient(settings.download))
