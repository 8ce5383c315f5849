"""Run summary: the figures of each dataset, for the terminal, the report and programs."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from loaders.acquire.lock import read_lock
from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.harmonise.row_accounting import implausible_area_warning, read_accounting
from loaders.settings.licences import disagreement
from loaders.settings.params import Dataset, Settings
from loaders.warehouse.build_metrics import BuildMetrics

UNVERIFIED = " ?"
JOINT_STEPS = ("boundaries", "irradiance", "build")
BUILD_FIGURES = ("installations", "only_here", "area_km2", "capacity_mw", "flagged")  # those that replace the load's


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """Counts of one dataset, or of all; area in km², capacity in MW, null where nothing is stated.

    Of records that licences.allow does not list, only the numbers in `read`, `kept`, `rejected` and `not_allowed`.
    """

    name: str
    read: int
    kept: int
    rejected: int
    area_km2: float | None
    capacity_mw: float | None
    licence: str = ""
    seconds: float | None = None
    is_synthetic: bool = False
    licence_doubt: str | None = None
    area_doubt: str | None = None
    flagged: int | None = 0
    installations: int | None = None
    only_here: int | None = None
    missing_columns: tuple[str, ...] = ()
    alias: str | None = None
    not_allowed: int = 0
    is_missing: bool = False

    @property
    def label(self) -> str:
        """Its short name; of a dataset that the tables were built without, with a remark."""
        return f"{self.alias or self.name}{' (missing)' * self.is_missing}"


def summarise(settings: Settings, paths: ProjectPaths) -> list[DatasetSummary]:
    """Summarise each dataset, in the order of the settings.

    Raises:
        BuildError: a dataset is not loaded, or nothing is built.
    """
    missing = missing_datasets(read_figures(paths)) if paths.build_metrics.exists() else {}
    rows = [
        _missing_row(dataset) if key in missing else _summary(dataset, paths, _read_metrics(key, paths))
        for key, dataset in settings.datasets.items()
    ]
    figures = read_figures(paths)
    return [_with_build_figures(row, figures) for row in rows]


def missing_datasets(figures: BuildMetrics) -> dict[str, str]:
    """The datasets that failed, and that the tables were built without, each with the reason."""
    missing: dict[str, str] = figures.get("missing_datasets", {})
    return missing


def _missing_row(dataset: Dataset) -> DatasetSummary:
    return DatasetSummary(dataset.key, 0, 0, 0, None, None, alias=dataset.alias, is_missing=True)


def read_figures(paths: ProjectPaths) -> BuildMetrics:
    """The figures of the last build.

    Raises:
        BuildError: nothing is built yet, or an older version built it.
    """
    try:
        figures: BuildMetrics = json.loads(paths.build_metrics.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BuildError("Nothing is built yet. Run `make all`.") from error
    if "high_confidence" not in figures:
        raise BuildError(f"{paths.build_metrics}: an older version of eo-pv built the tables. Run `make all`.")
    return figures


def total(rows: list[DatasetSummary]) -> DatasetSummary:
    """Totals over all datasets; an installation in several datasets counts in each."""
    return DatasetSummary(
        name="all records",
        read=sum(row.read for row in rows),
        kept=sum(row.kept for row in rows),
        rejected=sum(row.rejected for row in rows),
        flagged=sum(row.flagged or 0 for row in rows),
        area_km2=_sum(row.area_km2 for row in rows),
        capacity_mw=_sum(row.capacity_mw for row in rows),
        seconds=_sum(row.seconds for row in rows),
        not_allowed=sum(row.not_allowed for row in rows),
    )


def joint_seconds(paths: ProjectPaths) -> dict[str, float]:
    """How long the steps took that work on all datasets together [s], as far as they have run."""
    seconds = {name: sum(paths.step_seconds(name).values()) for name in JOINT_STEPS}
    return {name: each for name, each in seconds.items() if each}


def format_record_counts(records_by_licence: Mapping[str, int]) -> str:
    """Licences with their number of records, the most frequent first."""
    by_count = sorted(records_by_licence.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{licence} ({records:,})" for licence, records in by_count)


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _read_metrics(key: str, paths: ProjectPaths) -> dict[str, Any]:
    try:
        return read_accounting(paths.metrics(key))
    except FileNotFoundError as error:
        raise BuildError(f"{key}: not loaded yet. Run `make all`.") from error


def _with_build_figures(row: DatasetSummary, figures: BuildMetrics) -> DatasetSummary:
    """Add the build's figures of a dataset; of records whose licence is not allowed, tell nothing but their number."""
    licences = figures.get("licences", {}).get(row.name, {})
    if len(licences) > 1:
        row = replace(row, licence=format_record_counts(licences) + UNVERIFIED * row.licence.endswith(UNVERIFIED))
    if left_out := figures["left_out"].get(row.name):
        not_allowed = sum(each["records"] for each in left_out.values())
        row = replace(row, area_km2=None, capacity_mw=None, area_doubt=None, flagged=None, not_allowed=not_allowed)
        row = row if licences else replace(row, licence_doubt=None, missing_columns=())
    known: Mapping[str, Any] = figures["datasets"].get(row.name, {})
    return replace(row, **{name: known[name] for name in BUILD_FIGURES if name in known})


def _summary(dataset: Dataset, paths: ProjectPaths, metrics: dict[str, Any]) -> DatasetSummary:
    seconds = paths.step_seconds(dataset.key)
    lock = read_lock(paths.lock(dataset.key))
    return DatasetSummary(
        name=dataset.key,
        read=metrics["records"]["read"],
        kept=metrics["records"]["kept"],
        rejected=metrics["records"]["rejected"],
        flagged=metrics["records"]["flagged"],
        area_km2=metrics["area_km2"],
        capacity_mw=metrics["capacity_mw"],
        licence=f"{dataset.licence.text}{'' if dataset.licence_verified else UNVERIFIED}",
        seconds=sum(seconds.values()) if seconds else None,
        is_synthetic=metrics.get("is_synthetic", lock.is_synthetic),
        licence_doubt=disagreement(dataset.licence.of_other_records, lock.record.licence) if lock.record else None,
        area_doubt=implausible_area_warning(metrics),
        missing_columns=tuple(metrics.get("missing_columns", ())),
        alias=dataset.alias,
    )
