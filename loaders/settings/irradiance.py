"""Settings of solar irradiance."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from loaders.settings.base import Positive, SettingsModel, Text, as_tuple

ProviderName = Literal["clearsky", "pvgis", "nsrdb", "google_solar"]
Year = Annotated[int, Field(ge=1980, le=2100)]
FINEST_RESOLUTION = 7  # for irradiance that varies over kilometres; about 5 km²
BUILDING_RESOLUTION = 13  # about 44 m²


class Pvgis(SettingsModel):
    """Query parameters of PVGIS.

    Attributes:
        data: tmy: a typical year, each month from the year that is most like all; hourly: the mean of whole years.
        years: first and last; required for hourly, null is every available year for tmy.
        radiation: database, such as PVGIS-SARAH3; null is the default of PVGIS for the location.
    """

    data: Literal["tmy", "hourly"] = "tmy"
    years: Annotated[tuple[Year, Year], BeforeValidator(as_tuple)] | None = None
    radiation: Text | None = None

    @model_validator(mode="after")
    def _require_valid_years(self) -> Self:
        if self.data == "hourly" and self.years is None:
            raise ValueError("data is hourly, which needs years: [first, last]")
        if self.years and self.years[0] > self.years[1]:
            raise ValueError(f"years go from {self.years[0]} to {self.years[1]}; the first comes first")
        return self


class Nsrdb(SettingsModel):
    """Query parameter of the NSRDB.

    Attributes:
        typical_year: name of a typical year of PSM4.
    """

    typical_year: Annotated[str, Field(pattern=r"^tmy-\d{4}$")] = "tmy-2023"


class GoogleSolar(SettingsModel):
    """Consent to billable requests to Google. Its results must not be redistributed.

    Attributes:
        billable_requests: the number that you agree to pay for; 0 allows none.
    """

    billable_requests: Annotated[int, Field(ge=0)] = 0


class Energy(SettingsModel):
    """Assumptions about installations for the specific yield.

    Attributes:
        mw_per_km2: capacity of the panels of an outline without a stated capacity [MW, DC].
        dc_per_ac: capacity of the panels over a capacity that is stated as AC [1].
    """

    mw_per_km2: Positive = 56.0
    dc_per_ac: Annotated[float, Field(ge=1)] = 1.3


class Irradiance(SettingsModel):
    """The provider of irradiance, and the panels that the yield is computed for.

    Attributes:
        provider: clearsky: without clouds, an upper bound, from data of pvlib; pvgis: no key; nsrdb and
            google_solar: keys from the environment.
        h3_resolution: of the cells that share one value; 4 is about 1,770 km².
        tilt_deg: of the panels from the horizontal [°]; null is the latitude, a rule of thumb. They face the equator.
        losses: share of the energy that is lost between panel and grid [1]; 0.14 is the default of PVGIS.
    """

    provider: ProviderName = "clearsky"
    h3_resolution: Annotated[int, Field(ge=0, le=BUILDING_RESOLUTION)] = 4
    tilt_deg: Annotated[float, Field(ge=0, le=90)] | None = None
    losses: Annotated[float, Field(ge=0, lt=1)] = 0.14
    pvgis: Pvgis = Pvgis()
    nsrdb: Nsrdb = Nsrdb()
    google_solar: GoogleSolar = GoogleSolar()

    @model_validator(mode="after")
    def _require_suitable_cells(self) -> Self:
        if self.provider == "google_solar" and self.h3_resolution != BUILDING_RESOLUTION:
            raise ValueError(f"google_solar is asked by building, which needs h3_resolution: {BUILDING_RESOLUTION}")
        if self.provider != "google_solar" and self.h3_resolution > FINEST_RESOLUTION:
            raise ValueError(f"h3_resolution is {self.h3_resolution}; {self.provider} takes 0 to {FINEST_RESOLUTION}")
        return self
