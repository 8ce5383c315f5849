"""The dbt model prep_pv_clusters: runs the graph of `clustering` on tables of the warehouse."""

import gc
import math

import duckdb
import numpy as np
import pyarrow as pa
from hamilton import driver

from loaders.warehouse.models import clustering
from loaders.warehouse.models.links import CannotLinks, Limits, Links

# overrides, identifiers, groups of the publisher and equal shapes are never cut by distance
FIXED = "match_rule in ('override', 'same_identifier', 'same_shape', 'same_group')"
MEASURED_APART = "match_rule in ('same_identifier', 'sum_of_parts', 'point_near', 'same_name')"
APART = f"case when {MEASURED_APART} then coalesce(distance_m, 0) else 0 end"
ONE_TO_ONE = "match_rule in ('same_identifier', 'outlines_alike', 'outlines_shifted', 'point_near', 'same_name')"


def cluster_records(
    pairs: duckdb.DuckDBPyRelation, records: duckdb.DuckDBPyRelation, settings: duckdb.DuckDBPyRelation
) -> pa.Table:
    """The installation of each record.

    Args:
        pairs: `prep_pv_pairs`.
        records: `prep_pv_match_records`, numbered from 1 without a gap.
        settings: `stg_settings`, one row.

    Returns:
        `record_number`, `cluster` (a number), `is_divided`, `is_spread_out` and `is_crowded`; one row per record.
    """
    gc.freeze()  # what is there before is not searched for what Hamilton leaves behind
    try:
        clusters = _clusters(pairs, records, settings)
        gc.collect()  # Hamilton's traversal refers to itself, and with it to all shapes
    finally:
        gc.unfreeze()
    pa.default_memory_pool().release_unused()
    return clusters


def _clusters(
    pairs: duckdb.DuckDBPyRelation, records: duckdb.DuckDBPyRelation, settings: duckdb.DuckDBPyRelation
) -> pa.Table:
    columns = "st_aswkb(geometry)::blob as wkb, priority as dataset"
    wkb, dataset = records.order("record_number").project(columns).to_arrow_table().columns
    clusters: pa.Table = (
        driver.Builder()
        .with_modules(clustering)
        .build()
        .execute(
            ["clusters"],
            inputs={
                "links": _links(pairs),
                "apart": _cannot_links(pairs),
                "record_count": len(wkb),
                "dataset": dataset.to_numpy(),
                "shapes": wkb,
                "limits": _limits(settings),
            },
        )["clusters"]
    )
    return clusters.add_column(0, "record_number", pa.array(np.arange(1, len(wkb) + 1)))


def _links(pairs: duckdb.DuckDBPyRelation) -> Links:
    kinds = f"{FIXED} as is_fixed, {ONE_TO_ONE} as is_one_to_one, {APART} as apart_m"
    matched = pairs.filter("is_match").project(f"number_a - 1 as a, number_b - 1 as b, strength, {kinds}")
    table = matched.to_arrow_table()
    return Links(*(column.to_numpy() for column in table.columns))


def _cannot_links(pairs: duckdb.DuckDBPyRelation) -> CannotLinks:
    rows = pairs.filter("overruled_by is not null and not is_match").project("number_a - 1 as a, number_b - 1 as b")
    return CannotLinks(*(column.to_numpy() for column in rows.to_arrow_table().columns))


def _limits(settings: duckdb.DuckDBPyRelation) -> Limits:
    columns = "largest_spread, alike_m, greatest(near_m, near_with_capacity_m)"
    (spread, alike_m, near_m) = settings.project(columns).fetchall()[0]
    return Limits(spread, math.pi * alike_m**2, math.pi * near_m**2)
