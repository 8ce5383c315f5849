"""The settings of solar irradiance."""

from typing import Annotated, Literal

from pydantic import Field

from loaders.catalog_source import Setting


class Irradiance(Setting):
    """What is asked for, and which panels the yield is of.

    Attributes:
        provider: clearsky: the sky without clouds, an upper bound, from what comes with pvlib.
        h3_resolution: of the cells that share one value; 4 is about 1,770 km².
        tilt_deg: of the panels from the horizontal [°]; null is the latitude, a rule of thumb. They face the equator.
        losses: share of the energy that is lost between panel and grid [1]; 0.14 is what PVGIS assumes by default.
    """

    provider: Literal["clearsky"] = "clearsky"
    h3_resolution: Annotated[int, Field(ge=0, le=7)] = 4
    tilt_deg: Annotated[float, Field(ge=0, le=90)] | None = None
    losses: Annotated[float, Field(ge=0, lt=1)] = 0.14
