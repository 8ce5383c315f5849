"""From published files to canonical records: kept and rejected rows together, so that none can get lost."""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from loaders.catalog import Dataset
from loaders.columns import identifiers, intervals, numbers
from loaders.contract import LOADING
from loaders.errors import AccountingError, ReadError
from loaders.geometry import Harmonised, area_m2, centroids, h3_cells, harmonise_shapes
from loaders.reading import Published

CAPACITY_DECIMALS = 6  # [MW]: one watt
LONG_HASH, SHORT_HASH = 16, 8


def harmonise(
    published: Sequence[Published], dataset: Dataset, h3_resolution: int, *, is_synthetic: bool, doi: str | None = None
) -> gpd.GeoDataFrame:
    """Bring the files of a dataset to the canonical record.

    Returns:
        One row a published record, in the order of the files: the columns of `contract.LOADING`, `reason` null where
        the record is kept; geometry in EPSG:4326.

    Raises:
        ReadError: a mapped column is missing or holds what it should not.
        AccountingError: there are no records at all.
    """
    if not any(len(file.wkb) for file in published):
        names = ", ".join(file.name for file in published)
        raise AccountingError(
            f"{dataset.key}: expected polygons or points, but no record can be used: there is none in {names}. "
            f"Name the file with the records in datasets.{dataset.key}.source in params.yaml."
        )
    parts = [_named(file, dataset, h3_resolution) for file in published]
    records = pd.concat(parts, ignore_index=True)
    records["record_id"] = record_ids(dataset.key, records["source_id"].tolist(), records.pop("fingerprint").tolist())
    records["dataset_key"] = dataset.key
    records["doi"] = doi or dataset.source.doi
    records["licence"] = dataset.licence
    records["licence_verified"] = dataset.licence_verified
    records["is_synthetic"] = is_synthetic
    return gpd.GeoDataFrame(records[[field.name for field in LOADING]], geometry="geometry", crs=4326)


def record_ids(key: str, source_ids: Sequence[str | None], fingerprints: Sequence[str]) -> list[str]:
    """Identifiers that stay the same when a publisher reorders a file or adds new identifiers to it.

    Records that share a source_id are told apart by their shapes; those that share that too, by their order.
    """
    named = [
        f"{key}:{source or 'g-' + print_[:LONG_HASH]}" for source, print_ in zip(source_ids, fingerprints, strict=True)
    ]
    shared = Counter(named)
    told_apart = [
        f"{name}~{print_[:SHORT_HASH]}" if source and shared[name] > 1 else name
        for name, source, print_ in zip(named, source_ids, fingerprints, strict=True)
    ]
    seen: Counter[str] = Counter()
    unique = []
    for name in told_apart:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return unique


def _named(file: Published, dataset: Dataset, h3_resolution: int) -> pd.DataFrame:
    """The records of a file; what is wrong with them is said of the file."""
    try:
        return _records(file, dataset, h3_resolution)
    except ReadError as error:
        raise ReadError(f"{error} (The file is {file.name}.)") from error


def _records(file: Published, dataset: Dataset, h3_resolution: int) -> pd.DataFrame:
    """The canonical columns that a single file decides."""
    shapes = harmonise_shapes(file.wkb, file.crs)
    attributes = json_rows(file.attributes)
    lon, lat = centroids(shapes.shapes)
    return pd.DataFrame(
        {
            "source_id": pd.Series(identifiers(file.attributes, dataset.columns.source_id, dataset.key), dtype=object),
            "geometry": shapes.shapes,
            "geometry_kind": shapes.kind,
            "centroid_lon": lon,
            "centroid_lat": lat,
            "area_m2": area_m2(shapes.shapes),
            **_quantities(file.attributes, dataset),
            **_dates(file.attributes, dataset),
            "h3_cell": h3_cells(lon, lat, h3_resolution),
            "source_file": file.name,
            "source_row": np.arange(1, len(file.wkb) + 1),
            "source_attributes": attributes,
            "quality_flags": _flags(shapes),
            "unrepaired_area_m2": shapes.unrepaired_area_m2,
            "reason": shapes.reason,
            "published_wkb": _of_rejected(shapes, file),
            "fingerprint": [_fingerprint(wkb, text) for wkb, text in zip(file.wkb, attributes, strict=True)],
        }
    )


def _quantities(attributes: pa.Table, dataset: Dataset) -> dict[str, object]:
    """Stated area [m²] and capacity [MW]; null where the dataset maps none."""
    rows = len(attributes)
    area, capacity = dataset.columns.area, dataset.columns.capacity
    stated_mw = np.full(rows, np.nan)
    if capacity:
        stated_mw = np.round(numbers(attributes, capacity, dataset.key) * capacity.factor, CAPACITY_DECIMALS)
    basis = np.where(np.isnan(stated_mw), None, capacity.stated_basis if capacity else None)  # type: ignore[arg-type]
    return {
        "source_area_m2": np.round(numbers(attributes, area, dataset.key) * area.factor, 2) if area else np.nan,
        "capacity_mw": stated_mw,
        "capacity_basis": basis,
    }


def _dates(attributes: pa.Table, dataset: Dataset) -> dict[str, object]:
    installed = dataset.columns.installed
    found = intervals(attributes, installed, dataset.key) if installed else [(None, None)] * len(attributes)
    return {
        "installed_from": pd.Series([first for first, _ in found], dtype=object),
        "installed_to": pd.Series([last for _, last in found], dtype=object),
    }


def _flags(shapes: Harmonised) -> list[list[str]]:
    named = {"incomplete": shapes.incomplete, "repaired": shapes.repaired}
    return [[name for name, flags in named.items() if flags[row]] for row in range(len(shapes.shapes))]


def _of_rejected(shapes: Harmonised, file: Published) -> list[bytes | None]:
    return [wkb if reason else None for wkb, reason in zip(file.wkb, shapes.reason, strict=True)]


def json_rows(attributes: pa.Table) -> list[str]:
    """Each row of a table as JSON: NaN, for which it has no word, as null, other things as text."""
    if not attributes.column_names:
        return ["{}"] * len(attributes)
    return [_json(row) for row in attributes.to_pylist()]


def _json(row: dict[str, Any]) -> str:
    try:
        return json.dumps(row, ensure_ascii=False, default=_as_text, allow_nan=False)
    except ValueError:  # NaN or infinity somewhere
        return json.dumps(_finite(row), ensure_ascii=False, default=_as_text)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _as_text(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _fingerprint(wkb: bytes | None, attributes: str) -> str:
    """Of the shape as published, so that a better repair or another PROJ does not rename the record."""
    return hashlib.sha256(bytes(wkb) if wkb is not None else attributes.encode()).hexdigest()
