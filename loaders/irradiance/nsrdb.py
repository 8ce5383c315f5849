"""The National Solar Radiation Database, PSM4: a typical year of the Americas, with a key that costs nothing.

Source: https://developer.nlr.gov/docs/solar/nsrdb/nsrdb-GOES-tmy-v4-0-0-download/.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

import pandas as pd
import pyarrow as pa
import requests
from pvlib.iotools import read_nsrdb_psm4

from loaders.catalog_irradiance import Irradiance
from loaders.catalog_irradiance import Provider as Name
from loaders.errors import SourceError
from loaders.irradiance import Asking, Found, yields
from loaders.irradiance.asking import (
    Service,
    failing_there,
    found_by_cell,
    refused_or_raised,
    required,
    silent_about,
    without,
)
from loaders.irradiance.rate import Rate
from loaders.irradiance.yields import Place, UnreadableError, Weather, rows_of
from loaders.web import Web

NAME: Name = "nsrdb"
ADDRESS = "https://developer.nlr.gov/api/nsrdb/v2/solar/nsrdb-GOES-tmy-v4-0-0-download.csv"
KEYS = ("NSRDB_API_KEY", "NSRDB_EMAIL")
WHERE = "The NSRDB gives a key to everybody: https://developer.nlr.gov/signup/."
MODELS = f"NSRDB PSM4 TMY 4.0.0; {yields.MODELS}"
ATTRIBUTES = ("ghi", "dni", "dhi", "air_temperature", "wind_speed")
PER_HOUR, HOUR_S = 1000, 3600
OF_THE_PLACE = re.compile(r"no data|not found|outside|out of|no site|not available|coverage", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks, and how often they may.

    Attributes:
        web: how requests are made.
        secrets: key and e-mail address.
        rate: how many requests an hour.
    """

    web: Web
    secrets: Sequence[str]
    rate: Rate


def irradiance_of(cells: pa.Table, settings: Irradiance, asking: Asking) -> Iterator[Found]:
    """Irradiation and yield of a typical year.

    Args:
        cells: h3_cell, lon and lat [°] of its centre, EPSG:4326.
        settings: which typical year, tilt and losses.
        asking: how the NSRDB is asked; NSRDB_API_KEY and NSRDB_EMAIL are in its environment.

    Yields:
        One cell at a time, in their order.

    Raises:
        SourceError: a key is missing or wrong, or the NSRDB cannot be asked; what it has said so far is kept.
    """
    year = settings.nsrdb.typical_year
    rate = Rate(asking.kept / NAME / "requests.json", PER_HOUR, HOUR_S)
    access = Access(asking.web, required(KEYS, asking.environment, WHERE), rate)

    def rows(place: Place, body: bytes) -> pa.Table:
        return rows_of(place, read_tmy(body, year), settings, NAME)

    service = Service(NAME, f"{ADDRESS} {year} {ATTRIBUTES}", lambda place: get_tmy(year, access, place), rows)
    with silent_about(access.secrets):
        yield from found_by_cell(cells, service, asking)


def get_tmy(year: str, access: Access, place: Place) -> bytes:
    """Ask for a place.

    Raises:
        Refused: the NSRDB has nothing there.
        SourceError: it cannot be asked.
    """
    access.rate.wait()
    key, email = access.secrets
    query = {
        "api_key": key,
        "email": email,
        "wkt": f"POINT({place.lon:.4f} {place.lat:.4f})",
        "names": year,
        "attributes": ",".join(ATTRIBUTES),
        "interval": "60",
        "leap_day": "false",
        "utc": "true",
    }
    try:
        response = access.web.get(ADDRESS, params=query, allow_redirects=False)  # the key is for nobody else
    except SourceError as error:
        if there := failing_there(error):
            raise there from None
        raise SourceError(without(access.secrets, str(error))) from None  # what it comes from may hold the key
    if response.status_code == 200:
        return bytes(response.content)
    if response.status_code in {401, 403}:
        raise SourceError(f"The NSRDB does not take NSRDB_API_KEY ({response.status_code}). {WHERE}")
    raise refused_or_raised(response, without(access.secrets, _said(response)), OF_THE_PLACE, "The NSRDB")


def read_tmy(body: bytes, year: str) -> Weather:
    """A typical year, in the SAM form of CSV: two lines about the place, then the hours in UTC.

    Raises:
        UnreadableError: it is something else.
    """
    try:
        hours, about = read_nsrdb_psm4(StringIO(body.decode()))
        hours = hours.tz_convert("UTC")[["ghi", "dni", "dhi", "temp_air", "wind_speed"]].astype(float)
        hours = hours.assign(month=pd.DatetimeIndex(hours.index).month)
        return Weather(hours, 1, float(about["altitude"]), f"NSRDB PSM4 TMY 4.0.0, {year}")
    except (KeyError, IndexError, TypeError, ValueError, StopIteration) as error:
        raise UnreadableError(f"no typical year of PSM4: {type(error).__name__}: {error}") from error


def _said(response: requests.Response) -> str:
    try:
        errors = response.json()["errors"]
    except (KeyError, TypeError, ValueError):
        return response.text
    return "; ".join(map(str, errors)) if isinstance(errors, list) else str(errors)
