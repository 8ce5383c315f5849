"""Twin of the British dataset: OpenStreetMap and the planning register REPD, matched by its authors."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.samples.files import Record, Sample, geojson
from tests.samples.shapes import (
    Drawing,
    Geometry,
    area_m2,
    blocks,
    bow_tie,
    capacity_mw,
    geometry,
    moved,
    openstreetmap,
    openstreetmap_style,
    point_geometry,
    whole,
)
from tests.samples.world import Installation

KEY = "uk_crowdsourced_pv_2020"
# as the authors export them
COLUMNS = (
    "osm_objtype",
    "osm_id",
    "repd_id",
    "repd_site_name",
    "capacity_repd_MWp",
    "capacity_osm_MWp",
    "area_sqm",
    "located",
    "orientation",
    "osm_power_type",
    "osm_tag_start_date",
    "num_modules",
    "repd_status",
    "repd_operational_date",
    "old_repd_id",
    "osm_cluster_id",
    "repd_cluster_id",
    "source_capacity",
    "source_obj",
    "match_rule",
    "osm_name",
)
FARMHOUSE_BEYOND_M = 120.0
PLANNED_BEYOND_M = 2_500.0
BOW_TIES = (4, 9)  # numbers of two plants that OpenStreetMap shows as a sketch
EXTENDED = (0, 20)  # one object of OpenStreetMap, a farm and its extension in the register: two rows, one shape
WITHOUT_CAPACITY = 20  # in the register: its capacity in OpenStreetMap is halved between the two rows
UNMAPPED = (13, 27, 41)  # in the register only
NOT_BUILT = ("Awaiting Construction", "Application Submitted", "Under Construction")


@dataclass(frozen=True, slots=True)
class Mapped:
    """An object of OpenStreetMap."""

    site: Installation
    shape: Geometry
    area: float | None
    is_first: bool  # of its farm


def uk_crowdsourced_pv_2020(world: Sequence[Installation]) -> Sample:
    """What volunteers mapped in Britain, and what the planning register adds: outlines, blocks and mere points."""
    sites = [site for site in world if site.anchor.country == "GBR"]
    objects = [each for site in sites if site.number not in UNMAPPED for each in _objects(site)]
    records = [record for number, each in enumerate(objects) for record in _mapped(number, each)]
    records += [_farmhouse(len(objects) + place, site) for place, site in enumerate(sites[::4])]
    records += [_unmapped(site) for site in sites if site.number in UNMAPPED]
    records += [_not_built(place, site) for place, site in enumerate(sites[2::6])]
    text = geojson("ukpvgeo_geometries", records)
    return Sample(KEY, tuple(records), {"ukpvgeo_geometries.geojson": text})


def _objects(site: Installation) -> list[Mapped]:
    """The objects of one plant."""
    style = openstreetmap_style(site)
    if style == "point":
        return [Mapped(site, point_geometry(site), None, is_first=True)]
    if style == "separate blocks":
        parts = [(block,) for block in blocks(site)]
        return [Mapped(site, geometry(part, site), area_m2(part), is_first=part is parts[0]) for part in parts]
    drawing = _sketch(site) if style == "sketch" else openstreetmap(site)
    return [Mapped(site, geometry(drawing, site), area_m2(openstreetmap(site)), is_first=True)]


def _sketch(site: Installation) -> Drawing:
    """A hasty outline: a few metres off, or even crossing itself."""
    if site.number in BOW_TIES:
        return bow_tie(site)
    return moved(whole(site), random.Random(f"sketch/{site.name}"), 0.5, 4.0)


def _mapped(number: int, each: Mapped) -> Iterator[Record]:
    """The row of an object, or its two rows if the register has two entries of it."""
    site, rng = each.site, random.Random(f"{KEY}/{each.site.name}/{number}")
    is_farm = each.shape["type"] == "MultiPolygon"
    parts = 2 if site.number in EXTENDED else 1
    has_capacity, is_registered = rng.random() < 0.4, rng.random() < 0.4
    capacity = round(capacity_mw(site) / parts, 2) if each.is_first and (has_capacity or parts > 1) else None
    values: dict[str, Any] = {
        "osm_objtype": {"Point": "node", "Polygon": "way", "MultiPolygon": "relation"}[each.shape["type"]],
        "osm_id": _osm_id(number),
        "capacity_osm_MWp": capacity,
        "area_sqm": None if each.area is None else round(each.area, 1),
        "located": "ground",
        "orientation": "south" if number % 3 == 0 else None,
        "osm_power_type": "plant" if is_farm else "generator",
        "osm_tag_start_date": (str(site.year), f"{site.year}-04", None, None)[number % 4],
        "osm_cluster_id": 1 + site.number,
        "source_capacity": "OSM" if capacity else None,
        "source_obj": "OSM",
        "osm_name": f"{site.anchor.county} Sample Solar Farm {site.number}" if number % 5 == 0 else None,
    }
    for part in range(parts):
        register = _register(site, parts, part) if each.is_first and (is_registered or parts > 1) else {}
        yield _record(values | register, each.shape, site.name)


def _register(site: Installation, parts: int = 1, part: int = 0) -> dict[str, Any]:
    """An entry of the planning register: of a plant, or of one of its two parts."""
    share = (0.6, 0.4)[part] if parts > 1 else 1.0
    return {
        "repd_id": _repd_id(site, part),
        "repd_site_name": f"{site.anchor.county} Sample Solar Farm {site.number}{' Extension' if part else ''}",
        "capacity_repd_MWp": None if site.number == WITHOUT_CAPACITY else round(capacity_mw(site) * 0.98 * share, 1),
        "repd_status": "No Application Required" if site.number % 10 == 6 else "Operational",
        "repd_operational_date": f"{site.year}-{1 + site.number % 12:02d}-{1 + site.number % 28:02d}",
        "old_repd_id": f"A{_repd_id(site, part)}",
        "repd_cluster_id": _repd_id(site, 0),
        "match_rule": "4",
    }


def _unmapped(site: Installation) -> Record:
    """A plant that no volunteer has mapped: a point of the register."""
    values = _register(site) | {"source_capacity": "REPD", "source_obj": "REPD", "match_rule": None}
    return _record(values, point_geometry(site), site.name)


def _not_built(place: int, site: Installation) -> Record:
    """Plans for another plant, far beyond this one: nothing stands there that anybody could see."""
    status = NOT_BUILT[place % len(NOT_BUILT)]
    values = _register(site, 2, 1) | {
        "repd_id": 9_001 + place,
        "old_repd_id": None,
        "repd_cluster_id": 9_001 + place,
        "repd_site_name": f"{site.anchor.county} Sample Solar Park {place}",
        "repd_status": status,
        "repd_operational_date": None,
        "source_capacity": "REPD",
        "source_obj": "REPD",
        "match_rule": None,
    }
    shape = point_geometry(site, share=(0.5, 1 + PLANNED_BEYOND_M / site.height_m))
    return _record(values, shape, f"{site.name}/{status}")


def _farmhouse(number: int, site: Installation) -> Record:
    """A roof beside the plant: an installation of its own, that nobody else has seen."""
    values = {
        "osm_objtype": "node",
        "osm_id": _osm_id(number),
        "capacity_osm_MWp": 0.004,
        "located": "rooof" if number % 7 == 0 else "roof",
        "osm_power_type": "generator",
        "num_modules": 16,
        "osm_cluster_id": 1 + number,
        "source_capacity": "OSM",
        "source_obj": "OSM",
    }
    shape = point_geometry(site, share=(1 + FARMHOUSE_BEYOND_M / site.width_m, 0.5))
    return _record(values, shape, f"{site.name}/farmhouse")


def _record(values: dict[str, Any], shape: Geometry, observed: str) -> Record:
    """A row with all columns; it is known by its object, or else by its entry in the register."""
    source_id = values.get("osm_id") or values["repd_id"]
    return Record(shape, {name: values.get(name) for name in COLUMNS}, observed, str(source_id))


def _osm_id(number: int) -> int:
    return 481_000_013 + 1_009 * number


def _repd_id(site: Installation, part: int) -> int:
    return 1_001 + 10 * site.number + part
