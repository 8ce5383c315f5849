"""The dbt model prep_pv_shape_metrics: runs the graph of `shape_metrics` on records of the warehouse."""

import duckdb
import pyarrow as pa
from hamilton import driver

from loaders.warehouse.models import shape_metrics

BATCH_ROWS = 20_000  # outlines in memory take many times what they take as WKB


def measure_shapes(records: duckdb.DuckDBPyRelation) -> pa.Table:
    """Length, width, orientation and compactness of outlines.

    Args:
        records: `raw_data.doi_pv_features`; points have no row in the result.

    Returns:
        `record_id`, `length_m`, `width_m`, `axis_azimuth_deg`, `compactness`, and `geometry`, the smallest rectangle
        around the outline as WKB in EPSG:4326.
    """
    outlines = records.filter("geometry_kind = 'polygon'").project("record_id, st_aswkb(geometry)::blob as wkb")
    graph = driver.Builder().with_modules(shape_metrics).build()
    rows = outlines.to_arrow_table()
    batches = [rows.slice(first, BATCH_ROWS) for first in range(0, len(rows), BATCH_ROWS)] or [rows]
    return pa.concat_tables(
        graph.execute(["shape_metrics"], inputs={"outline_rows": batch})["shape_metrics"] for batch in batches
    )
