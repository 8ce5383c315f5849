"""The H3 cells that hold records: where irradiance is asked for, and boundaries are needed.

They are files of their own, so that what follows from them is done again only when a record appears where none was.
"""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from h3ronpy import cells_parse
from h3ronpy.vector import cells_to_coordinates

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.geo.geometry import DEGREE_DECIMALS, h3_cells
from loaders.geo.geoparquet import write_parquet
from loaders.settings.params import Settings

# cells with the position of their centre, EPSG:4326
CELLS = pa.schema([("h3_cell", pa.string()), ("lon", pa.float64()), ("lat", pa.float64())])
BOUNDARIES, IRRADIANCE = "boundaries", "irradiance"
BOUNDARY_RESOLUTION = 3  # about 12,400 km²: a new record seldom needs boundaries that are not there yet

log = logging.getLogger(__name__)


def write_cells(settings: Settings, paths: ProjectPaths) -> dict[str, int]:
    """Write the cells that hold loaded records, once for the boundaries and once for the irradiance.

    Returns:
        How many there are of each.

    Raises:
        BuildError: no records are loaded.
    """
    files = loaded_files(settings, paths)
    resolutions = {BOUNDARIES: BOUNDARY_RESOLUTION, IRRADIANCE: settings.irradiance.h3_resolution}
    cells_by_name = record_cells(files, resolutions)
    for name, cells in cells_by_name.items():
        write_parquet(cells, paths.cells(name))
    return {name: len(cells) for name, cells in cells_by_name.items()}


def record_cells(files: Sequence[Path], resolutions: Mapping[str, int]) -> dict[str, pa.Table]:
    """The cells that hold records, each once, in their order.

    Args:
        files: canonical records, as Parquet.
        resolutions: of H3, by the name of what it is for.

    Returns:
        For each name the columns of CELLS.
    """
    positions = ds.dataset([str(path) for path in files]).to_table(columns=["centroid_lon", "centroid_lat"])
    lon, lat = (positions[name].to_numpy() for name in ("centroid_lon", "centroid_lat"))
    return {name: _with_centres(h3_cells(lon, lat, resolution)) for name, resolution in resolutions.items()}


def read_cells(path: Path) -> pa.Table:
    """What `write_cells` wrote.

    Raises:
        BuildError: it has not yet.
    """
    if not path.exists():
        raise BuildError(f"{path} is missing: the cells that hold records. Run `dvc repro`, or `eo-pv cells`.")
    return pq.read_table(path).cast(CELLS)


def loaded_files(settings: Settings, paths: ProjectPaths) -> list[Path]:
    """The records of the datasets in the settings that are loaded.

    Raises:
        BuildError: none is.
    """
    files = {key: paths.loaded(key) for key in settings.datasets}
    missing = [key for key, path in files.items() if not path.exists()]
    if len(missing) == len(files):
        raise BuildError(
            "No records are loaded, and boundaries and irradiance are asked for where they are. Run `dvc repro`, or "
            "`eo-pv ingest --all`."
        )
    if missing:
        log.warning("%s: not loaded; nothing is asked for where their records are", ", ".join(missing))
    return [path for path in files.values() if path.exists()]


def _with_centres(cells: np.ndarray) -> pa.Table:
    names = pa.array(np.unique(cells.astype(str)), pa.string())
    centres = pa.record_batch(cells_to_coordinates(cells_parse(names)))
    columns = [np.round(centres.column(name).to_numpy(), DEGREE_DECIMALS) for name in ("lng", "lat")]
    return pa.table([names, *map(pa.array, columns)], schema=CELLS)
