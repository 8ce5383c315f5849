"""Twins of three inventories that others found on satellite images of the whole world."""

import io
import random
from collections.abc import Sequence

from tests.samples.files import Record, Sample, frame, geopackage
from tests.samples.shapes import Drawing, area_m2, capacity_mw, geometry, moved, roughened, whole
from tests.samples.world import Installation

WEB_MERCATOR = "EPSG:3857"
FIRST_IMAGES = 2017  # older plants are of this year


def global_pv_facilities_2026(world: Sequence[Installation]) -> Sample:
    """Facilities as GeoParquet, each with the year in which it was there."""
    key = "global_pv_facilities_2026"
    sites = _detected(key, world, smallest_m2=10_000, share=0.85)
    records = tuple(_facility(key, number, site) for number, site in enumerate(sites, start=1))
    buffer = io.BytesIO()
    frame(records).to_parquet(buffer, compression=None, index=False)
    return Sample(key, records, {"global_pv_facility_inventory.parquet": buffer.getvalue()})


def _facility(key: str, number: int, site: Installation) -> Record:
    drawing = _drawing(key, site, 1.0, 10.0)
    properties = {
        "PV_ID": number,
        "latitude": site.lat,
        "longitude": site.lon,
        "country": site.anchor.country,
        "year": max(site.year, FIRST_IMAGES),
        "area_m2": round(area_m2(drawing), 1),
    }
    return Record(geometry(drawing, site, multi=True), properties, site.name, str(number))


def global_tz_sam_2025(world: Sequence[Installation]) -> Sample:
    """Clusters of panels, built between two satellite scenes; the first images already show the older ones."""
    key = "global_tz_sam_2025"
    sites = _detected(key, world, smallest_m2=20_000, share=0.8)
    records = tuple(_cluster(key, number, site) for number, site in enumerate(sites))
    return Sample(key, records, {"TZ-SAM.gpkg": geopackage("TZ-SAM", frame(records))})


def _cluster(key: str, number: int, site: Installation) -> Record:
    rng, is_older = random.Random(f"{key}/{site.name}/dates"), site.year <= FIRST_IMAGES
    scene = f"-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d} 08:16:58.363 +00"
    properties = {
        "cluster_id": number,
        "capacity_mw": round(capacity_mw(site) * rng.uniform(0.85, 1.1), 2),
        "constructed_after": None if is_older else f"{site.year - 1}{scene}",
        "constructed_before": f"{FIRST_IMAGES + 1 if is_older else site.year + 1}{scene}",
    }
    return Record(geometry(_drawing(key, site, 1.0, 8.0), site), properties, site.name, str(number))


def global_renewables_watch_2024(world: Sequence[Installation]) -> Sample:
    """Solar farms in web mercator, whose metres are not metres, with year and quarter of construction."""
    key, stem = "global_renewables_watch_2024", "solar_all_2024q2_v1"
    sites = _detected(key, world, smallest_m2=10_000, share=0.8)
    records = tuple(_farm(key, f"{stem}:{row}", site) for row, site in enumerate(sites, start=1))
    return Sample(key, records, {f"{stem}.gpkg": geopackage(stem, frame(records, WEB_MERCATOR))})


def _farm(key: str, row: str, site: Installation) -> Record:
    quarter = random.Random(f"{key}/{site.name}/quarter").randrange(1, 5)
    properties = {"construction_year": max(site.year, FIRST_IMAGES), "construction_quarter": quarter}
    return Record(geometry(_drawing(key, site, 1.0, 10.0), site), properties, site.name, row)


def _detected(key: str, world: Sequence[Installation], smallest_m2: float, share: float) -> list[Installation]:
    """The plants that are large enough, less those that were overlooked."""
    large = (site for site in world if not site.is_roof and area_m2(whole(site)) >= smallest_m2)
    return [site for site in large if random.Random(f"{key}/{site.name}/seen").random() < share]


def _drawing(key: str, site: Installation, least_m: float, most_m: float) -> Drawing:
    rng = random.Random(f"{key}/{site.name}")
    return roughened(moved(whole(site), rng, least_m, most_m), rng, 1.5)
