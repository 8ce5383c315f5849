"""Twins of the datasets of California and of the USPVDB, in two editions."""

import random
from collections.abc import Sequence
from typing import Any

from tests.samples.files import Record, Sample, csv_table, geojson, zipped
from tests.samples.shapes import area_m2, blocks, capacity_mw, geometry, moved, point_geometry, scaled, whole
from tests.samples.world import Installation

UNKNOWN = -9999
LAST_YEAR_OF_FIRST_EDITION = 2020
SYSTEM_TYPES = {7: "rooftop", 13: "canopy", 21: "canopy,ground", 30: "floating"}  # in USPVDB, by number
STATES = {
    "Arizona": "AZ",
    "California": "CA",
    "Florida": "FL",
    "Georgia": "GA",
    "Nevada": "NV",
    "New Mexico": "NM",
    "North Carolina": "NC",
    "Texas": "TX",
    "Utah": "UT",
}


def usa_cali_usgs_pv_2016(world: Sequence[Installation]) -> Sample:
    """Farms and roofs of California on aerial imagery, in NAD83."""
    key = "usa_cali_usgs_pv_2016"
    seen = [site for site in world if site.anchor.region == "California" and (site.is_roof or site.year <= 2016)]
    records = tuple(_usgs_record(key, number, site) for number, site in enumerate(seen, start=1))
    rejected = tuple(_collapsed(len(records) + place, site) for place, site in enumerate(seen[:2], start=1))
    text = geojson("SolarArrayPolygons", records + rejected, crs="urn:ogc:def:crs:EPSG::4269")
    return Sample(key, records, {"SolarArrayPolygons.geojson": text})


def _usgs_record(key: str, number: int, site: Installation) -> Record:
    rng = random.Random(f"{key}/{site.name}")
    drawing = moved(whole(site), rng, 0.1, 0.5 if site.is_roof else 1.5)
    area = area_m2(drawing) * rng.uniform(0.98, 1.02)
    city = site.anchor.county if site.is_roof else None
    properties = {"polygon_id": number, "city": city, "area_meters": round(area, 2)}
    return Record(geometry(drawing, site), properties, site.name, str(number))


def _collapsed(number: int, site: Installation) -> Record:
    """A ring that goes from one vertex to another and back: no polygon, and to be refused as such."""
    start, end, *_ = geometry(whole(site), site)["coordinates"][0]
    properties = {"polygon_id": number, "city": site.anchor.county, "area_meters": 0.0}
    return Record({"type": "Polygon", "coordinates": [[start, end, start]]}, properties)


def usa_uspvdb_2023(world: Sequence[Installation]) -> Sample:
    """The first edition, as points; those plants that stood by then."""
    key, stem = "usa_uspvdb_2023", "uspvdb_v1_0_20231108"
    sites = [site for site in _uspvdb_sites(world) if site.year <= LAST_YEAR_OF_FIRST_EDITION]
    records = tuple(_first_edition(site, case_ids(world)[site.name]) for site in sites)
    return Sample(key, records, {f"{stem}.csv": csv_table(records, "utf-8-sig")})


def _first_edition(site: Installation, case_id: int) -> Record:
    shape = point_geometry(site)
    lon, lat = shape["coordinates"]
    properties = _uspvdb_columns(site, case_id, area_m2(whole(site))) | {"ylat": lat, "xlong": lon}
    return Record(shape, properties, site.name, str(case_id))


def usa_uspvdb_2026(world: Sequence[Installation]) -> Sample:
    """Ground-mounted plants from 1 MW, the panels outlined tightly."""
    key, stem = "usa_uspvdb_2026", "uspvdb_v4_0_20260414"
    records = tuple(_uspvdb_record(key, number, site) for number, site in enumerate(_uspvdb_sites(world)))
    text = geojson(stem, records)
    changelog = b"v4.0 (2026-04-14): synthetic sample, no record is a real plant.\n"
    return Sample(key, records, {"uspvdbGeoJSON.zip": zipped({"CHANGELOG.txt": changelog, f"{stem}.geojson": text})})


def _uspvdb_sites(world: Sequence[Installation]) -> list[Installation]:
    return [site for site in american_plants(world) if capacity_mw(site) >= 1]


def case_ids(world: Sequence[Installation]) -> dict[str, int]:
    """The identifier that every edition gives a plant, by the name of the installation."""
    return {site.name: 400_001 + 7 * number for number, site in enumerate(_uspvdb_sites(world))}


def _uspvdb_record(key: str, number: int, site: Installation) -> Record:
    rng = random.Random(f"{key}/{site.name}")
    drawing = moved(scaled(blocks(site) if _is_multi(site) else whole(site), 0.97), rng, 0.2, 2.0)
    properties = _uspvdb_columns(site, 400_001 + 7 * number, area_m2(drawing))
    image_date = f"{rng.randrange(2022, 2026)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"
    # Steps without a common factor: the gaps of the three columns seldom meet in a row, but once they do.
    unknown = {"p_year": number % 11 == 4, "p_cap_ac": number % 13 == 6, "p_cap_dc": number % 7 == 3}
    properties |= {name: UNKNOWN for name, is_unknown in unknown.items() if is_unknown}
    properties |= {"p_img_date": int(image_date), "p_sys_type": SYSTEM_TYPES.get(number, "ground"), "p_comm": None}
    return Record(geometry(drawing, site), properties, site.name, str(properties["case_id"]))


def _uspvdb_columns(site: Installation, case_id: int, area: float) -> dict[str, Any]:
    """The columns of all editions."""
    capacity_dc = capacity_mw(site)
    return {
        "case_id": case_id,
        "multi_poly": "multi" if _is_multi(site) else "single",
        "eia_id": 60_001 + 3 * (case_id - 400_001) // 7,
        "p_state": STATES[site.anchor.region],
        "p_county": site.anchor.county,
        "ylat": site.lat,
        "xlong": site.lon,
        "p_area": round(area),
        "p_img_date": 20220310,
        "p_dig_conf": 4,
        "p_name": f"{site.anchor.county} Sample Solar {site.number}",
        "p_year": site.year,
        "p_pwr_reg": None,
        "p_tech_pri": "PV",
        "p_tech_sec": "c-si",
        "p_axis": "single-axis" if site.number % 2 else "fixed-tilt",
        "p_azimuth": 180,
        "p_tilt": None if site.number % 2 else 25,
        "p_battery": None,
        "p_cap_ac": round(capacity_dc / 1.3, 1),
        "p_cap_dc": round(capacity_dc, 1),
        "p_type": "greenfield",
        "p_agrivolt": "non-agrivoltaic",
        "p_zscore": None,
    }


def _is_multi(site: Installation) -> bool:
    return site.number % 4 == 1


def american_plants(world: Sequence[Installation]) -> list[Installation]:
    """The plants of the United States, without roofs."""
    return [site for site in world if site.anchor.country == "USA" and not site.is_roof]
