"""Every table of the schema `raw_data` that follows from the DOI datasets and the settings: dbt needs no more of us."""

from collections.abc import Sequence

import duckdb

from loaders.build_inputs import write_build_inputs
from loaders.catalog import Catalog
from loaders.loading import Loaded
from loaders.overrides import Override, read_overrides
from loaders.store import read_accounting, write_raw_data, write_rejected
from loaders.workspace import Workspace


def write_doi_data(
    connection: duckdb.DuckDBPyConnection, datasets: Sequence[Loaded], catalog: Catalog, workspace: Workspace
) -> dict[str, str]:
    """Write these datasets, and what the settings say; the tables of other datasets of the settings stay.

    Args:
        connection: to the warehouse.
        datasets: what has been loaded; at least one.
        catalog: the settings.
        workspace: where the overrides are.

    Returns:
        The table of each dataset.

    Raises:
        CatalogError: the overrides cannot be meant.
    """
    keys = list(catalog.datasets)
    overrides = read_project_overrides(catalog, workspace)
    metrics = {each.key: each.metrics for each in datasets}
    stored = write_raw_data(connection, {each.key: each.records for each in datasets}, metrics, keys)
    write_rejected(connection, {each.key: each.rejected for each in datasets}, keys)
    write_build_inputs(connection, catalog, overrides)
    return stored


def read_project_overrides(catalog: Catalog, workspace: Workspace) -> tuple[Override, ...]:
    """What people say of pairs of records of this origin."""
    return read_overrides(workspace.root / catalog.dedup.overrides, catalog.origin)


def loaded_before(key: str, workspace: Workspace) -> Loaded:
    """A dataset as its load has left it in its place."""
    metrics = read_accounting(workspace.metrics(key))
    return Loaded(key, workspace.scratch(f"load-{key}"), workspace.loaded(key), workspace.rejected(key), metrics)
