"""The columns of the made-up inventories: names, units and codes of real ones."""

from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from benchmarks.world_views import BLOCKS, ROOFS_SEEN, SATELLITE, VIEWS, Sightings
from loaders.core.arrays import Numbers, Rows
from loaders.geo.geometry import area_m2, centroids

UNKNOWN = -9999.0
M2_PER_KM2, KW_PER_MW, HECTARE_M2 = 1e6, 1e3, 1e4
SYLLABLES = np.array(
    [f"{start}{vowel}{end}" for start in "bdfgklmnprstvwz" for vowel in "aeiouü" for end in ("", "n", "r", "l")]
)
SCRAMBLE = 2_654_435_761  # odd, so that each plant has a name of its own
Columns = dict[str, Any]


def plant_names(plant: Rows) -> list[str]:
    """A name for each plant that resembles no other one's."""
    digits = (plant.astype(np.uint64) * SCRAMBLE) % 2**32
    parts = [SYLLABLES[(digits // len(SYLLABLES) ** place) % len(SYLLABLES)] for place in range(4)]
    return ["".join(syllables).capitalize() for syllables in zip(*parts, strict=True)]


def _known(values: Numbers) -> pa.Array:
    return pa.array(values, from_pandas=True)


def _or_code(values: Numbers) -> Numbers:
    return np.where(np.isnan(values), UNKNOWN, values)


def _area_m2(found: Sightings) -> Numbers:
    return np.round(area_m2(found.shapes), 1)


def survey(found: Sightings, numbers: Rows) -> Columns:
    """As GM-SEUS: arrays with -9999 for unknown."""
    return {
        "arrayID": numbers,
        "Source": np.where(numbers % 3, "digitised", "georeferenced"),
        "nativeID": ["unknown"] * len(numbers),
        "name": plant_names(found.plant),
        "totArea": _or_code(_area_m2(found)),
        "capMW": _or_code(found.capacity_mw),
        "instYr": found.year,
        "tilt": np.round(5 + numbers % 37 * 0.9, 1),
        "avgAzimuth": np.round(120 + numbers % 121 * 1.0, 1),
        "mount": np.where(numbers % 2, "fixed_axis", "single_axis"),
    }


def satellite(found: Sightings, numbers: Rows) -> Columns:
    """As the predicted set of Kruitwagen et al.: dates with an upper bound."""
    return {
        "unique_id": numbers,
        "area": _area_m2(found),
        "confidence": np.array(list("ABCD"))[numbers % 4],
        "install_date": np.where(numbers % 5, f"<{VIEWS[SATELLITE].vintage}-12-31", ""),
        "iso-3166-1": np.array(["US", "CN", "IN", "DE"])[numbers % 4],
        "iso-3166-2": np.array(["US-CA", "CN-JS", "IN-RJ", "DE-BB"])[numbers % 4],
        "gti": np.round(1000 + numbers % 1201 * 1.0, 1),
        "pvout": np.round(900 + numbers % 1101 * 1.0, 1),
    }


def inventory(found: Sightings, numbers: Rows) -> Columns:
    """As a shapefile of some authority: short names, km2 and kW, letters that are not ASCII."""
    return {
        "OBJECTID": numbers,
        "NAME": [f"Solarpark Nº {number}" for number in numbers],
        "AREA_KM2": _area_m2(found) / M2_PER_KM2,
        "P_KW": _known(np.round(found.capacity_mw * KW_PER_MW, 3)),
        "REGION": np.array(["Süd", "Öst", "Ñandú", "Åland"])[numbers % 4],
    }


def blocks(found: Sightings, numbers: Rows) -> Columns:
    """As TZ-SAM: clusters between the dates of two scenes."""
    last = f"{VIEWS[BLOCKS].vintage}-12-31T00:00:00"
    return {
        "cluster_id": numbers,
        "area_ha": _area_m2(found) / HECTARE_M2,
        "constructed_after": pa.nulls(len(numbers), pa.string()),
        "constructed_before": [last] * len(numbers),
    }


def crowd(found: Sightings, numbers: Rows) -> Columns:
    """As the British crowdsourced inventory: columns of OpenStreetMap, most of them without values."""
    is_point = shapely.get_dimensions(found.shapes) == 0
    names = plant_names(found.plant)
    return {
        "osm_objtype": np.where(is_point, "node", "way"),
        "osm_id": 481_000_000 + numbers,
        "repd_site_name": [name if number % 4 == 0 else None for name, number in zip(names, numbers, strict=True)],
        "capacity_osm_MWp": _known(found.capacity_mw),
        "area_sqm": _known(_area_m2(found)),
        "located": ["ground"] * len(numbers),
        "orientation": np.array(["south", "southwest", "180", "SSE"])[numbers % 4],
        "osm_power_type": ["generator"] * len(numbers),
        "osm_tag_start_date": pa.nulls(len(numbers), pa.string()),
        "num_modules": numbers % 997,
        "source_capacity": ["OSM"] * len(numbers),
        "source_obj": ["OSM"] * len(numbers),
        "match_rule": np.array(["1", "2a", "4", "4a"])[numbers % 4],
        "osm_name": names,
    }


def permits(found: Sightings, numbers: Rows) -> Columns:
    """As USPVDB in a CSV: points, AC capacities, -9999 for unknown."""
    lon, lat = shapely.get_coordinates(found.shapes).T
    return {
        "case_id": 400_000 + numbers,
        "eia_id": numbers + 50_000,
        "p_state": np.array(["CA", "TX", "NV", "NC"])[numbers % 4],
        "p_county": np.array(["Kern County", "Bee County", "Clark County", "Wake County"])[numbers % 4],
        "ylat": lat,
        "xlong": lon,
        "p_name": plant_names(found.plant),
        "p_year": found.year,
        "p_tech_pri": ["PV"] * len(numbers),
        "p_axis": np.where(numbers % 2, "fixed-tilt", "single-axis"),
        "p_cap_ac": _or_code(found.capacity_mw),
        "p_zscore": np.round(numbers % 101 / 50 - 1, 2),
    }


def roofs(found: Sightings, numbers: Rows) -> Columns:
    """As a national register of roofs: capacities in kWp, days of commissioning."""
    return {
        "register_no": [f"R{number:08d}" for number in numbers],
        "commissioned": [f"{year}-06-15" for year in found.year],
        "kwp": _known(np.round(found.capacity_mw * KW_PER_MW, 3)),
        "operator": np.where(numbers % 3, "private", "public"),
    }


def roofs_seen(found: Sightings, numbers: Rows) -> Columns:
    """As the facilities of Song et al.: positions next to outlines, the year in which a plant was there."""
    lon, lat = centroids(found.shapes)
    return {
        "PV_ID": numbers,
        "latitude": lat,
        "longitude": lon,
        "country": np.array(["Germany", "Spain", "India", "Chile"])[numbers % 4],
        "year": np.full(len(numbers), VIEWS[ROOFS_SEEN].vintage),
        "area_m2": _area_m2(found),
    }
