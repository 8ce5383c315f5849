"""Length, width and direction of each outline: SQL would need a projection for each of them."""

from typing import Any

import duckdb

from loaders.warehouse.models.prep_pv_shape_metrics import measure_shapes


def model(dbt: Any, session: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """The rows of the table; as a relation, since dbt writes Arrow by another connection, and may not see it then."""
    dbt.config(materialized="table", tags=["on_request"])  # no other model reads it
    dbt.ref("stg_pv_features")  # whose hook stores the source, if it is not there yet
    measured = session.from_arrow(measure_shapes(dbt.source("raw_data", "doi_pv_features")))
    return measured.project("* replace (st_setcrs(st_geomfromwkb(geometry), 'EPSG:4326') as geometry)")
