"""Connected components of matching pairs, divided where they must be: SQL has no such thing, scipy has."""

from typing import Any

import pyarrow as pa

from loaders.cluster_records import cluster_records


def model(dbt: Any, session: Any) -> pa.Table:
    """The rows of the table."""
    dbt.config(materialized="table")
    return cluster_records(
        pairs=dbt.ref("prep_pv_pairs"), records=dbt.ref("prep_pv_datasets_unified"), settings=dbt.ref("stg_settings")
    )
