"""Twins of GM-SEUS in two versions, whose columns and CRS differ."""

import random
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import shapely

from tests.samples.files import Record, Sample, frame, geopackage, zipped
from tests.samples.shapes import Drawing, area_m2, capacity_mw, geometry, moved, scaled, whole
from tests.samples.usa_datasets import UNKNOWN, american_plants, case_ids
from tests.samples.world import Installation

ALBERS = {1: "ESRI:102003", 2: "EPSG:6350"}
# the inventories that version 2 took its arrays from, by their share
SOURCES = (*["OSM"] * 5, *["TZSAM"] * 3, *["CECSFC"] * 2, "georeferenced", "digitised", "GRW", "CCVPV", "CWSD")
FROM_USPVDB = 4  # one in so many is, where USPVDB holds it


def usa_gm_seus_v1_2025(world: Sequence[Installation]) -> Sample:
    """Ground-mounted arrays of every size in an equal-area projection, with elevations nobody asked for."""
    key = "usa_gm_seus_v1_2025"
    records = tuple(_first_version(key, number, site) for number, site in enumerate(american_plants(world), start=1))
    arrays, panels = "GMSEUS_Arrays_Final", "GMSEUS_Panels_Final"
    members = {
        f"{arrays}.gpkg": geopackage(arrays, _with_elevation(frame(records, ALBERS[1]))),
        f"{panels}.gpkg": geopackage(panels, frame(_panel_rows(american_plants(world)[:4]), ALBERS[1])),
    }
    return Sample(key, records, {"GMSEUS_v1_0.zip": zipped(members)})


def _first_version(key: str, number: int, site: Installation) -> Record:
    rng = random.Random(f"{key}/{site.name}")
    drawing = moved(scaled(whole(site), 1.01), rng, 0.5, 3.0)
    capacity = round(capacity_mw(site), 3)
    properties = {
        "arrayID": number,
        "totArea": round(area_m2(drawing), 1),
        "capMW": float(UNKNOWN) if number % 9 == 5 else capacity,
        "capMWest": round(capacity * 0.9, 3),
        "instYr": UNKNOWN if number % 8 == 2 else site.year,
        "instYrLT": site.year,
    }
    return Record(geometry(drawing, site), properties, site.name, str(number))


def usa_gm_seus_v2_2026(world: Sequence[Installation]) -> Sample:
    """The next version: other names of columns, another CRS, arrays on roofs beside it, and where each is from."""
    key, suffix = "usa_gm_seus_v2_2026", "2025_v2_0"
    sites, cases = american_plants(world), case_ids(world)
    numbered = enumerate(sites, start=1)
    records = tuple(_second_version(key, number, site, cases.get(site.name)) for number, site in numbered)
    roofs = [_roof_array(number, site) for number, site in enumerate((each for each in world if each.is_roof), start=1)]
    tables = {f"GMSEUS_Arrays_Final_{suffix}": records, f"GMSEUS_RooftopArrays_{suffix}": roofs}
    members = {f"{name}.gpkg": geopackage(name, frame(rows, ALBERS[2])) for name, rows in tables.items()}
    return Sample(key, records, {"GMSEUS.zip": zipped(members)})


def _second_version(key: str, number: int, site: Installation, case_id: int | None) -> Record:
    drawing = moved(scaled(whole(site), 1.005), random.Random(f"{key}/{site.name}"), 0.3, 2.5)
    is_copied = case_id is not None and number % FROM_USPVDB == 0
    source = "USPVDB" if is_copied else SOURCES[number % len(SOURCES)]
    properties = _array(number, site, drawing, is_known=number % 9 != 7) | {
        "Source": source,
        "nativeID": str(case_id) if is_copied else "unknown",
        "instYr": UNKNOWN if number % 8 == 6 else site.year,
        "instYrEst": site.year,
    }
    return Record(geometry(drawing, site), properties, site.name, str(number))


def _roof_array(number: int, site: Installation) -> Record:
    drawing = whole(site)
    return Record(geometry(drawing, site), _array(number, site, drawing, is_known=False))


def _array(number: int, site: Installation, drawing: Drawing, *, is_known: bool) -> dict[str, Any]:
    capacity = round(capacity_mw(site), 3)
    return {
        "arrayID": number,
        "totArea": round(area_m2(drawing), 1),
        "grndCvr": 0.4,
        "capMWDC": capacity if is_known else float(UNKNOWN),
        "capMWDCest": round(capacity * 0.9, 3),
        "capMWAC": round(capacity / 1.3, 3) if is_known else float(UNKNOWN),
        "capMWACest": round(capacity * 0.9 / 1.3, 3),
    }


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
