"""National Solar Radiation Database, PSM4: a typical year of the Americas, with a free key.

Source: https://developer.nlr.gov/docs/solar/nsrdb/nsrdb-GOES-tmy-v4-0-0-download/.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import StringIO

import pandas as pd
import pyarrow as pa
import requests
from pvlib.iotools import read_nsrdb_psm4
from requests.auth import AuthBase

from loaders.core.errors import SourceError
from loaders.core.json_text import parse_json
from loaders.http.client import HttpClient
from loaders.http.rate_limit import RateLimit
from loaders.irradiance import pv_model
from loaders.irradiance.api_keys import REQUIRED_KEYS, require_api_keys
from loaders.irradiance.cell_cache import Service, refusal_or_error, require_response, results_by_cell
from loaders.irradiance.provider import ProviderContext, ProviderResult
from loaders.irradiance.pv_model import CellCentre, UnreadableError, Weather, irradiance_rows
from loaders.settings.irradiance import Irradiance, ProviderName

NAME: ProviderName = "nsrdb"
ADDRESS = "https://developer.nlr.gov/api/nsrdb/v2/solar/nsrdb-GOES-tmy-v4-0-0-download.csv"
MODELS = f"NSRDB PSM4 TMY 4.0.0; {pv_model.MODELS}"
ATTRIBUTES = ("ghi", "dni", "dhi", "air_temperature", "wind_speed")
PER_HOUR, HOUR_S = 1000, 3600
LOCATION_MESSAGE = re.compile(
    r"No data available[^.;:(0-9]*|The 'wkt' parameter did not match any known data points"
    r"|[^.;:(0-9]*outside[^.;:(0-9]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Access(AuthBase):
    """Authentication and rate limit, applied to every attempt of a request.

    Attributes:
        web: HTTP client.
        secrets: key and e-mail address.
        rate: limit of requests per hour.
    """

    web: HttpClient
    secrets: Sequence[str]
    rate: RateLimit

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Wait for the rate limit, and send the key in a header, which is not logged."""
        self.rate.wait()
        request.headers["X-Api-Key"] = self.secrets[0]
        return request


def irradiance_of(cells: pa.Table, settings: Irradiance, context: ProviderContext) -> Iterator[ProviderResult]:
    """Irradiation and yield of a typical year.

    Args:
        cells: h3_cell, lon and lat [°] of its centre, EPSG:4326.
        settings: typical year, tilt and losses.
        context: network access; its environment has NSRDB_API_KEY and NSRDB_EMAIL.

    Yields:
        One cell at a time, in their order.

    Raises:
        SourceError: a key is missing or wrong, or the NSRDB cannot be reached; responses so far are cached.
    """
    year = settings.nsrdb.typical_year
    rate = RateLimit(context.cache_folder / NAME / "requests.json", PER_HOUR, HOUR_S)
    access = Access(context.web, require_api_keys(NAME, context.environment), rate)

    def rows(cell: CellCentre, body: bytes) -> pa.Table:
        return irradiance_rows(cell, read_tmy(body, year), settings, NAME)

    request_key = f"{ADDRESS} {year} {ATTRIBUTES}"
    service = Service(NAME, request_key, partial(get_tmy, year, access), rows, secrets=access.secrets)
    yield from results_by_cell(cells, service, context)


def get_tmy(year: str, access: Access, cell: CellCentre) -> bytes:
    """Request the typical year of a cell.

    Raises:
        Refused: the NSRDB has no data there.
        SourceError: it cannot be reached.
    """
    query = {
        "email": access.secrets[1],  # required in the query; redacted from logs, see `require_api_keys`
        "wkt": f"POINT({cell.lon:.4f} {cell.lat:.4f})",
        "names": year,
        "attributes": ",".join(ATTRIBUTES),
        "interval": "60",
        "leap_day": "false",
        "utc": "true",
    }
    # no redirects: requests would forward the key to another host
    attempts = partial(access.web.get, ADDRESS, params=query, auth=access, allow_redirects=False)
    response = require_response(attempts)
    if response.headers.get("X-RateLimit-Remaining") == "0":
        access.rate.exhaust()
    if response.status_code == 200:
        return bytes(response.content)
    if response.status_code in {401, 403}:
        raise SourceError(
            f"The NSRDB does not take NSRDB_API_KEY ({response.status_code}). {REQUIRED_KEYS[NAME].advice}"
        )
    raise refusal_or_error(response, _error_message(response), LOCATION_MESSAGE, "The NSRDB")


def read_tmy(body: bytes, year: str) -> Weather:
    """Parse a typical year in SAM CSV format: two lines of metadata, then hours in UTC.

    Raises:
        UnreadableError: the response has another format.
    """
    try:
        hours, metadata = read_nsrdb_psm4(StringIO(body.decode()))
        hours = hours.tz_convert("UTC")[["ghi", "dni", "dhi", "temp_air", "wind_speed"]].astype(float)
        hours = hours.assign(month=pd.DatetimeIndex(hours.index).month)
        return Weather(hours, 1, float(metadata["altitude"]), f"NSRDB PSM4 TMY 4.0.0, {year}")
    except (KeyError, IndexError, TypeError, ValueError, StopIteration) as error:
        raise UnreadableError("it is no typical year of PSM4") from error


def _error_message(response: requests.Response) -> str:
    try:
        errors = parse_json(response.content)["errors"]
    except (KeyError, TypeError, ValueError):
        return response.text
    return "; ".join(map(str, errors)) if isinstance(errors, list) else str(errors)
