"""Google's Solar API: the building next to a small installation. Every request is billed; results are Google's.

Source: https://developers.google.com/maps/documentation/solar/reference/rest/v1/buildingInsights/findClosest.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from loaders.catalog_irradiance import Irradiance
from loaders.catalog_irradiance import Provider as Name
from loaders.errors import SourceError
from loaders.irradiance import SCHEMA, Asking, Found
from loaders.irradiance.asking import (
    Refused,
    Service,
    failing_there,
    found_by_cell,
    kept_of,
    refused_or_raised,
    required,
    silent_about,
    without,
)
from loaders.irradiance.yields import Place, UnreadableError
from loaders.web import Web

NAME: Name = "google_solar"
ADDRESS = "https://solar.googleapis.com/v1/buildingInsights:findClosest"
KEY = "GOOGLE_SOLAR_API_KEY"
WHERE = "Google gives keys out: https://developers.google.com/maps/documentation/solar/get-api-key."
QUALITY = "LOW"  # the least that is good enough; better where there is better
MODELS = (
    "Google Solar API, buildingInsights: irradiation in the plane is the sunniest point of the roof, yield that of the "
    "largest layout of panels (DC) times (1 - losses), tilt and direction those of the largest part of the roof. Not "
    "to be passed on"
)
OF_THE_PLACE = re.compile(r"not found", re.IGNORECASE)
NO_BUILDING = "no building within about 50 m"


def irradiance_of(cells: pa.Table, settings: Irradiance, asking: Asking) -> Iterator[Found]:
    """What the roof of the building next to each cell gets in a year, and would give.

    Args:
        cells: h3_cell of resolution 13, lon and lat [°] of its centre, EPSG:4326.
        settings: how many requests may be billed, and losses.
        asking: how Google is asked; GOOGLE_SOLAR_API_KEY is in its environment.

    Yields:
        One cell at a time, in their order; rows of the year only.

    Raises:
        SourceError: the key is missing or wrong, nobody has agreed to so many requests, or Google cannot be asked.
    """
    (key,) = required((KEY,), asking.environment, WHERE)

    def rows(place: Place, body: bytes) -> pa.Table:
        return read_building(place, body, settings)

    service = Service(NAME, f"{ADDRESS} {QUALITY}", lambda place: get_building(asking.web, key, place), rows)
    _require_agreement(cells, service, settings, asking)
    with silent_about([key]):
        yield from found_by_cell(cells, service, asking)


def get_building(web: Web, key: str, place: Place) -> bytes:
    """Ask for the building next to a place; the key travels in a header, which no log shows.

    Raises:
        Refused: there is none.
        SourceError: Google cannot be asked.
    """
    query = {"location.latitude": place.lat, "location.longitude": place.lon, "requiredQuality": QUALITY}
    try:
        # the key is for nobody else: requests would carry it along
        response = web.get(ADDRESS, params=query, headers={"X-Goog-Api-Key": key}, allow_redirects=False)
    except SourceError as error:
        if there := failing_there(error):
            raise there from None
        raise SourceError(without([key], str(error))) from None
    if response.status_code == 200:
        return bytes(response.content)
    try:
        refusal = response.json()["error"]
        status, said = str(refusal["status"]), str(refusal["message"])
    except (KeyError, TypeError, ValueError):
        status, said = "", response.text
    if (response.status_code, status) == (404, "NOT_FOUND"):
        raise Refused(NO_BUILDING)
    if response.status_code in {401, 403} or "API key" in said:
        raise SourceError(f"Google does not take {KEY} ({response.status_code} {status}). {WHERE}")
    raise refused_or_raised(response, without([key], said), OF_THE_PLACE, "Google")


def read_building(place: Place, body: bytes, settings: Irradiance) -> pa.Table:
    """The row of the year.

    Raises:
        Refused: the building has no roof for panels.
        UnreadableError: it is no building.
    """
    try:
        document = json.loads(body)
        potential: dict[str, Any] = document.get("solarPotential") or {}
        layouts = potential.get("solarPanelConfigs") or []
        if not layouts:
            raise Refused("its building has no roof for panels")
        largest = max(layouts, key=lambda layout: int(layout["panelsCount"]))
        roof = max(potential["roofSegmentStats"], key=lambda part: float(part["stats"]["areaMeters2"]))
        kwp = int(largest["panelsCount"]) * float(potential["panelCapacityWatts"]) / 1000
        row = {
            "h3_cell": place.h3_cell,
            "provider": NAME,
            "lon": place.lon,
            "lat": place.lat,
            "poa_kwh_per_m2": round(float(potential["maxSunshineHoursPerYear"]), 4),
            "specific_yield_kwh_per_kwp": round(float(largest["yearlyEnergyDcKwh"]) / kwp * (1 - settings.losses), 4),
            "tilt_deg": float(roof["pitchDegrees"]),
            "azimuth_deg": float(roof["azimuthDegrees"]),
            "losses": settings.losses,
            "model_chain": MODELS,
            "is_upper_bound": False,
        }
    except (AttributeError, KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise UnreadableError(f"no building: {type(error).__name__}: {error}") from error
    return pa.Table.from_pylist([row], SCHEMA)


def _require_agreement(cells: pa.Table, service: Service, settings: Irradiance, asking: Asking) -> None:
    kept = kept_of(service, asking)
    requests = sum(not kept.has(cell) for cell in cells["h3_cell"].to_pylist())
    if requests > settings.google_solar.billable_requests and not asking.agreed(requests):
        raise SourceError(
            f"Google Solar would be asked {requests:,} times, and bills each request; {len(cells) - requests:,} "
            f"answers are kept already. Nothing was asked. To agree, write in params.yaml under irradiance: "
            f"google_solar: {{billable_requests: {requests}}}."
        )
