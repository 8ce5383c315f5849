"""Columns of the irradiance tables, which every provider returns."""

from typing import get_args

import pyarrow as pa

from loaders.contract import Field, schema
from loaders.geo.record_cells import CELLS
from loaders.settings.irradiance import ProviderName

IRRADIANCE = (
    Field("h3_cell", pa.string(), "H3 cell.", required=True),
    Field("provider", pa.string(), "Who says so.", required=True, choices=get_args(ProviderName)),
    Field("month", pa.int64(), "Month, 1 to 12; null is the whole year.", least=1, most=12),
    Field("lon", pa.float64(), "Longitude of the cell's centre [°], EPSG:4326.", required=True, least=-180, most=180),
    Field("lat", pa.float64(), "Latitude of the cell's centre [°], EPSG:4326.", required=True, least=-90, most=90),
    Field("elevation_m", pa.float64(), "Elevation that is assumed there [m]; null where the provider says none."),
    Field(
        "ghi_kwh_per_m2",
        pa.float64(),
        "Global horizontal irradiation [kWh/m²]; null where unknown.",
        least=0,
    ),
    Field("dni_kwh_per_m2", pa.float64(), "Direct normal irradiation [kWh/m²]; null where unknown.", least=0),
    Field(
        "dhi_kwh_per_m2",
        pa.float64(),
        "Diffuse horizontal irradiation [kWh/m²]; null where unknown.",
        least=0,
    ),
    Field("poa_kwh_per_m2", pa.float64(), "Irradiation in the plane of the panels [kWh/m²].", required=True, least=0),
    Field("air_temperature_c", pa.float64(), "Mean air temperature [°C]; null where the provider has none."),
    Field(
        "specific_yield_kwh_per_kwp",
        pa.float64(),
        "Energy that a kilowatt of panels gives [kWh/kWp], as model_chain says.",
        required=True,
        least=0,
    ),
    Field("tilt_deg", pa.float64(), "Tilt of the panels from the horizontal [°].", required=True, least=0, most=90),
    Field("azimuth_deg", pa.float64(), "Where they face [°], clockwise from north.", required=True, least=0, most=360),
    Field("losses", pa.float64(), "Share of the energy that is lost between panel and grid [1].", required=True),
    Field("model_chain", pa.string(), "Every model between the sun and the yield.", required=True),
    Field(
        "is_upper_bound",
        pa.bool_(),
        "Whether the true sums are lower, for the sky has clouds; but for the diffuse, which is then more.",
        required=True,
    ),
)


NO_IRRADIANCE = (
    *(field for field in IRRADIANCE if field.name in {*CELLS.names, "provider"}),
    Field("reason", pa.string(), "Why the provider has none there.", required=True),
)


SCHEMA, REFUSED = schema(IRRADIANCE), schema(NO_IRRADIANCE)
