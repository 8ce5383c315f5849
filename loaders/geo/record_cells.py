"""H3 cells that contain records: the places that need irradiance and boundaries.

They are separate files, so that the later stages run again only when a record appears in a new cell.
"""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from h3ronpy import cells_parse
from h3ronpy.vector import cells_to_coordinates

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.geo.geometry import DEGREE_DECIMALS, h3_cells
from loaders.geo.geoparquet import read_parquet, write_parquet
from loaders.settings.params import Settings

# cells with the position of their centre, EPSG:4326
CELLS = pa.schema([("h3_cell", pa.string()), ("lon", pa.float64()), ("lat", pa.float64())])
BOUNDARIES, IRRADIANCE = "boundaries", "irradiance"
BOUNDARY_RESOLUTION = 3  # about 12,400 km²: a new record seldom needs more boundaries

log = logging.getLogger(__name__)


def write_cells(settings: Settings, paths: ProjectPaths) -> dict[str, int]:
    """Write the cells with loaded records, at the resolutions of boundaries and irradiance.

    Returns:
        Number of cells by purpose.

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
    """The distinct cells with records, sorted.

    Args:
        files: canonical records, as Parquet.
        resolutions: of H3, by purpose.

    Returns:
        For each purpose, the columns of CELLS.
    """
    positions = pa.concat_tables([read_parquet(path, ["centroid_lon", "centroid_lat"]) for path in files])
    lon, lat = (positions[name].to_numpy() for name in ("centroid_lon", "centroid_lat"))
    return {name: _with_centres(h3_cells(lon, lat, resolution)) for name, resolution in resolutions.items()}


def read_cells(path: Path) -> pa.Table:
    """Read the cells that `write_cells` wrote.

    Raises:
        BuildError: the file is missing.
    """
    if not path.exists():
        raise BuildError(f"{path} is missing: the cells that hold records. Run `dvc repro`, or `eo-pv cells`.")
    return read_parquet(path).cast(CELLS)


def loaded_files(settings: Settings, paths: ProjectPaths) -> list[Path]:
    """The record files of the loaded datasets.

    Raises:
        BuildError: none is loaded.
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
