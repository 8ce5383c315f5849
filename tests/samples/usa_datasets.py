"""Twins of the three datasets of the United States."""

import random
from collections.abc import Sequence

import geopandas as gpd
import shapely

from tests.samples.files import Record, Sample, frame, geojson, geopackage, zipped
from tests.samples.shapes import Drawing, area_m2, blocks, capacity_mw, geometry, moved, scaled, whole
from tests.samples.world import Installation

UNKNOWN = -9999
ALBERS = "ESRI:102003"
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


def usa_uspvdb_2026(world: Sequence[Installation]) -> Sample:
    """Ground-mounted plants from 1 MW, the panels outlined tightly."""
    key, stem = "usa_uspvdb_2026", "uspvdb_v4_0_20260414"
    seen = [site for site in _american_plants(world) if capacity_mw(site) >= 1]
    records = tuple(_uspvdb_record(key, number, site) for number, site in enumerate(seen))
    text = geojson(stem, records)
    changelog = b"v4.0 (2026-04-14): synthetic sample, no record is a real plant.\n"
    return Sample(key, records, {"uspvdbGeoJSON.zip": zipped({"CHANGELOG.txt": changelog, f"{stem}.geojson": text})})


def _uspvdb_record(key: str, number: int, site: Installation) -> Record:
    rng = random.Random(f"{key}/{site.name}")
    is_multi = site.number % 4 == 1
    drawing = moved(scaled(blocks(site) if is_multi else whole(site), 0.97), rng, 0.2, 2.0)
    capacity_dc = capacity_mw(site)
    image_date = f"{rng.randrange(2022, 2026)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"
    case_id = 400_001 + 7 * number
    # Steps without a common factor: the gaps of the three columns seldom meet in a row, but once they do.
    properties = {
        "case_id": case_id,
        "multi_poly": "multi" if is_multi else "single",
        "eia_id": 60_001 + 3 * number,
        "p_state": STATES[site.anchor.region],
        "p_county": site.anchor.county,
        "ylat": site.lat,
        "xlong": site.lon,
        "p_area": round(area_m2(drawing)),
        "p_img_date": int(image_date),
        "p_name": f"{site.anchor.county} Sample Solar {site.number}",
        "p_year": UNKNOWN if number % 11 == 4 else site.year,
        "p_cap_ac": UNKNOWN if number % 13 == 6 else round(capacity_dc / 1.3, 1),
        "p_cap_dc": UNKNOWN if number % 7 == 3 else round(capacity_dc, 1),
    }
    return Record(geometry(drawing, site), properties, site.name, str(case_id))


def usa_gm_seus_v1_2025(world: Sequence[Installation]) -> Sample:
    """Ground-mounted arrays of every size in an equal-area projection, with elevations nobody asked for."""
    key = "usa_gm_seus_v1_2025"
    records = tuple(_gmseus_record(key, number, site) for number, site in enumerate(_american_plants(world), start=1))
    arrays, panels = "GMSEUS_Arrays_Final", "GMSEUS_Panels_Final"
    members = {
        f"{arrays}.gpkg": geopackage(arrays, _with_elevation(frame(records, ALBERS))),
        f"{panels}.gpkg": geopackage(panels, frame(_panel_rows(_american_plants(world)[:4]), ALBERS)),
    }
    return Sample(key, records, {"GMSEUS_v1_0.zip": zipped(members)})


def _gmseus_record(key: str, number: int, site: Installation) -> Record:
    rng = random.Random(f"{key}/{site.name}")
    drawing = moved(scaled(whole(site), 1.01), rng, 0.5, 3.0)
    properties = {
        "arrayID": number,
        "totArea": round(area_m2(drawing), 1),
        "capMW": float(UNKNOWN) if number % 9 == 5 else round(capacity_mw(site), 3),
        "instYr": UNKNOWN if number % 8 == 2 else site.year,
    }
    return Record(geometry(drawing, site), properties, site.name, str(number))


def _with_elevation(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Every shape in three dimensions; every second one lies at sea level, as if nobody had looked it up."""
    z = [0.0 if row % 2 else 100.0 + 5 * row for row in range(len(table))]
    return table.set_geometry(shapely.force_3d(table.geometry.array, z), crs=table.crs)


def _panel_rows(sites: Sequence[Installation]) -> list[Record]:
    """Five rows of panels on each site: part of the record, but not installations."""
    return [_panel_row(site, row, 5 * place + row + 1) for place, site in enumerate(sites) for row in range(5)]


def _panel_row(site: Installation, row: int, panel_id: int) -> Record:
    left, bottom = -20.0, 6.0 * row - 20
    drawing: Drawing = ((((left, bottom), (left + 20, bottom), (left + 20, bottom + 2), (left, bottom + 2)),),)
    properties = {"panelID": panel_id, "arrayID": site.number + 1, "rowArea": 40.0, "rowAzimuth": 180.0}
    return Record(geometry(drawing, site), properties)


def _american_plants(world: Sequence[Installation]) -> list[Installation]:
    return [site for site in world if site.anchor.country == "USA" and not site.is_roof]
