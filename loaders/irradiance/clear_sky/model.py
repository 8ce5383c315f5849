"""Clear-sky model: Ineichen and Perez, for many places at once.

Three evenly spread days represent a month, in steps of true solar time. The annual sum
on the ground is within 0.2 % of all hours of 2021 as pvlib has them, from pole to pole; each month within 4 kWh/m².
"""

from dataclasses import dataclass, fields
from functools import cache

import numpy as np
import pandas as pd
from pvlib import atmosphere, clearsky, irradiance, solarposition, spa, tools

from loaders.core.arrays import Flags, Numbers, Rows
from loaders.irradiance.panels import ALBEDO, W_PER_KW

DAYS = np.array([31, 28.2425, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
DAYS_A_MONTH = 3  # representative days
STEPS = 48  # of a day: an even number, since the afternoon mirrors the morning
NEXT_TO_A_POLE_DEG = 89.99  # at a pole itself, the sun has no azimuth
NIGHT_DEG = 91.0  # zenith from which refraction, at most 0.7°, does not lift the sun above the horizon
# what pvlib's get_solarposition assumes of refraction: air temperature [°C], and bending at sunrise [°]
REFRACTION = (12, 0.5667)
LEAST_COS_ZENITH = 0.01745  # of pvlib's haydavies, where the sun is on the horizon


@dataclass(frozen=True, slots=True)
class Sky:
    """Monthly irradiation [kWh/m²], arrays of shape (places, 12)."""

    ghi: Numbers
    dni: Numbers
    dhi: Numbers
    poa: Numbers


@dataclass(frozen=True, slots=True)
class Mornings:
    """The steps before noon of the representative days, arrays with one entry per step.

    Attributes:
        day: number of the representative day in the year.
        step: number of the step in its day.
        hour: angle of the sun from the meridian [rad], negative.
        declination: of the sun [rad].
        extra: irradiance outside the atmosphere [W/m²].
    """

    day: Rows
    step: Rows
    hour: Numbers
    declination: Numbers
    extra: Numbers

    def select(self, is_selected: Flags) -> "Mornings":
        """Some of the steps."""
        return Mornings(*(getattr(self, field.name)[is_selected] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Power:
    """Irradiance [W/m²] in the steps of the morning, and by symmetry of the afternoon, shape (places, steps)."""

    ghi: Numbers
    dni: Numbers
    dhi: Numbers


@cache
def mornings() -> Mornings:
    """The steps before noon of all representative days."""
    days = _days()
    north_pole = solarposition.get_solarposition(days, 90, 0)["elevation"]  # there it is the declination
    extra = np.asarray(irradiance.get_extra_radiation(days.day_of_year.to_numpy()))
    hours = np.radians((np.arange(STEPS // 2) + 0.5) * 360 / STEPS - 180)
    day, step = np.divmod(np.arange(len(days) * len(hours)), len(hours))
    return Mornings(day, step, hours[step], np.radians(north_pole.to_numpy())[day], extra[day])


def monthly(lat: Numbers, elevation_m: Numbers, turbidity: Numbers, tilt_deg: Numbers, azimuth_deg: Numbers) -> Sky:
    """The sums of each month; fastest for places of similar latitude, where the same steps are dark.

    Args:
        lat: of each place [°].
        elevation_m: of each place [m].
        turbidity: of each place and month [1].
        tilt_deg: of the panels [°].
        azimuth_deg: where they face: 0 or 180 [°].
    """
    latitude = np.radians(lat.clip(-NEXT_TO_A_POLE_DEG, NEXT_TO_A_POLE_DEG))[:, None]
    steps = mornings()
    zenith = solarposition.solar_zenith_analytical(latitude, steps.hour, steps.declination)
    is_day = zenith.min(axis=0) < np.radians(NIGHT_DEG)
    steps, zenith = steps.select(is_day), zenith[:, is_day]
    apparent_zenith_deg = _apparent(np.degrees(zenith), elevation_m[:, None])
    power = _power(apparent_zenith_deg, elevation_m[:, None], turbidity[:, steps.day // DAYS_A_MONTH], steps)
    panels = tilt_deg[:, None], azimuth_deg[:, None]

    def tilted(hour: Numbers) -> Numbers:
        azimuth = solarposition.solar_azimuth_analytical(latitude, hour, steps.declination, zenith)
        return _tilted(panels, apparent_zenith_deg, np.degrees(azimuth), power, steps)

    ghi, dni, dhi = (_sums(values, values, steps) for values in (power.ghi, power.dni, power.dhi))
    # the azimuth of an afternoon is computed as well: a mirrored one differs in its last bits
    return Sky(ghi, dni, dhi, _sums(tilted(steps.hour), tilted(-steps.hour), steps))


def _days() -> pd.DatetimeIndex:
    """The representative days: the middle of each third of a month of 2021, midway between leap years."""
    months = pd.date_range("2021-01-01", periods=12, freq="MS", tz="UTC")
    parts = (np.arange(DAYS_A_MONTH) + 0.5) / DAYS_A_MONTH
    days = np.asarray(months.days_in_month)[:, None] * parts
    return pd.DatetimeIndex(months.repeat(DAYS_A_MONTH) + pd.to_timedelta(days.ravel(), unit="D"))


def _apparent(zenith_deg: Numbers, height_m: Numbers) -> Numbers:
    """The zenith [°] as refraction lets it appear."""
    pressure_hpa = atmosphere.alt2pres(height_m) / 100
    lifted_deg = spa.atmospheric_refraction_correction(pressure_hpa, REFRACTION[0], 90 - zenith_deg, REFRACTION[1])
    return np.asarray(zenith_deg - lifted_deg)


def _power(apparent_zenith_deg: Numbers, height_m: Numbers, turbidity: Numbers, steps: Mornings) -> Power:
    air_mass = atmosphere.get_relative_airmass(apparent_zenith_deg, model="kastenyoung1989")
    air_mass = atmosphere.get_absolute_airmass(air_mass, atmosphere.alt2pres(height_m))
    with np.errstate(divide="ignore", invalid="ignore"):  # at night there is no air mass
        sky = clearsky.ineichen(apparent_zenith_deg, air_mass, turbidity, height_m, steps.extra)
    return Power(*(np.nan_to_num(sky[name]) for name in ("ghi", "dni", "dhi")))


def _tilted(
    panels: tuple[Numbers, Numbers], zenith_deg: Numbers, sun_azimuth_deg: Numbers, power: Power, steps: Mornings
) -> Numbers:
    """Power in the plane of the panels [W/m²]: pvlib's get_total_irradiance, with one projection for all its parts."""
    projection = irradiance.aoi_projection(*panels, zenith_deg, sun_azimuth_deg)
    ratio = np.maximum(projection, 0) / np.maximum(tools.cosd(zenith_deg), LEAST_COS_ZENITH)
    sky_diffuse = irradiance.haydavies(*panels, power.dhi, power.dni, steps.extra, projection_ratio=ratio)
    ground_diffuse = irradiance.get_ground_diffuse(panels[0], power.ghi, ALBEDO)
    incidence_deg = np.degrees(np.arccos(projection))
    total = irradiance.poa_components(incidence_deg, power.dni, sky_diffuse, ground_diffuse)["poa_global"]
    return np.where(zenith_deg < 90, np.nan_to_num(total), 0.0)


def _sums(morning_w: Numbers, afternoon_w: Numbers, steps: Mornings) -> Numbers:
    """From power in each step [W/m²] to the energy of each month [kWh/m²], summed over the day in its order."""
    power_w = np.zeros((len(morning_w), len(DAYS) * DAYS_A_MONTH * STEPS))
    midnight = steps.day * STEPS
    power_w[:, midnight + steps.step] = morning_w
    power_w[:, midnight + STEPS - 1 - steps.step] = afternoon_w
    months = power_w.reshape(len(power_w), len(DAYS), DAYS_A_MONTH * STEPS)
    return np.asarray(months.mean(axis=2) * 24 * DAYS / W_PER_KW)
