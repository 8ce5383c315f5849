"""eo-pv: published datasets of solar installations, brought to one record that means the same everywhere."""

import os
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PLACES = {
    "open_tables": "loaders.read.ibis_tables",
    "read_installations": "loaders.read.frames",
    "read_records": "loaders.read.frames",
    "run_doi_pipeline": "loaders.raw_pv_doi_ingest",
    "run_overture_pipeline": "loaders.overture_maps_loader",
    "run_solar_pipeline": "loaders.solar_irradiance_loader",
}

os.environ.setdefault("HAMILTON_AUTOLOAD_EXTENSIONS", "0")  # else it imports Dask and more that nobody asks for
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # else it reads the metadata of all packages to find none
os.environ["PROJ_NETWORK"] = "OFF"  # where a record stands must not depend on grids that a server has

__all__ = [
    "open_tables",
    "read_installations",
    "read_records",
    "run_doi_pipeline",
    "run_overture_pipeline",
    "run_solar_pipeline",
]


def __getattr__(name: str) -> "Any":
    """Import a function when it is first asked for: Hamilton and GDAL take seconds to start."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'loaders' has no attribute {name!r}")
