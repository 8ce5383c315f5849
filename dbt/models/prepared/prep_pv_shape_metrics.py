"""How long, how wide and which way round each outline is: SQL would need a projection for each of them."""

from typing import Any

import pyarrow as pa

from loaders.measure_shapes import measure_shapes


def model(dbt: Any, session: Any) -> pa.Table:
    """The rows of the table."""
    dbt.config(materialized="table")
    dbt.ref("stg_pv_features")  # whose hook stores the source, if it is not there yet
    return measure_shapes(dbt.source("raw_data", "doi_pv_features"))
