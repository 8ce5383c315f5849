"""Row accounting: what was read is kept or rejected, and each rejection has its reason."""

import math
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from loaders.catalog import Dataset
from loaders.errors import AccountingError


def account(records: pa.Table, dataset: Dataset) -> dict[str, Any]:
    """Count the records of a dataset.

    Args:
        records: kept and rejected rows together (`contract.LOADING`).
        dataset: whose they are.

    Returns:
        Nested numbers, as `dvc metrics` shows them: areas in km², capacity in MW, positions in degrees. A total of
        which no record states a part is null.

    Raises:
        AccountingError: nothing is left, or the number of records is not the expected one.
    """
    kept = records.filter(pc.is_null(records["reason"]))
    reasons = Counter(records["reason"].drop_null().to_pylist())
    _require_expected(len(records), dataset, synthetic=pc.any(records["is_synthetic"]).as_py())
    _require_some(len(kept), reasons, dataset)
    kinds = Counter(kept["geometry_kind"].to_pylist())
    return {
        "records": {"read": len(records), "kept": len(kept), "rejected": reasons.total()},
        "rejected": dict(sorted(reasons.items())),
        "flags": dict(sorted(Counter(flag for flags in kept["quality_flags"].to_pylist() for flag in flags).items())),
        "kinds": dict(sorted(kinds.items())),
        "area_km2": _total(kept["area_m2"], 1e-6),
        "source_area_km2": _total(kept["source_area_m2"], 1e-6),
        "capacity_mw": _total(kept["capacity_mw"], 1.0),
        "capacity_stated": len(kept) - kept["capacity_mw"].null_count,
        "bbox": {
            "west": pc.min(kept["centroid_lon"]).as_py(),
            "south": pc.min(kept["centroid_lat"]).as_py(),
            "east": pc.max(kept["centroid_lon"]).as_py(),
            "north": pc.max(kept["centroid_lat"]).as_py(),
        },
    }


def _total(values: pa.ChunkedArray, factor: float) -> float | None:
    """The same sum in any order of the rows; null if no row states anything."""
    known = values.drop_null().to_pylist()
    return round(math.fsum(known) * factor, 6) if known else None


def _require_expected(read: int, dataset: Dataset, *, synthetic: bool) -> None:
    expected = dataset.expected_features
    if synthetic or expected is None or read == expected:
        return
    raise AccountingError(
        f"{dataset.key}: expected {expected:,} records, read {read:,}. The publisher changed the file, or part of it "
        f"is missing. If {read:,} is right, sign for it: "
        f"`expected_features: {read}` under datasets.{dataset.key} in params.yaml."
    )


def _require_some(kept: int, reasons: Counter[str], dataset: Dataset) -> None:
    if kept:
        return
    found = ", ".join(f"{count:,} {reason}" for reason, count in reasons.most_common()) or "no records"
    raise AccountingError(
        f"{dataset.key}: expected polygons or points, but no record can be used: {found}. Check that "
        f"datasets.{dataset.key}.source in params.yaml names the file with the shapes, and read.crs their CRS."
    )
