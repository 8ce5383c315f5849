"""Twins of the two datasets that span the world."""

import random
from collections.abc import Sequence

import shapely

from tests.samples.files import Record, Sample, csv_table, frame, geojson, geopackage, zipped
from tests.samples.shapes import area_m2, geometry, moved, openstreetmap, roughened, whole
from tests.samples.world import Installation

ECKERT_IV = "ESRI:54012"
SMALLEST_DETECTED_M2 = 10_000.0
CONFIDENCES = "AAABBCD"
WIND_FARMS = ((-100.4, 32.4), (-1.6, 40.9), (9.1, 54.4), (76.9, 10.3), (106.5, 41.9), (138.3, -33.4))


def global_pv_inventory_sent2_spot_2021(world: Sequence[Installation]) -> Sample:
    """Plants that a network found on Sentinel-2 and SPOT until 2018, each a few metres off."""
    key = "global_pv_inventory_sent2_spot_2021"
    seen = [site for site in world if _is_detected(key, site)]
    records = tuple(_detected(key, number, site) for number, site in enumerate(seen, start=1))
    files = {
        "predicted_set.geojson": geojson("predicted_set", records),
        "trn_polygons.geojson": geojson("trn_polygons", [_training(n, site) for n, site in enumerate(seen[::30][:5])]),
    }
    return Sample(key, records, files)


def _is_detected(key: str, site: Installation) -> bool:
    is_visible = not site.is_roof and site.year <= 2018 and area_m2(whole(site)) >= SMALLEST_DETECTED_M2
    return is_visible and random.Random(f"{key}/{site.name}/seen").random() < 0.9


def _detected(key: str, number: int, site: Installation) -> Record:
    rng = random.Random(f"{key}/{site.name}")
    drawing = roughened(moved(whole(site), rng, 1.0, 12.0), rng, 1.5)
    area = area_m2(drawing)
    properties = {
        "unique_id": number,
        "area": round(area, 2),
        "capacity_mw": round(area / 1e6 * rng.uniform(38, 50), 3),
        "install_date": _install_date(number, site.year, rng),
        "confidence": CONFIDENCES[rng.randrange(len(CONFIDENCES))],
    }
    return Record(geometry(drawing, site), properties, site.name, str(number))


def _install_date(number: int, year: int, rng: random.Random) -> str | None:
    """A month, a bound, an empty text or nothing: all four are published."""
    if number % 10 == 0:
        return None
    if number % 10 == 5:
        return ""
    month = f"{year}-{rng.randrange(1, 13):02d}"
    return "<2016-06-01" if month < "2016-06" else month


def _training(number: int, site: Installation) -> Record:
    drawing = moved(whole(site), random.Random(f"training/{site.name}"), 1.0, 5.0)
    return Record(geometry(drawing, site), {"unique_id": number + 1, "area": round(area_m2(drawing), 2)})


def global_harmonized_large_solar_farms_2020(world: Sequence[Installation]) -> Sample:
    """Solar farms taken from OpenStreetMap, once in degrees and once in metres, beside wind farms."""
    key, folder = "global_harmonized_large_solar_farms_2020", "global_wind_solar_2020"
    seen = [site for site in world if _is_mapped(key, site)]
    records = tuple(_mapped(key, number, site) for number, site in enumerate(seen, start=1))
    tables = {
        "global_solar_2020_WGS84": frame(records),
        "global_solar_2020_Eckert_IV": frame(records, ECKERT_IV),
        "global_wind_2020_WGS84": frame([_wind_farm(number, *spot) for number, spot in enumerate(WIND_FARMS, start=1)]),
    }
    members = {f"{folder}/{name}.gpkg": geopackage(name, table) for name, table in tables.items()}
    members[f"{folder}/global_solar_2020_WGS84.csv"] = csv_table([_centroid(record) for record in records])
    return Sample(key, records, {f"{folder}.zip": zipped(members)})


def _centroid(record: Record) -> Record:
    """The same farm as a point, in the columns that programs read; NA is unknown."""
    centroid = shapely.geometry.shape(record.geometry).centroid
    position = {"X": round(centroid.x, 6), "Y": round(centroid.y, 6)}
    is_unknown = int(record.source_id) % 9 == 4
    power = "NA" if is_unknown else record.properties["power"]
    return Record(record.geometry, position | {"power": power, "panel.area": record.properties["panel.area"]})


def _is_mapped(key: str, site: Installation) -> bool:
    if site.is_roof or site.year > 2020:
        return False
    # Volunteers have mapped Britain and Germany more fully than India and China.
    share = {"GBR": 1.0, "DEU": 1.0, "IND": 0.4, "CHN": 0.4}.get(site.anchor.country, 0.6)
    return random.Random(f"{key}/{site.name}/seen").random() < share


def _mapped(key: str, number: int, site: Installation) -> Record:
    rng = random.Random(f"{key}/{site.name}")
    drawing = openstreetmap(site)
    area_km2 = area_m2(drawing) / 1e6
    properties = {"x_id": number, "panel.area": round(area_km2, 6), "power": round(area_km2 * rng.uniform(40, 55), 3)}
    return Record(geometry(drawing, site), properties, site.name, str(number))


def _wind_farm(number: int, lon: float, lat: float) -> Record:
    properties = {"x_id": number, "turbines": 10 * number, "power": 25.0 * number}
    return Record({"type": "Point", "coordinates": [lon, lat]}, properties)
