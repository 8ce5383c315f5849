"""Columns of the computed sums."""

import pyarrow as pa

from loaders.geo.record_cells import CELLS

SUMS = ("ghi", "dni", "dhi", "poa")
MONTHS = pa.list_(pa.float64(), 12)
# one row per cell: elevation [m], and the irradiation of each month [kWh/m²]
SKY = pa.schema([*CELLS, pa.field("elevation_m", pa.float64()), *(pa.field(name, MONTHS) for name in SUMS)])
