"""PV model: from hourly weather to irradiation in the panel plane and energy, by month.

Months are those of UTC.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pvlib
import pyarrow as pa
from pvlib import irradiance, pvsystem, solarposition, temperature

from loaders.irradiance.panels import ALBEDO, W_PER_KW, irradiance_table, orientation
from loaders.settings.irradiance import Irradiance, ProviderName

GAMMA_PER_C = -0.0035  # of crystalline silicon ("premium"), Dobos (2014), PVWatts version 5 manual
HOURS = 24 * np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
MOST_SHIFTED_HOURS = 14  # hours that may belong to the next month, where a typical year is in local time
MOST_W_PER_M2, MOST_C = 2000, 100  # beyond is no weather: East Antarctica has -98 °C
LOWEST_M, HIGHEST_M = -500, 9000  # beyond is no land
WEATHER = ("ghi", "dni", "dhi", "temp_air", "wind_speed", "month")
MODELS = (
    f"pvlib {pvlib.__version__}: sun by SPA (Reda and Andreas 2004), tilted plane by Hay and Davies (1980) with albedo "
    f"{ALBEDO}, panel temperature by Faiman (2008), power by PVWatts (Dobos 2014) with {GAMMA_PER_C} per °C; yield: "
    "power times (1 - losses); months of UTC"
)


class UnreadableError(Exception):
    """A response with unexpected content."""


@dataclass(frozen=True, slots=True)
class CellCentre:
    """An H3 cell and the position of its centre in EPSG:4326 [°]."""

    h3_cell: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Weather:
    """Hourly weather of whole years.

    Attributes:
        hours: ghi, dni, dhi [W/m²], temp_air [°C], wind_speed [m/s] and month, indexed by the time of the irradiance,
            UTC.
        years: number of years.
        elevation_m: of the location, if stated [m].
        source: description of the data.
    """

    hours: pd.DataFrame
    years: int
    elevation_m: float | None
    source: str


def irradiance_rows(cell: CellCentre, weather: Weather, settings: Irradiance, provider: ProviderName) -> pa.Table:
    """A row for the year and one for each month: the columns of `loaders.irradiance.contract.IRRADIANCE`.

    Raises:
        UnreadableError: hours are missing, or values are not physical.
    """
    _require_whole_years(weather)
    tilt_deg, azimuth_deg = (float(angles[0]) for angles in orientation(np.array([cell.lat]), settings))
    hours = weather.hours.assign(**_panels(cell, weather, tilt_deg, azimuth_deg))
    quantities = ["ghi", "dni", "dhi", "poa", "energy"]
    months = hours.groupby("month")[quantities].sum() / W_PER_KW / weather.years
    year_and_months = pd.concat([months.sum().to_frame().T, months])
    air_temperature_c = [hours["temp_air"].mean(), *hours.groupby("month")["temp_air"].mean()]
    sums = {f"{name}_kwh_per_m2": year_and_months[name].round(4).to_numpy() for name in quantities[:4]}
    constants = {
        "h3_cell": cell.h3_cell,
        "provider": provider,
        "lon": cell.lon,
        "lat": cell.lat,
        "elevation_m": weather.elevation_m,
        "tilt_deg": tilt_deg,
        "azimuth_deg": azimuth_deg,
        "losses": settings.losses,
        "model_chain": f"{weather.source}; {MODELS}",
        "is_upper_bound": False,
    }
    columns = {name: [value] * len(year_and_months) for name, value in constants.items()} | sums
    columns["month"] = [None, *range(1, 13)]
    columns["air_temperature_c"] = np.round(air_temperature_c, 4)
    columns["specific_yield_kwh_per_kwp"] = (year_and_months["energy"] * (1 - settings.losses)).round(4).to_numpy()
    return irradiance_table(columns)


def _panels(cell: CellCentre, weather: Weather, tilt_deg: float, azimuth_deg: float) -> dict[str, np.ndarray]:
    """Irradiance in the plane [W/m²], and the power of panels of 1 kW [W]."""
    is_lit = (weather.hours[["ghi", "dni", "dhi"]] > 0).any(axis=1).to_numpy()
    hours = weather.hours[is_lit]  # the sun's position is the slow part, and not needed at night
    sun = solarposition.get_solarposition(hours.index, cell.lat, cell.lon, altitude=weather.elevation_m or 0)
    zenith_deg = sun["apparent_zenith"].to_numpy()
    power = (hours[name].to_numpy() for name in ("dni", "ghi", "dhi"))
    extra = irradiance.get_extra_radiation(hours.index).to_numpy()
    tilted = irradiance.get_total_irradiance(
        tilt_deg, azimuth_deg, zenith_deg, sun["azimuth"].to_numpy(), *power, extra, albedo=ALBEDO, model="haydavies"
    )
    poa, energy = np.zeros(len(is_lit)), np.zeros(len(is_lit))
    poa[is_lit] = np.where(zenith_deg < 90, np.nan_to_num(tilted["poa_global"]), 0.0)
    cell_c = temperature.faiman(poa[is_lit], hours["temp_air"].to_numpy(), hours["wind_speed"].clip(lower=0).to_numpy())
    energy[is_lit] = pvsystem.pvwatts_dc(poa[is_lit], cell_c, W_PER_KW, GAMMA_PER_C)
    return {"poa": poa, "energy": energy}


def _require_whole_years(weather: Weather) -> None:
    hours = weather.hours
    missing = [name for name in WEATHER if name not in hours]
    if missing:
        raise UnreadableError(f"it has no {', '.join(missing)}")
    leap_hours = np.where(np.arange(1, 13) == 2, 24 * weather.years, 0)
    surplus = hours["month"].value_counts().reindex(range(1, 13), fill_value=0).to_numpy() - HOURS * weather.years
    is_whole = not (len(hours) - 8760 * weather.years) % 24 and hours.index.is_unique
    if (
        not is_whole
        or surplus.sum() not in range(24 * weather.years + 1)
        or not all(abs(surplus) <= MOST_SHIFTED_HOURS + leap_hours)
    ):
        raise UnreadableError(f"it has {len(hours):,} hours of {weather.years} year(s), or not as many of each month")
    values = hours[list(WEATHER)].to_numpy(float)
    if not np.isfinite(values).all() or (values[:, :3] < 0).any():
        raise UnreadableError("it has hours without a number, or with a negative irradiance")
    if (values[:, :3] > MOST_W_PER_M2).any() or (abs(values[:, 3]) > MOST_C).any():
        raise UnreadableError(f"it has more than {MOST_W_PER_M2} W/m² at once, or {MOST_C} °C")
    if weather.elevation_m is not None and not LOWEST_M <= weather.elevation_m <= HIGHEST_M:
        raise UnreadableError(f"it is at an elevation of {weather.elevation_m:.6g} m")
