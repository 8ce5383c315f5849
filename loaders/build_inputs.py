"""What the models of the warehouse need beside the records: settings, terms, overrides, rejected records."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from loaders.catalog import Catalog, Dataset
from loaders.contract import BOUNDARIES, REJECTED
from loaders.licences import Kind, terms
from loaders.overrides import Override
from loaders.store import RAW_SCHEMA

STRICTEST_FIRST: tuple[str, ...] = get_args(Kind)
OVERRIDES = pa.schema(
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
    ]
)
NOT_FOR_DBT = frozenset({"overrides", "priority"})
METRES_PER_KM = 1000


def write_build_inputs(
    connection: duckdb.DuckDBPyConnection,
    catalog: Catalog,
    overrides: Sequence[Override],
    rejected: Sequence[Path],
    boundaries: Path | None,
) -> None:
    """Write the tables of the schema `raw_data` that are not one dataset's; the schema is there.

    Args:
        connection: to the warehouse.
        catalog: the settings.
        overrides: what people say of single pairs.
        rejected: Parquet files with the records that cannot be used.
        boundaries: Parquet file with countries and regions; without it, no record has a place.
    """
    _write(connection, "settings", pa.Table.from_pylist([build_settings(catalog)]))
    _write(connection, "dataset_terms", pa.Table.from_pylist(dataset_terms(catalog), TERMS))
    _write(connection, "overrides", _overrides(overrides))
    names = [field.name for field in REJECTED if field.name != "published_wkb"]
    _write(connection, "rejected_records", ds.dataset([str(path) for path in rejected]).scanner(columns=names))
    held = ds.dataset(str(boundaries)) if boundaries else BOUNDARIES.empty_table()
    _write(connection, "admin_boundaries", held, {"geometry": "st_setcrs(st_geomfromwkb(geometry), 'EPSG:4326')"})


def build_settings(catalog: Catalog) -> dict[str, Any]:
    """The settings that the models read, in one row; quantities carry their unit in the name."""
    return {
        **catalog.dedup.model_dump(exclude=set(NOT_FOR_DBT)),
        "h3_resolution": catalog.h3_resolution,
        "nearest_land_m": catalog.boundaries.nearest_land_km * METRES_PER_KM,
    }


def dataset_terms(catalog: Catalog) -> list[dict[str, Any]]:
    """Of each dataset its rank, its licence, and whether the settings let it reach a published table."""
    return [_terms(catalog.datasets[key], rank, catalog) for rank, key in enumerate(catalog.by_priority, start=1)]


def left_out(catalog: Catalog) -> list[str]:
    """The datasets whose licence the settings do not allow."""
    return [row["dataset_key"] for row in dataset_terms(catalog) if not row["is_allowed"]]


def _terms(dataset: Dataset, rank: int, catalog: Catalog) -> dict[str, Any]:
    kind = terms(dataset.licence).kind
    return {
        "dataset_key": dataset.key,
        "priority": rank,
        "licence": dataset.licence,
        "licence_verified": dataset.licence_verified,
        "licence_kind": kind,
        "strictness": len(STRICTEST_FIRST) - STRICTEST_FIRST.index(kind),
        "is_allowed": kind in catalog.licences.allow,
    }


def _overrides(overrides: Sequence[Override]) -> pa.Table:
    rows = [{name: getattr(each, name) for name in OVERRIDES.names} for each in overrides]
    return pa.Table.from_pylist(rows, OVERRIDES)


def _write(
    connection: duckdb.DuckDBPyConnection, name: str, rows: object, replaced: Mapping[str, str] | None = None
) -> None:
    columns = ", ".join(f"{text} as {column}" for column, text in (replaced or {}).items())
    replace = f" replace ({columns})" if columns else ""
    connection.register("build_input", rows)
    connection.execute(f"create or replace table {RAW_SCHEMA}.{name} as select *{replace} from build_input")  # noqa: S608
    connection.unregister("build_input")
