"""Tables that the dbt models need in addition to the records: settings, licence terms, overrides."""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any, get_args

import duckdb
import pyarrow as pa

from loaders.settings.licences import Kind, terms
from loaders.settings.params import Dataset, Settings
from loaders.tables import DATASET_TERMS, DOI_DATASETS, OVERRIDES, SETTINGS
from loaders.warehouse.overrides import Override
from loaders.warehouse.raw_data import record_runs, replace_table

STRICTEST_FIRST: tuple[str, ...] = get_args(Kind)
OVERRIDE_COLUMNS = pa.schema(
    [(name, pa.string()) for name in ("record_id_a", "record_id_b", "verdict", "reason", "who")]
    + [("line", pa.int64())]
)
TERMS = pa.schema(
    [
        ("dataset_key", pa.string()),
        ("priority", pa.int64()),
        ("licence", pa.string()),
        ("licence_verified", pa.bool_()),
        ("licence_kind", pa.string()),
        ("strictness", pa.int64()),
        ("is_allowed", pa.bool_()),
        ("version_of", pa.string()),
        ("inventory", pa.string()),
        ("edition", pa.int64()),
        ("derived_from", pa.list_(pa.string())),
        ("year", pa.int64()),
        ("capacity_of", pa.string()),
    ]
)
NOT_FOR_DBT = frozenset({"overrides", "priority"})
METRES_PER_KM = 1000
YEAR = re.compile(r"_((?:19|20)\d{2})$")  # at the end of a dataset's key


def write_build_inputs(
    connection: duckdb.DuckDBPyConnection, settings: Settings, overrides: Sequence[Override]
) -> None:
    """Write settings, licence terms and overrides to the schema `raw_meta`.

    Args:
        connection: to the warehouse.
        settings: the settings.
        overrides: manual match and non-match decisions.
    """
    replace_table(connection, SETTINGS, pa.Table.from_pylist([build_settings(settings)]))
    replace_table(connection, DATASET_TERMS, pa.Table.from_pylist(dataset_terms(settings), TERMS))
    replace_table(connection, OVERRIDES, _overrides(overrides))
    record_runs(connection, DOI_DATASETS, {SETTINGS: settings_hash(settings, overrides)})


def settings_hash(settings: Settings, overrides: Sequence[Override]) -> str:
    """A hash of the contents of these tables."""
    document = [build_settings(settings), dataset_terms(settings), _overrides(overrides).to_pylist()]
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def build_settings(settings: Settings) -> dict[str, Any]:
    """The settings that the models read, in one row; quantities carry their unit in the name."""
    return {
        **settings.dedup.model_dump(exclude=set(NOT_FOR_DBT)),
        "h3_resolution": settings.h3_resolution,
        "nearest_land_m": settings.boundaries.nearest_land_km * METRES_PER_KM,
        "irradiance_h3_resolution": settings.irradiance.h3_resolution,
        **settings.energy.model_dump(),
        "include_status": list(settings.include_status),
        "include_technology": list(settings.include_technology),
    }


def dataset_terms(settings: Settings) -> list[dict[str, Any]]:
    """Rank, licence and descent of each dataset, and whether the settings allow it in published tables."""
    return [_terms(settings.datasets[key], rank, settings) for rank, key in enumerate(settings.by_priority, start=1)]


def disallowed_datasets(settings: Settings) -> list[str]:
    """The datasets whose licence the settings do not allow."""
    return [row["dataset_key"] for row in dataset_terms(settings) if not row["is_allowed"]]


def _terms(dataset: Dataset, rank: int, settings: Settings) -> dict[str, Any]:
    kind, capacity = terms(dataset.licence).kind, dataset.columns.capacity
    inventory, edition = settings.inventory_and_edition(dataset.key)
    return {
        "dataset_key": dataset.key,
        "priority": rank,
        "licence": dataset.licence,
        "licence_verified": dataset.licence_verified,
        "licence_kind": kind,
        "strictness": len(STRICTEST_FIRST) - STRICTEST_FIRST.index(kind),
        "is_allowed": kind in settings.licences.allow,
        "version_of": dataset.version_of,
        "inventory": inventory,
        "edition": edition,
        "derived_from": list(dataset.derived_from),
        "year": int(year.group(1)) if (year := YEAR.search(dataset.key)) else None,
        "capacity_of": capacity.of if capacity else "record",
    }


def _overrides(overrides: Sequence[Override]) -> pa.Table:
    rows = [{name: getattr(each, name) for name in OVERRIDE_COLUMNS.names} for each in overrides]
    return pa.Table.from_pylist(rows, OVERRIDE_COLUMNS)
