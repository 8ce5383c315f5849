"""Solar irradiance where installations are, as a Hamilton graph: from records to a table by H3 cell and month."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
from h3ronpy import cells_parse
from h3ronpy.vector import cells_to_coordinates
from hamilton.function_modifiers import tag

from loaders.catalog_irradiance import Irradiance
from loaders.geometry import DEGREE_DECIMALS, h3_cells
from loaders.irradiance import CELLS, SCHEMA, clearsky


@tag(data_source="records", processing_stage="metadata", data_type="arrow")
def record_positions(record_files: list[Path]) -> pa.Table:
    """Where the records are: centroid_lon, centroid_lat [°], EPSG:4326."""
    files = ds.dataset([str(path) for path in record_files])
    return files.to_table(columns=["centroid_lon", "centroid_lat"])


@tag(data_source="records", processing_stage="metadata", data_type="arrow")
def irradiance_cells(record_positions: pa.Table, irradiance_settings: Irradiance) -> pa.Table:
    """The H3 cells that hold records, each once, in their order, with the position of their centre."""
    lon, lat = (record_positions[name].to_numpy() for name in ("centroid_lon", "centroid_lat"))
    cells = pa.array(np.unique(h3_cells(lon, lat, irradiance_settings.h3_resolution).astype(str)))
    centres = pa.record_batch(cells_to_coordinates(cells_parse(cells)))
    columns = [np.round(centres.column(name).to_numpy(), DEGREE_DECIMALS) for name in ("lng", "lat")]
    return pa.table([cells, *map(pa.array, columns)], schema=CELLS)


@tag(data_source="pvlib", processing_stage="load", data_type="arrow")
def cell_irradiance(irradiance_cells: pa.Table, irradiance_settings: Irradiance) -> pa.Table:
    """What the provider says of each cell: a row for the year and one for each month."""
    found = list(clearsky.irradiance_of(irradiance_cells, irradiance_settings))
    return pa.concat_tables(found) if found else SCHEMA.empty_table()


@tag(data_source="pvlib", processing_stage="store", data_type="arrow")
def solar_irradiance(cell_irradiance: pa.Table) -> pa.Table:
    """The rows of `raw_data.solar_irradiance`: by cell and month, the year last."""
    order = [(name, "ascending") for name in ("h3_cell", "provider", "month")]
    return cell_irradiance.sort_by(order).cast(SCHEMA)
