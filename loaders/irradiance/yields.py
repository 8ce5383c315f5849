"""What panels make of hours of weather: irradiation in their plane, and energy, by month.

Months are those of UTC.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pvlib
import pyarrow as pa
from pvlib import irradiance, pvsystem, solarposition, temperature

from loaders.catalog_irradiance import Irradiance
from loaders.catalog_irradiance import Provider as Name
from loaders.irradiance import SCHEMA

ALBEDO = 0.2
GAMMA_PER_C = -0.0035  # of crystalline silicon ("premium"), Dobos (2014), PVWatts version 5 manual
W_PER_KW = 1000
WEATHER = ("ghi", "dni", "dhi", "temp_air", "wind_speed", "month")
MODELS = (
    f"pvlib {pvlib.__version__}: sun by SPA (Reda and Andreas 2004), tilted plane by Hay and Davies (1980) with albedo "
    f"{ALBEDO}, panel temperature by Faiman (2008), power by PVWatts (Dobos 2014) with {GAMMA_PER_C} per °C; yield: "
    "power times (1 - losses)"
)


class UnreadableError(Exception):
    """An answer that is not what it should be."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cell, with the position of its centre in EPSG:4326 [°]."""

    h3_cell: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Weather:
    """Hours of whole years.

    Attributes:
        hours: ghi, dni, dhi [W/m²], temp_air [°C], wind_speed [m/s] and the month that they count to, by the time that
            the irradiance is of, UTC.
        years: how many there are.
        elevation_m: of the place, if it is stated [m].
        source: what they are, in words.
    """

    hours: pd.DataFrame
    years: int
    elevation_m: float | None
    source: str


def rows_of(place: Place, weather: Weather, settings: Irradiance, provider: Name) -> pa.Table:
    """A row for the year and one for each month: the columns of `loaders.irradiance.IRRADIANCE`.

    Raises:
        UnreadableError: hours are missing, or no measurements.
    """
    _require_whole_years(weather)
    tilt_deg = abs(place.lat) if settings.tilt_deg is None else settings.tilt_deg
    azimuth_deg = 0.0 if place.lat < 0 else 180.0
    hours = weather.hours.assign(**_panels(place, weather, tilt_deg, azimuth_deg))
    columns = ["ghi", "dni", "dhi", "poa", "energy"]
    months = hours.groupby("month")[columns].sum() / W_PER_KW / weather.years
    whole = pd.concat([months.sum().to_frame().T, months])
    warmth = [hours["temp_air"].mean(), *hours.groupby("month")["temp_air"].mean()]
    sums = {f"{name}_kwh_per_m2": whole[name].round(4).to_numpy() for name in columns[:4]}
    fixed = {
        "h3_cell": place.h3_cell,
        "provider": provider,
        "lon": place.lon,
        "lat": place.lat,
        "elevation_m": weather.elevation_m,
        "tilt_deg": tilt_deg,
        "azimuth_deg": azimuth_deg,
        "losses": settings.losses,
        "model_chain": f"{weather.source}; {MODELS}",
        "is_upper_bound": False,
    }
    every = {name: [value] * len(whole) for name, value in fixed.items()} | sums
    every["month"] = [None, *range(1, 13)]
    every["air_temperature_c"] = np.round(warmth, 4)
    every["specific_yield_kwh_per_kwp"] = (whole["energy"] * (1 - settings.losses)).round(4).to_numpy()
    return pa.table({name: pa.array(every[name], SCHEMA.field(name).type) for name in SCHEMA.names}, schema=SCHEMA)


def _panels(place: Place, weather: Weather, tilt_deg: float, azimuth_deg: float) -> dict[str, np.ndarray]:
    """Irradiance in the plane [W/m²], and the power of panels of 1 kW [W]."""
    hours = weather.hours
    sun = solarposition.get_solarposition(hours.index, place.lat, place.lon, altitude=weather.elevation_m or 0)
    zenith_deg = sun["apparent_zenith"].to_numpy()
    power = (hours[name].to_numpy() for name in ("dni", "ghi", "dhi"))
    extra = irradiance.get_extra_radiation(hours.index).to_numpy()
    tilted = irradiance.get_total_irradiance(
        tilt_deg, azimuth_deg, zenith_deg, sun["azimuth"].to_numpy(), *power, extra, albedo=ALBEDO, model="haydavies"
    )
    poa = np.where(zenith_deg < 90, np.nan_to_num(tilted["poa_global"]), 0.0)
    cell_c = temperature.faiman(poa, hours["temp_air"].to_numpy(), hours["wind_speed"].to_numpy())
    return {"poa": poa, "energy": pvsystem.pvwatts_dc(poa, cell_c, W_PER_KW, GAMMA_PER_C)}


def _require_whole_years(weather: Weather) -> None:
    hours = weather.hours
    missing = [name for name in WEATHER if name not in hours]
    if missing:
        raise UnreadableError(f"it has no {', '.join(missing)}")
    if not weather.years * 8760 <= len(hours) <= weather.years * 8784 or set(hours["month"]) != set(range(1, 13)):
        raise UnreadableError(f"it has {len(hours):,} hours of {weather.years} year(s)")
    values = hours[list(WEATHER)].to_numpy(float)
    if not np.isfinite(values).all() or (values[:, :3] < 0).any():
        raise UnreadableError("it has hours without a number, or with a negative irradiance")
