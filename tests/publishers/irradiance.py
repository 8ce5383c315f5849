"""PVGIS, the NSRDB and Google's Solar API, as far as they are asked: a made-up sun, true shapes of answers."""

import json
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from tests.publishers.answers import Answer, Asked, document, page
from tests.publishers.bodies import Whole

PVGIS, NSRDB, GOOGLE = "re.jrc.ec.europa.eu", "developer.nlr.gov", "solar.googleapis.com"
NOWHERE = "No data available at the provided location"
SEA = "Location over the sea. Please, select another location"


@lru_cache(maxsize=64)
def hours(lat: float, first: int, last: int, minute: int) -> pd.DataFrame:
    """Hours of whole years under a sun that is always behind the same thin cloud; noon is at 12 UTC."""
    times = pd.date_range(f"{first}-01-01 00:{minute:02}", f"{last}-12-31 23:{minute:02}", freq="h")
    declination = np.radians(-23.44) * np.cos(2 * np.pi * (times.day_of_year + 10) / 365)
    angle, place = np.radians(15 * (times.hour + minute / 60 - 12)), np.radians(lat)
    height = np.sin(place) * np.sin(declination) + np.cos(place) * np.cos(declination) * np.cos(angle)
    ghi = 800 * np.clip(height, 0, None)
    beam = np.where(height > 0.05, 0.6 * ghi, 0)
    found = {"ghi": ghi, "dhi": ghi - beam, "dni": beam / np.clip(height, 0.05, None), "beam": beam}
    return pd.DataFrame(found | {"height": np.degrees(np.arcsin(height))}, index=times).round(2)


class Sun:
    """The three services.

    Attributes:
        at_sea: longitudes from which on there is only sea [°].
        building_north_deg: how far north of what is asked for the next building is [°].
        keys: that are taken.
        refusals: answers to the next requests, before anything else is looked at.
    """

    hosts = (PVGIS, NSRDB, GOOGLE)

    def __init__(self) -> None:
        self.at_sea: float = 1000
        self.building_north_deg = 0.0001
        self.keys = {"a-key-of-this-test"}
        self.refusals: list[Answer] = []

    def answer(self, asked: Asked) -> Answer:
        if self.refusals:
            return self.refusals.pop(0)
        if asked.path == "/other":
            return page("404 Not Found", 404)
        return {PVGIS: self._pvgis, NSRDB: self._nsrdb, GOOGLE: self._google}[asked.host](asked)

    def _pvgis(self, asked: Asked) -> Answer:
        lat, lon = float(asked.query["lat"]), float(asked.query["lon"])
        if lon >= self.at_sea:
            return document({"message": SEA, "status": 400}, 400)
        about: dict[str, Any] = {"latitude": lat, "longitude": lon, "elevation": 100.0}
        years = int(asked.query.get("startyear", 2005)), int(asked.query.get("endyear", 2023))
        meteo = {"radiation_db": asked.query.get("raddatabase", "PVGIS-SARAH3"), "meteo_db": "ERA5"}
        meteo_data = meteo | {"year_min": years[0], "year_max": years[1]}
        if asked.path.endswith("/tmy"):
            outputs: dict[str, Any] = {"tmy_hourly": _typical(lat)}
            inputs = {"location": about | {"irradiance_time_offset": 0.1667}, "meteo_data": meteo_data}
        else:
            outputs = {"hourly": _series(lat, *years)}
            inputs = {"location": about, "meteo_data": meteo_data, "mounting_system": {"fixed": {}}}
        return document({"inputs": inputs, "outputs": outputs, "meta": {"inputs": {}}})

    def _nsrdb(self, asked: Asked) -> Answer:
        if asked.headers.get("X-Api-Key") not in self.keys:
            said = f"An invalid api_key ({asked.headers.get('X-Api-Key')}) was supplied."
            return document({"error": {"code": "API_KEY_INVALID", "message": said}}, 403)
        lon, lat = map(float, asked.query["wkt"].removeprefix("POINT(").removesuffix(")").split())
        if lon >= self.at_sea:
            errors = [NOWHERE, "Data processing failure."]
            return document({"inputs": asked.query, "errors": errors, "status": 400}, 400)
        frame = hours(lat, 2019, 2019, 30)
        head = "Source,Location ID,Latitude,Longitude,Time Zone,Elevation,Local Time Zone\nNSRDB,1,{},{},0,100,0\n"
        columns = "Year,Month,Day,Hour,Minute,GHI,DNI,DHI,Temperature,Wind Speed\n"
        rows = (
            f"{at.year},{at.month},{at.day},{at.hour},{at.minute},{row.ghi},{row.dni},{row.dhi},12.5,3.0"
            for at, row in zip(frame.index, frame.itertuples(), strict=True)
        )
        text = head.format(lat, lon) + columns + "\n".join(rows) + "\n"
        return Answer(Whole(text.encode()), headers={"Content-Type": "text/csv"})

    def _google(self, asked: Asked) -> Answer:
        if asked.headers.get("X-Goog-Api-Key") not in self.keys:
            error = {
                "code": 400,
                "message": "API key not valid. Please pass a valid API key.",
                "status": "INVALID_ARGUMENT",
            }
            return document({"error": error}, 400)
        if float(asked.query["location.longitude"]) >= self.at_sea:
            error = {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}
            return document({"error": error}, 404)
        segments = [
            {"pitchDegrees": 10.0, "azimuthDegrees": 90.0, "stats": {"areaMeters2": 20.0}},
            {"pitchDegrees": 30.0, "azimuthDegrees": 175.0, "stats": {"areaMeters2": 80.0}},
        ]
        layouts = [
            {"panelsCount": 4, "yearlyEnergyDcKwh": 1700.0},
            {"panelsCount": 40, "yearlyEnergyDcKwh": 16000.0},
        ]
        potential = {"maxSunshineHoursPerYear": 1500.0, "panelCapacityWatts": 400.0, "roofSegmentStats": segments}
        latitude = float(asked.query["location.latitude"]) + self.building_north_deg
        centre = {"latitude": latitude, "longitude": float(asked.query["location.longitude"])}
        solar = potential | {"solarPanelConfigs": layouts}
        return document({"name": "buildings/x", "center": centre, "solarPotential": solar})


@lru_cache(maxsize=64)
def _typical(lat: float) -> list[dict[str, Any]]:
    frame = hours(lat, 2019, 2019, 10)
    return [
        {"time(UTC)": f"{at:%Y%m%d:%H}00", "T2m": 12.5, "RH": 70.0, "G(h)": row.ghi, "Gb(n)": row.dni}
        | {"Gd(h)": row.dhi, "IR(h)": 300.0, "WS10m": 3.0, "WD10m": 200.0, "SP": 99000.0}
        for at, row in zip(frame.index, frame.itertuples(), strict=True)
    ]


def _series(lat: float, first: int, last: int) -> list[dict[str, Any]]:
    frame = hours(lat, first, last, 10)
    return [
        {"time": f"{at:%Y%m%d:%H%M}", "Gb(i)": row.beam, "Gd(i)": row.dhi, "Gr(i)": 0.0, "H_sun": row.height}
        | {"T2m": 12.5, "WS10m": 3.0, "Int": 0.0}
        for at, row in zip(frame.index, frame.itertuples(), strict=True)
    ]


def refusal(status: int, text: str) -> Answer:
    """Any answer."""
    return Answer(Whole(text.encode()), status, {"Content-Type": "text/plain"})


def as_json(stated: dict[str, Any], status: int) -> Answer:
    """Any answer in JSON."""
    return Answer(Whole(json.dumps(stated).encode()), status, {"Content-Type": "application/json"})
