"""The sky without clouds: Ineichen and Perez with the turbidity and the elevations that come with pvlib.

A month is its average day (Klein, Solar Energy 19, 1977, 325-329) in steps of true solar time, as many times as it has
days; the annual sum is within 1 % of all 8,760 hours.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pvlib
import pyarrow as pa
from pvlib import atmosphere, clearsky, irradiance, location, solarposition

from loaders.arrays import Numbers
from loaders.catalog_irradiance import Irradiance
from loaders.irradiance import SCHEMA

NAME = "clearsky"
AVERAGE_DAYS = np.array([17, 47, 75, 105, 135, 162, 198, 228, 258, 288, 318, 344])  # of the year, one a month
DAYS = np.array([31, 28.2425, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
STEPS = 96  # of a day
CELLS_AT_ONCE = 250
ALBEDO = 0.2
W_PER_KW = 1000
MODELS = (
    f"pvlib {pvlib.__version__}: sun by Spencer (1971), air mass by Kasten and Young (1989), clear sky by Ineichen and "
    f"Perez (2002) with the Linke turbidity of SoDa, tilted plane by Hay and Davies (1980) with albedo {ALBEDO}; "
    "yield: plane-of-array irradiation times (1 - losses), panels at 25 °C"
)


@dataclass(frozen=True, slots=True)
class Sky:
    """What a place has in each month; arrays of the shape (places, 12), irradiation in kWh/m²."""

    ghi: Numbers
    dni: Numbers
    dhi: Numbers
    poa: Numbers


def irradiance_of(cells: pa.Table, settings: Irradiance) -> Iterator[pa.Table]:
    """Clear-sky irradiation and yield, month by month and of the year.

    Args:
        cells: h3_cell, lon and lat [°] of its centre, EPSG:4326.
        settings: tilt and losses.

    Yields:
        Some cells at a time, in their order: the columns of `loaders.irradiance.IRRADIANCE`.
    """
    for first in range(0, len(cells), CELLS_AT_ONCE):
        some = cells.slice(first, CELLS_AT_ONCE)
        lon, lat = some["lon"].to_numpy(), some["lat"].to_numpy()
        elevation_m = np.array([float(location.lookup_altitude(*place)) for place in zip(lat, lon, strict=True)])
        tilt_deg = np.abs(lat) if settings.tilt_deg is None else np.full(len(lat), settings.tilt_deg)
        azimuth_deg = np.where(lat < 0, 0.0, 180.0)
        sky = monthly(lat, elevation_m, turbidity(lat, lon), tilt_deg, azimuth_deg)
        fixed = {"h3_cell": some["h3_cell"], "lon": lon, "lat": lat, "elevation_m": elevation_m}
        yield _rows(fixed | {"tilt_deg": tilt_deg, "azimuth_deg": azimuth_deg}, sky, settings)


def turbidity(lat: Numbers, lon: Numbers) -> Numbers:
    """Linke turbidity of each place and month [1], shape (places, 12)."""
    months = pd.DatetimeIndex([pd.Timestamp(2021, month, 15, tz="UTC") for month in range(1, 13)])
    return np.array(
        [
            clearsky.lookup_linke_turbidity(months, *place, interp_turbidity=False).to_numpy()
            for place in zip(lat, lon, strict=True)
        ]
    )


def monthly(lat: Numbers, elevation_m: Numbers, turbidity: Numbers, tilt_deg: Numbers, azimuth_deg: Numbers) -> Sky:
    """The sums of each month.

    Args:
        lat: of each place [°].
        elevation_m: of each place [m].
        turbidity: of each place and month [1].
        tilt_deg: of the panels [°].
        azimuth_deg: where they face [°].
    """
    latitude, declination, hour = _broadcast(lat)
    zenith_rad = solarposition.solar_zenith_analytical(latitude, hour, declination)
    azimuth_rad = solarposition.solar_azimuth_analytical(latitude, hour, declination, zenith_rad)
    zenith_deg, sun_azimuth_deg = np.degrees(zenith_rad), np.degrees(azimuth_rad)
    height = elevation_m[:, None, None]
    air_mass = atmosphere.get_relative_airmass(zenith_deg, model="kastenyoung1989")
    air_mass = atmosphere.get_absolute_airmass(air_mass, atmosphere.alt2pres(height))
    extra = np.asarray(irradiance.get_extra_radiation(AVERAGE_DAYS))[None, :, None]
    with np.errstate(divide="ignore", invalid="ignore"):  # at night there is no air mass
        sky = clearsky.ineichen(zenith_deg, air_mass, turbidity[:, :, None], height, extra)
    ghi, dni, dhi = (np.nan_to_num(sky[name]) for name in ("ghi", "dni", "dhi"))
    tilt, faces = tilt_deg[:, None, None], azimuth_deg[:, None, None]
    poa = irradiance.get_total_irradiance(
        tilt, faces, zenith_deg, sun_azimuth_deg, dni, ghi, dhi, extra, albedo=ALBEDO, model="haydavies"
    )["poa_global"]
    poa = np.where(zenith_deg < 90, np.nan_to_num(poa), 0.0)
    return Sky(*(_sums(power) for power in (ghi, dni, dhi, poa)))


def _broadcast(lat: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Latitude, declination and hour angle [rad] as (places, 1, 1), (1, 12, 1) and (1, 1, steps)."""
    declination = np.asarray(solarposition.declination_spencer71(AVERAGE_DAYS))
    hour = np.radians((np.arange(STEPS) + 0.5) * 360 / STEPS - 180)
    return np.radians(lat)[:, None, None], declination[None, :, None], hour[None, None, :]


def _sums(power_w: Numbers) -> Numbers:
    """From power in each step [W/m²] to the energy of each month [kWh/m²]."""
    return np.asarray(power_w.mean(axis=2) * 24 * DAYS / W_PER_KW)


def _rows(fixed: dict[str, object], sky: Sky, settings: Irradiance) -> pa.Table:
    """A row for the year and one for each month, of each place."""
    count = len(sky.ghi)
    columns = {name: np.repeat(np.asarray(values), 13) for name, values in fixed.items()}
    sums = {f"{name}_kwh_per_m2": _with_year(getattr(sky, name)) for name in ("ghi", "dni", "dhi", "poa")}
    months = pa.array([None, *range(1, 13)] * count, pa.int64())
    rows = count * 13
    said = {
        "provider": pa.array([NAME] * rows),
        "month": months,
        "air_temperature_c": pa.nulls(rows, pa.float64()),
        "specific_yield_kwh_per_kwp": sums["poa_kwh_per_m2"] * (1 - settings.losses),
        "losses": np.full(rows, settings.losses),
        "model_chain": pa.array([MODELS] * rows),
        "is_upper_bound": pa.array([True] * rows),
    }
    every = columns | sums | said
    return pa.table({name: pa.array(every[name], SCHEMA.field(name).type) for name in SCHEMA.names}, schema=SCHEMA)


def _with_year(months: Numbers) -> Numbers:
    return np.column_stack([months.sum(axis=1), months]).ravel().round(4)
