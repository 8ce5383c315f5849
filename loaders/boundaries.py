"""Run the graph of the boundaries: what the DVC stage `boundaries` does."""

import logging
from pathlib import Path

from hamilton import driver

from loaders import admin_boundaries
from loaders.admin_boundaries import BoundaryCounts
from loaders.geoparquet import write_parquet

# it reports every exception that it also raises
logging.getLogger("hamilton").setLevel(logging.CRITICAL)


def load_boundaries(source: Path, target: Path) -> BoundaryCounts:
    """Bring the boundaries of countries and regions to the columns of `raw_data.admin_boundaries`.

    Args:
        source: GeoParquet as Overture's `division_area`: the bundled extract, or the user's own; a file or a folder.
        target: GeoParquet in EPSG:4326; replaced only when all is written.

    Returns:
        What became of every area.

    Raises:
        ReadError: the source is not such a file, or its codes or outlines cannot be meant.
    """
    graph = driver.Builder().with_modules(admin_boundaries).build()
    made = graph.execute(["boundaries", "boundary_counts"], inputs={"boundary_source": source})
    write_parquet(made["boundaries"], target)
    counts: BoundaryCounts = made["boundary_counts"]
    return counts
