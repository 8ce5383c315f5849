"""Google Solar API: the building next to a small installation. Every request is billed; results are Google's.

Source: https://developers.google.com/maps/documentation/solar/reference/rest/v1/buildingInsights/findClosest.
"""

import re
from collections.abc import Iterator
from functools import partial

import pyarrow as pa

from loaders.core.errors import SourceError
from loaders.core.json_text import parse_json
from loaders.core.redact import redact
from loaders.geo.earth import distance_m
from loaders.http.client import HttpClient
from loaders.irradiance.api_keys import REQUIRED_KEYS, require_api_keys
from loaders.irradiance.cell_cache import (
    LONGEST_REASON,
    Refused,
    Service,
    count_uncached,
    refusal_or_error,
    require_response,
    results_by_cell,
)
from loaders.irradiance.contract import SCHEMA
from loaders.irradiance.provider import ProviderContext, ProviderResult
from loaders.irradiance.pv_model import CellCentre, UnreadableError
from loaders.settings.irradiance import Irradiance, ProviderName

NAME: ProviderName = "google_solar"
ADDRESS = "https://solar.googleapis.com/v1/buildingInsights:findClosest"
QUALITY = "BASE"  # the least that is good enough; better where there is better
FAR_M = 100
MODELS = (
    "Google Solar API, buildingInsights: irradiation in the plane is the sunniest point of the roof, yield that of the "
    "largest layout of panels (DC) times (1 - losses), tilt and direction those of the largest part of the roof. Not "
    "to be passed on"
)
LOCATION_MESSAGE = re.compile(r"(?!)")  # no message of Google is about a location; its status is
LARGEST_VALUES = {"poa_kwh_per_m2": 4000, "specific_yield_kwh_per_kwp": 4000, "tilt_deg": 90, "azimuth_deg": 360}
NO_BUILDING = "no building within about 50 m"
NO_BUILDING_NEAR = f"no building within {FAR_M} m"


def irradiance_of(cells: pa.Table, settings: Irradiance, context: ProviderContext) -> Iterator[ProviderResult]:
    """Annual irradiation and yield of the roof next to each cell.

    Args:
        cells: h3_cell of resolution 13, lon and lat [°] of its centre, EPSG:4326.
        settings: limit of billable requests, and losses.
        context: network access; its environment has GOOGLE_SOLAR_API_KEY.

    Yields:
        One cell at a time, in their order; rows of the year only.

    Raises:
        SourceError: the key is missing or wrong, the number of requests is not agreed to, or Google cannot be reached.
    """
    (key,) = require_api_keys(NAME, context.environment)

    def rows(cell: CellCentre, body: bytes) -> pa.Table:
        return read_building(cell, body, settings)

    get = partial(get_building, context.web, key)
    service = Service(NAME, f"{ADDRESS} {QUALITY}", get, rows, secrets=[key])
    _require_agreement(cells, service, settings, context)
    yield from results_by_cell(cells, service, context)


def get_building(web: HttpClient, key: str, cell: CellCentre) -> bytes:
    """Request the building next to a cell; the key is sent in a header, which is not logged.

    Raises:
        Refused: there is none.
        SourceError: Google cannot be reached.
    """
    query = {"location.latitude": cell.lat, "location.longitude": cell.lon, "requiredQuality": QUALITY}
    # no redirects: requests would forward the key to another host
    attempts = partial(web.get, ADDRESS, params=query, headers={"X-Goog-Api-Key": key}, allow_redirects=False)
    response = require_response(attempts)
    if response.status_code == 200:
        return bytes(response.content)
    try:
        refusal = parse_json(response.content)["error"]
        status, message = str(refusal["status"]), str(refusal["message"])
    except (KeyError, TypeError, ValueError):
        status, message = "", response.text
    if (response.status_code, status) == (404, "NOT_FOUND"):
        raise Refused(NO_BUILDING)
    if response.status_code in {401, 403} or "API key" in message:
        words = redact(message)[:LONGEST_REASON]
        raise SourceError(
            f"Google does not take GOOGLE_SOLAR_API_KEY ({response.status_code} {status}: {words}). "
            f"{REQUIRED_KEYS[NAME].advice}"
        )
    raise refusal_or_error(response, message, LOCATION_MESSAGE, "Google")


def read_building(cell: CellCentre, body: bytes, settings: Irradiance) -> pa.Table:
    """The row of the year.

    Raises:
        Refused: the building is far from the cell, or has no roof for panels.
        UnreadableError: the response is not a building.
    """
    try:
        document = parse_json(body)
        centre, potential = document["center"], document["solarPotential"]
        if distance_m((cell.lon, cell.lat), (centre["longitude"], centre["latitude"])) > FAR_M:
            raise Refused(NO_BUILDING_NEAR)
        layouts = potential.get("solarPanelConfigs")  # Google leaves out what is empty, or zero
        if not layouts:
            raise Refused("its building has no roof for panels")
        largest = max(layouts, key=lambda layout: int(layout["panelsCount"]))
        roof = max(potential["roofSegmentStats"], key=lambda part: float(part["stats"]["areaMeters2"]))
        kwp = int(largest["panelsCount"]) * float(potential["panelCapacityWatts"]) / 1000
        row = {
            "h3_cell": cell.h3_cell,
            "provider": NAME,
            "lon": cell.lon,
            "lat": cell.lat,
            "poa_kwh_per_m2": round(float(potential["maxSunshineHoursPerYear"]), 4),
            "specific_yield_kwh_per_kwp": round(float(largest["yearlyEnergyDcKwh"]) / kwp * (1 - settings.losses), 4),
            "tilt_deg": float(roof.get("pitchDegrees", 0)),
            "azimuth_deg": float(roof.get("azimuthDegrees", 0)),
            "losses": settings.losses,
            "model_chain": MODELS,
            "is_upper_bound": False,
        }
    except (AttributeError, KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise UnreadableError("it describes no building") from error
    implausible = [
        name for name, largest_value in LARGEST_VALUES.items() if not 0 <= float(str(row[name])) <= largest_value
    ]
    if implausible:
        raise UnreadableError(f"its {implausible[0]} is {row[implausible[0]]}")
    return pa.Table.from_pylist([row], SCHEMA)


def _require_agreement(cells: pa.Table, service: Service, settings: Irradiance, context: ProviderContext) -> None:
    requests = count_uncached(cells, service, context)
    if requests > settings.google_solar.billable_requests and not context.confirms(requests):
        raise SourceError(
            f"Google Solar would be asked {requests:,} times, and bills each request; {len(cells) - requests:,} "
            f"answers are kept already. Nothing was asked. To agree, write in params.yaml under irradiance: "
            f"google_solar: {{billable_requests: {requests}}}."
        )
