"""Panel assumptions of all providers, and their output table."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from loaders.core.arrays import Numbers
from loaders.irradiance.contract import SCHEMA
from loaders.settings.irradiance import Irradiance

ALBEDO = 0.2
W_PER_KW = 1000


def orientation(lat: Numbers, settings: Irradiance) -> tuple[Numbers, Numbers]:
    """Tilt from the horizontal, by default the latitude, and where panels face: the equator [°].

    Args:
        lat: of each place [°].
        settings: of the tilt.
    """
    tilt_deg = np.abs(lat) if settings.tilt_deg is None else np.full(len(lat), settings.tilt_deg)
    return tilt_deg, np.where(lat < 0, 0.0, 180.0)


def irradiance_table(columns: Mapping[str, Any]) -> pa.Table:
    """Columns by name, in any order, as those of `loaders.irradiance.contract.IRRADIANCE`."""
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in SCHEMA}, schema=SCHEMA)
