"""PVGIS of the European Commission's Joint Research Centre: most of the world's land, without a key.

Source: https://joint-research-centre.ec.europa.eu/photovoltaic-geographical-information-system-pvgis_en.
"""

import re
from collections.abc import Iterator
from functools import partial
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pvlib.iotools import read_pvgis_hourly

from loaders.core.json_text import parse_json
from loaders.http.client import HttpClient
from loaders.irradiance import pv_model
from loaders.irradiance.cell_cache import Service, refusal_or_error, require_response, results_by_cell
from loaders.irradiance.provider import ProviderContext, ProviderResult
from loaders.irradiance.pv_model import CellCentre, UnreadableError, Weather, irradiance_rows
from loaders.settings.irradiance import Irradiance, ProviderName, Pvgis

NAME: ProviderName = "pvgis"
VERSION = "5.3"
ADDRESS = "https://re.jrc.ec.europa.eu/api/v5_3/"
MODELS = f"PVGIS {VERSION}; {pv_model.MODELS}"
LOCATION_MESSAGE = re.compile(
    r"Location (over the sea|not covered|out of the spatial coverage|outside)[^.;:0-9]*"
    r"(\. Please, select another location)?",
    re.IGNORECASE,
)
LOWEST_SUN_DEG = 3  # below it, direct normal irradiance cannot be derived from the beam on the ground
TMY = {"T2m": "temp_air", "G(h)": "ghi", "Gb(n)": "dni", "Gd(h)": "dhi", "WS10m": "wind_speed"}


def irradiance_of(cells: pa.Table, settings: Irradiance, context: ProviderContext) -> Iterator[ProviderResult]:
    """Irradiation and yield of a typical year, or of the mean of whole years.

    Args:
        cells: h3_cell, lon and lat [°] of its centre, EPSG:4326.
        settings: data set, tilt and losses.
        context: network access.

    Yields:
        One cell at a time, in their order.

    Raises:
        SourceError: PVGIS cannot be reached; responses so far are cached.
    """
    read = read_tmy if settings.pvgis.data == "tmy" else read_hourly

    def rows(cell: CellCentre, body: bytes) -> pa.Table:
        return irradiance_rows(cell, read(body, settings.pvgis), settings, NAME)

    request_key = f"{ADDRESS} {settings.pvgis.model_dump_json()}"
    get = partial(get_pvgis, settings.pvgis, context.web)
    yield from results_by_cell(
        cells, Service(NAME, request_key, get, rows, context.web.settings.connections_per_host), context
    )


def get_pvgis(settings: Pvgis, web: HttpClient, cell: CellCentre) -> bytes:
    """Request the hours of a cell.

    Raises:
        Refused: PVGIS has no data there.
        SourceError: it cannot be reached.
    """
    query: dict[str, Any] = {
        "lat": round(cell.lat, 5),
        "lon": round(cell.lon, 5),
        "outputformat": "json",
        "usehorizon": 1,
    }
    if settings.data == "hourly":
        query |= {"components": 1, "angle": 0}
    if settings.years:
        query |= dict(zip(("startyear", "endyear"), settings.years, strict=True))
    if settings.radiation:
        query["raddatabase"] = settings.radiation
    tool = "tmy" if settings.data == "tmy" else "seriescalc"
    response = require_response(partial(web.get, f"{ADDRESS}{tool}", params=query))
    if response.status_code == 200:
        return bytes(response.content)
    try:
        message = str(parse_json(response.content)["message"])
    except (KeyError, TypeError, ValueError):
        message = response.text
    raise refusal_or_error(response, message, LOCATION_MESSAGE, "PVGIS")


def read_tmy(body: bytes, settings: Pvgis) -> Weather:
    """Parse a typical year: each month is from its most typical year, with the sun of its own time.

    Raises:
        UnreadableError: the response has another format.
    """
    document = _document(body, settings)
    try:
        hours = pd.DataFrame(document["outputs"]["tmy_hourly"])
        times = pd.to_datetime(hours["time(UTC)"], format="%Y%m%d:%H%M", utc=True)
        location, meteo = document["inputs"]["location"], document["inputs"]["meteo_data"]
        offset = pd.Timedelta(hours=float(location.get("irradiance_time_offset", 0)))
        frame = hours.rename(columns=TMY)[list(TMY.values())].astype(float).assign(month=times.dt.month)
        frame.index = pd.DatetimeIndex(times) + offset  # time of the irradiance
        source = (
            f"PVGIS {VERSION}, typical year from {meteo['year_min']} to {meteo['year_max']} of {meteo['radiation_db']}"
        )
        return Weather(frame, 1, float(location["elevation"]), source)
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableError("it is no typical year") from error


def read_hourly(body: bytes, settings: Pvgis) -> Weather:
    """Parse whole years on the horizontal (angle 0), with separate beam and diffuse.

    Raises:
        UnreadableError: the response has another format.
    """
    document = _document(body, settings)
    try:
        frame, _ = read_pvgis_hourly(StringIO(body.decode()), pvgis_format="json")
        beam, diffuse = frame["poa_direct"], frame["poa_sky_diffuse"]
        height = frame["solar_elevation"]
        dni = np.where(height > LOWEST_SUN_DEG, beam / np.sin(np.radians(height.clip(lower=LOWEST_SUN_DEG))), 0.0)
        hours = pd.DataFrame({"ghi": beam + diffuse, "dni": dni, "dhi": diffuse}, index=frame.index)
        times = pd.DatetimeIndex(frame.index)
        hours = hours.assign(temp_air=frame["temp_air"], wind_speed=frame["wind_speed"], month=times.month)
        first, last = settings.years or (0, -1)
        if not times.floor("h").equals(pd.date_range(f"{first}-01-01", f"{last}-12-31 23:00", freq="h", tz="UTC")):
            raise UnreadableError(f"it has {len(times):,} hours from {times.min()} to {times.max()}")
        meteo, location = document["inputs"]["meteo_data"], document["inputs"]["location"]
        source = f"PVGIS {VERSION}, mean of {first} to {last} of {meteo['radiation_db']}"
        return Weather(hours, last - first + 1, float(location["elevation"]), source)
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableError("it holds no hours of years") from error


def _document(body: bytes, settings: Pvgis) -> dict[str, Any]:
    """The response as JSON, from the requested database."""
    try:
        document: dict[str, Any] = parse_json(body)
        database = document["inputs"]["meteo_data"]["radiation_db"]
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableError("it is no answer of PVGIS") from error
    if settings.radiation and database != settings.radiation:
        raise UnreadableError(f"it is of {database}, not of {settings.radiation}")
    return document
