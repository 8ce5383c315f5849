"""Row accounting: read = kept + rejected, with a reason for each rejection."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from loaders.core.errors import AccountingError
from loaders.core.escape import sql_file
from loaders.db.connection import NO_PROGRESS_BAR
from loaders.harmonise.alternatives import missing_column_warning, missing_columns
from loaders.settings.categories import UNKNOWN
from loaders.settings.params import Dataset

# sums of decimals are the same in any order of the rows
TOTALS = """
    select
        count(*) as kept,
        coalesce(bool_or(is_synthetic), false) as is_synthetic,
        round(sum(area_m2::decimal(38, 2))::double / 1e6, 6) as area_km2,
        round(sum(source_area_m2::decimal(38, 2))::double / 1e6, 6) as source_area_km2,
        round(sum(capacity_mw::decimal(38, 6))::double, 6) as capacity_mw,
        count(capacity_mw) as capacity_stated,
        count(*) filter (len(quality_flags) > 0) as flagged,
        count(source_area_m2) filter (area_m2 is not null) as area_stated,
        coalesce(histogram(geometry_kind), map {}) as kinds,
        coalesce(histogram(status), map {}) as statuses,
        coalesce(histogram(technology), map {}) as technologies,
        {
            west: min(centroid_lon),
            south: min(centroid_lat),
            east: max(centroid_lon),
            north: max(centroid_lat)
        } as bbox,
    from read_parquet(?, hive_partitioning = false)
"""
FIRST_ROWS = """
    select source_file, min_by(source_attributes, source_row) as attributes,
    from read_parquet([?, ?], hive_partitioning = false, union_by_name = true)
    group by source_file
    order by source_file
"""


def account(records: Path, rejected: Path, dataset: Dataset) -> dict[str, Any]:
    """Count the records of a dataset.

    Args:
        records: the canonical records, as Parquet.
        rejected: those that cannot be used, as Parquet.
        dataset: its settings.

    Returns:
        Nested numbers, as `dvc metrics` shows them: areas in km², capacity in MW, positions in degrees. A total is
        null where no record states the quantity. `missing_columns` are warnings about alternatives in `columns`.

    Raises:
        AccountingError: no record can be used, or the number of records is not the expected one.
    """
    with duckdb.connect() as connection:
        connection.execute(NO_PROGRESS_BAR)
        reasons = _counts(connection, "reason", rejected)
        totals = _row(connection, TOTALS, records)
        synthetic = totals.pop("is_synthetic")
        kept, flagged, rejected_count = totals.pop("kept"), totals.pop("flagged"), sum(reasons.values())
        by_kind = {name: totals.pop(name) for name in ("kinds", "statuses", "technologies")}
        bbox = totals.pop("bbox")
        _require_expected(kept + rejected_count, dataset, synthetic=bool(synthetic))
        _require_some(kept, reasons, dataset)
        return {
            "records": {"read": kept + rejected_count, "kept": kept, "rejected": rejected_count, "flagged": flagged},
            "rejected": reasons,
            "flags": _counts(connection, "unnest(quality_flags)", records),
            **by_kind,
            **totals,
            "bbox": bbox,
            "is_synthetic": bool(synthetic),
            "missing_columns": _missing_columns(connection, records, rejected, dataset),
        }


def format_counts(metrics: dict[str, Any]) -> str:
    """The record counts in one line."""
    records = metrics["records"]
    parts = [f"{records['read']:,} read, {records['kept']:,} kept"]
    parts += [f"{count:,} rejected ({reason})" for reason, count in metrics["rejected"].items()]
    statuses = metrics.get("statuses", {})
    parts += [f"{count:,} {status}" for status, count in statuses.items() if set(statuses) != {UNKNOWN}]
    parts += [f"{count:,} {flag}" for flag, count in metrics["flags"].items()]
    return ", ".join(parts)


def implausible_area_warning(metrics: dict[str, Any]) -> str | None:
    """A warning where most of a dataset's stated areas disagree with its outlines; else None."""
    disagreeing, stated_areas = metrics["flags"].get("stated_area_disagrees", 0), metrics["area_stated"]
    if disagreeing * 2 <= stated_areas:
        return None
    doubt = "are more than twice, or less than half, what the outlines enclose"
    return f"{disagreeing:,} of {stated_areas:,} stated areas {doubt}"


def _missing_columns(
    connection: duckdb.DuckDBPyConnection, records: Path, rejected: Path, dataset: Dataset
) -> list[str]:
    """Warnings about columns of the settings that a file does not have, next to others that it has."""
    if not missing_columns(dataset.columns, ()):
        return []
    rows = connection.execute(FIRST_ROWS, [sql_file(records), sql_file(rejected)]).fetchall()
    return [
        missing_column_warning(missing, file)
        for file, attributes in rows
        for missing in missing_columns(dataset.columns, tuple(json.loads(attributes)))
    ]


def _counts(connection: duckdb.DuckDBPyConnection, column: str, path: Path) -> dict[str, int]:
    """Number of records by value."""
    values = f"select {column} as value from read_parquet(?, hive_partitioning = false)"  # noqa: S608 (columns of ours)
    query = f"select value, count(*) from ({values}) group by value order by value"  # noqa: S608
    return dict(connection.execute(query, [sql_file(path)]).fetchall())


def _row(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> dict[str, Any]:
    """The only row of a query over a file."""
    result = connection.execute(query, [sql_file(path)])
    (values,) = result.fetchall()
    return dict(zip((column[0] for column in result.description or []), values, strict=True))


def _require_expected(read: int, dataset: Dataset, *, synthetic: bool) -> None:
    expected = dataset.expected_features
    if synthetic or expected is None or read == expected:
        return
    raise AccountingError(
        f"{dataset.key}: expected {expected:,} records, read {read:,}. The publisher changed the file, or part of it "
        f"is missing. If {read:,} is right, accept it: "
        f"`expected_features: {read}` under datasets.{dataset.key} in params.yaml."
    )


def _require_some(kept: int, reasons: Mapping[str, int], dataset: Dataset) -> None:
    if kept:
        return
    descending = sorted(reasons.items(), key=lambda item: -item[1])
    counts = ", ".join(f"{count:,} {reason}" for reason, count in descending) or "there are none"
    raise AccountingError(
        f"{dataset.key}: expected polygons or points, but no record can be used: {counts}. Check that "
        f"datasets.{dataset.key}.source in params.yaml names the file with the shapes, and read.crs their CRS."
    )


Metrics = dict[str, Any]


def read_accounting(path: Path) -> Metrics:
    """The row accounting of a loaded dataset."""
    metrics: Metrics = json.loads(path.read_text(encoding="utf-8"))
    return metrics
