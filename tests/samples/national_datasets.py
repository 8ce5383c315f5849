"""Twins of the Indian and the Chinese dataset."""

import math
import random
from collections.abc import Sequence

from tests.samples.files import Record, Sample, frame, geojson, shapefile, zipped
from tests.samples.shapes import (
    Drawing,
    area_m2,
    blocks,
    first_phase,
    geometry,
    moved,
    roughened,
    whole,
    with_stray_hole,
)
from tests.samples.world import Installation

INDIA_AREA_FACTOR = 3.6


def ind_pv_solar_farms_2022(world: Sequence[Installation]) -> Sample:
    """Indian farms on Sentinel-2, with an area column that exceeds the geometry."""
    key = "ind_pv_solar_farms_2022"
    seen = [site for site in world if site.anchor.country == "IND"]
    stem = "solar_farms_india_2021_merged_simplified"
    drawings = [_india_drawing(key, site) for site in seen]
    areas = _exaggerated([area_m2(drawing) for drawing in drawings], key)
    entries = zip(seen, drawings, areas, strict=True)
    records = tuple(_india_record(number, *entry) for number, entry in enumerate(entries))
    text = geojson(stem, records, crs="urn:ogc:def:crs:OGC:1.3:CRS84")
    return Sample(key, records, {f"{stem}.geojson": text})


def _india_drawing(key: str, site: Installation) -> Drawing:
    rng = random.Random(f"{key}/{site.name}")
    return moved(blocks(site) if site.number % 2 else whole(site), rng, 1.0, 4.0)


def _exaggerated(areas_m2: Sequence[float], key: str) -> list[float]:
    """Areas that are wrong one by one, and `INDIA_AREA_FACTOR` times the truth in all."""
    rng = random.Random(f"{key}/area")
    wrong = [area * rng.uniform(1, 6) for area in areas_m2]
    factor = INDIA_AREA_FACTOR * math.fsum(areas_m2) / math.fsum(wrong)
    return [area * factor for area in wrong]


def _india_record(number: int, site: Installation, drawing: Drawing, stated_area_m2: float) -> Record:
    # Four shapes are broken and two latitudes are a degree off: other rows, so that one quirk does not hide the other.
    shape = with_stray_hole(drawing, site) if number % 10 == 3 else drawing
    properties = {
        "State": site.anchor.region,
        "Area": round(stated_area_m2, 3),
        "Latitude": round(site.lat + (1.0 if number % 20 == 7 else 0.0), 6),
        "Longitude": site.lon,
        "fid": 601 + number,
    }
    return Record(geometry(shape, site, multi=True), properties, site.name, str(601 + number))


def chn_med_res_pv_2024(world: Sequence[Installation]) -> Sample:
    """Chinese plants in two years: those of 2015 come again in 2020, most of them grown."""
    key = "chn_med_res_pv_2024"
    seen = [site for site in world if site.anchor.country == "CHN"]
    records: tuple[Record, ...] = ()
    files = {}
    for year in (2015, 2020):
        stem = f"china_pv_{year}"
        built = [site for site in seen if site.year <= year]
        layer = tuple(_china_record(stem, row, site, year) for row, site in enumerate(built, start=1))
        files[f"{stem}.zip"] = zipped(shapefile(stem, frame(layer)))
        records += layer
    return Sample(key, records, files)


def _china_record(stem: str, row: int, site: Installation, year: int) -> Record:
    rng = random.Random(f"{stem}/{site.name}")
    will_grow = year == 2015 and site.number % 3 > 0
    drawing = roughened(moved(first_phase(site) if will_grow else whole(site), rng, 1.0, 6.0), rng, 1.0)
    properties = {"area": round(area_m2(drawing) / 1e6, 6)}
    return Record(geometry(drawing, site), properties, site.name, f"{stem}:{row}")
