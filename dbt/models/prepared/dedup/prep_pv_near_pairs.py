"""One-to-one assignment between two datasets: scipy has it, SQL has not."""

from typing import Any

import duckdb

from loaders.warehouse.models.prep_pv_near_pairs import assign_records


def model(dbt: Any, session: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """The rows of the table; as a relation, since dbt writes Arrow by another connection, and may not see it then."""
    dbt.config(materialized="table")
    return session.from_arrow(assign_records(dbt.ref("prep_pv_neighbours")))
