"""Connected components of matched pairs, split where they are over-merged: scipy has them, SQL has not."""

from typing import Any

import duckdb

from loaders.warehouse.models.prep_pv_clusters import cluster_records


def model(dbt: Any, session: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """The rows of the table; as a relation, since dbt writes Arrow by another connection, and may not see it then."""
    dbt.config(materialized="table")
    clusters = cluster_records(
        pairs=dbt.ref("prep_pv_pairs"), records=dbt.ref("prep_pv_match_records"), settings=dbt.ref("stg_settings")
    )
    return session.from_arrow(clusters)
