"""Solar irradiance from different providers, in one form: a module each, with `irradiance_of`.

Those that ask the network do so in `get_*`, understand the answer in `read_*`, and keep it by cell.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, get_args

import pyarrow as pa

from loaders.catalog_irradiance import Irradiance
from loaders.catalog_irradiance import Provider as Name
from loaders.cells import CELLS
from loaders.contract import Field, schema

if TYPE_CHECKING:
    from loaders.progress import Watched
    from loaders.web import Web

IRRADIANCE = (
    Field("h3_cell", pa.string(), "H3 cell.", required=True),
    Field("provider", pa.string(), "Who says so.", required=True, choices=get_args(Name)),
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


@dataclass(frozen=True, slots=True)
class Found:
    """What a provider has for some cells: rows for each of them, or a reason.

    Attributes:
        rows: the columns of IRRADIANCE: one for the year and, where the provider has months, one for each of them.
        refused: why it has none, by h3_cell, in words that are the same for all cells of one reason.
    """

    rows: pa.Table
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asking:
    """What a provider needs to ask the network.

    Attributes:
        web: how requests are made.
        kept: folder where answers are kept, outside of what Git sees; a folder below it for each provider.
        environment: the variables that keys come from.
        watched: shows how far it is with things, which it passes on; `watched(cells, "pvgis", total)`.
        agreed: whether the person who runs this agrees to so many billable requests.
    """

    web: "Web"
    kept: Path
    environment: Mapping[str, str]
    watched: "Watched"
    agreed: Callable[[int], bool]


class Provider(Protocol):
    """A module that knows irradiance."""

    NAME: Name
    MODELS: str  # every model between the sun and the yield; another text is another table

    def irradiance_of(self, cells: pa.Table, settings: Irradiance, asking: Asking) -> Iterator[Found]:
        """What it has for these cells, whose columns are CELLS: some at a time, none left out.

        Raises:
            SourceError: it cannot be asked, or needs a key; what it has said so far is kept.
        """
