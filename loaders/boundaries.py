"""Run the graph of the boundaries: what the DVC stage `boundaries` does."""

import logging

import pyarrow as pa
from hamilton import driver

from loaders import admin_boundaries
from loaders.geoparquet import write_parquet
from loaders.workspace import Workspace

NATURAL_EARTH = ("Natural Earth, 1:110 million", "public-domain")
EXTRACT = "division_area.parquet"

# it reports every exception that it also raises
logging.getLogger("hamilton").setLevel(logging.CRITICAL)


def load_boundaries(workspace: Workspace) -> pa.Table:
    """Write `loaded/admin_boundaries.parquet` from the bundled extract.

    Returns:
        What was written.

    Raises:
        ReadError: the extract is missing, or is no such table.
    """
    name, licence = NATURAL_EARTH
    inputs = {
        "extract": workspace.samples("admin_boundaries") / EXTRACT,
        "source_name": name,
        "source_licence": licence,
    }
    graph = driver.Builder().with_modules(admin_boundaries).build()
    table: pa.Table = graph.execute(["admin_boundaries"], inputs=inputs)["admin_boundaries"]
    write_parquet(table, workspace.boundaries)
    return table
