"""How the made-up inventories are published: the formats, columns, units and CRS of real ones.

Each resembles a publication that `params.yaml` or `data/samples/README.md` describes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from pyproj import Transformer

from benchmarks.inventory_files import GEOMETRY, Writer, csv, geojson, geoparquet, with_gdal
from benchmarks.world_shapes import DECIMALS
from benchmarks.world_views import (
    BLOCKS,
    CROWD,
    INVENTORY,
    PERMITS,
    ROOFS,
    ROOFS_SEEN,
    SATELLITE,
    SURVEY,
    VIEWS,
    Sightings,
)
from loaders.core.arrays import Numbers, Rows, Shapes
from loaders.geo.geometry import area_m2, centroids

UNKNOWN = -9999.0
M2_PER_KM2, KW_PER_MW, HECTARE_M2 = 1e6, 1e3, 1e4
SYLLABLES = np.array(
    [f"{start}{vowel}{end}" for start in "bdfgklmnprstvwz" for vowel in "aeiouü" for end in ("", "n", "r", "l")]
)
SCRAMBLE = 2_654_435_761  # odd, so that each plant has a name of its own
Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One publication.

    Attributes:
        file: its name, inside `archive` if there is one.
        write: its format.
        attributes: its columns, from its records and their numbers in the file.
        columns: what they mean, as in `params.yaml`.
        read: what the file does not say of itself.
        archive: the zip that holds it.
        crs: of its coordinates.
        corners: that an outline has at least; those that are traced from images have many.
    """

    file: str
    write: Writer
    attributes: Callable[[Sightings, Rows], Columns]
    columns: Mapping[str, Any]
    read: Mapping[str, str] = field(default_factory=dict)
    archive: str | None = None
    crs: str | None = None
    corners: int | None = None

    def entry(self, key: str, folder: str, features: int) -> dict[str, Any]:
        """The dataset's settings."""
        licence = VIEWS[key].licence
        source: dict[str, Any] = {"path": f"{folder}/{self.archive or self.file}"}
        if self.archive:
            source["include"] = [self.file]
        return (
            {"source": source}
            | ({"read": dict(self.read)} if self.read else {})
            | {"columns": dict(self.columns), "expected_features": features}
            | ({"licence": licence, "licence_verified": True} if licence else {})
        )

    def table(self, found: Sightings, numbers: Rows) -> pa.Table:
        """Records as they are published."""
        columns = self.attributes(found, numbers)
        if self.file != POINTS_FILE:
            shapes = _traced(found.shapes, self.corners) if self.corners else found.shapes
            shapes = _projected(shapes, self.crs) if self.crs else shapes
            columns[GEOMETRY] = pa.array(shapely.to_wkb(shapes), pa.binary())
        return pa.table(columns)


def plant_names(plant: Rows) -> list[str]:
    """A name for each plant that resembles no other one's."""
    digits = (plant.astype(np.uint64) * SCRAMBLE) % 2**32
    parts = [SYLLABLES[(digits // len(SYLLABLES) ** place) % len(SYLLABLES)] for place in range(4)]
    return ["".join(syllables).capitalize() for syllables in zip(*parts, strict=True)]


def _traced(outlines: Shapes, corners: int) -> Shapes:
    """The same outlines with at least so many corners."""
    shapes = shapely.segmentize(outlines, shapely.length(outlines) / corners)
    rounded: Shapes = shapely.transform(shapes, lambda xy: np.round(xy, DECIMALS))
    return rounded


def _projected(shapes: Shapes, crs: str) -> Shapes:
    transform = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform
    placed: Shapes = shapely.transform(shapes, lambda xy: np.stack(transform(*xy.T), axis=-1))
    return placed


def _known(values: Numbers) -> pa.Array:
    return pa.array(values, from_pandas=True)


def _or_code(values: Numbers) -> Numbers:
    return np.where(np.isnan(values), UNKNOWN, values)


def _area_m2(found: Sightings) -> Numbers:
    return np.round(area_m2(found.shapes), 1)


def _survey(found: Sightings, numbers: Rows) -> Columns:
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


def _satellite(found: Sightings, numbers: Rows) -> Columns:
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


def _inventory(found: Sightings, numbers: Rows) -> Columns:
    return {
        "OBJECTID": numbers,
        "NAME": [f"Solarpark Nº {number}" for number in numbers],
        "AREA_KM2": _area_m2(found) / M2_PER_KM2,
        "P_KW": _known(np.round(found.capacity_mw * KW_PER_MW, 3)),
        "REGION": np.array(["Süd", "Öst", "Ñandú", "Åland"])[numbers % 4],
    }


def _blocks(found: Sightings, numbers: Rows) -> Columns:
    last = f"{VIEWS[BLOCKS].vintage}-12-31T00:00:00"
    return {
        "cluster_id": numbers,
        "area_ha": _area_m2(found) / HECTARE_M2,
        "constructed_after": pa.nulls(len(numbers), pa.string()),
        "constructed_before": [last] * len(numbers),
    }


def _crowd(found: Sightings, numbers: Rows) -> Columns:
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


def _permits(found: Sightings, numbers: Rows) -> Columns:
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


def _roofs(found: Sightings, numbers: Rows) -> Columns:
    return {
        "register_no": [f"R{number:08d}" for number in numbers],
        "commissioned": [f"{year}-06-15" for year in found.year],
        "kwp": _known(np.round(found.capacity_mw * KW_PER_MW, 3)),
        "operator": np.where(numbers % 3, "private", "public"),
    }


def _roofs_seen(found: Sightings, numbers: Rows) -> Columns:
    lon, lat = centroids(found.shapes)
    return {
        "PV_ID": numbers,
        "latitude": lat,
        "longitude": lon,
        "country": np.array(["Germany", "Spain", "India", "Chile"])[numbers % 4],
        "year": np.full(len(numbers), VIEWS[ROOFS_SEEN].vintage),
        "area_m2": _area_m2(found),
    }


POINTS_FILE = "permits_v4_0_20260414.csv"
KINDS = {
    SURVEY: Kind(
        "Survey_Arrays_Final.gpkg",
        with_gdal("EPSG:3857"),
        _survey,
        {
            "source_id": "arrayID",
            "name": "name",
            "area": {"column": "totArea", "unit": "m2", "null_values": [-9999]},
            "capacity": {"column": "capMW", "unit": "MW", "basis": "dc", "null_values": [-9999]},
            "installed": {"column": "instYr", "null_values": [-9999]},
        },
        archive="survey.zip",
        crs="EPSG:3857",
    ),
    SATELLITE: Kind(
        "predicted_set.geojson",
        geojson,
        _satellite,
        {"source_id": "unique_id", "area": {"column": "area", "unit": "m2"}, "installed": "install_date"},
        corners=120,
    ),
    INVENTORY: Kind(
        "inventory_2019.shp",
        with_gdal("EPSG:6933", "Polygon"),
        _inventory,
        {
            "source_id": "OBJECTID",
            "area": {"column": "AREA_KM2", "unit": "km2"},
            "capacity": {"column": "P_KW", "unit": "kW"},
        },
        archive="inventory_2019.zip",
        crs="EPSG:6933",
    ),
    BLOCKS: Kind(
        "blocks_2022.gpkg",
        with_gdal("EPSG:4326"),
        _blocks,
        {"source_id": "cluster_id", "installed": {"after": "constructed_after", "before": "constructed_before"}},
    ),
    CROWD: Kind(
        "crowd_geometries.geojson",
        geojson,
        _crowd,
        {
            "source_id": "osm_id",
            "name": ["repd_site_name", "osm_name"],
            "mounting": {"column": "located", "ground": ["ground"], "roof": ["roof"], "otherwise": "unknown"},
            "area": {"column": "area_sqm", "unit": "m2"},
            "capacity": {"column": "capacity_osm_MWp", "unit": "MW"},
            "installed": "osm_tag_start_date",
        },
    ),
    PERMITS: Kind(
        POINTS_FILE,
        csv,
        _permits,
        {
            "source_id": "case_id",
            "name": "p_name",
            "technology": {"column": "p_tech_pri", "pv": ["PV"]},
            "capacity": {"column": "p_cap_ac", "unit": "MW", "basis": "ac", "null_values": [-9999]},
            "installed": {"column": "p_year", "null_values": [-9999]},
        },
        {"crs": "EPSG:4326", "longitude": "xlong", "latitude": "ylat"},
    ),
    ROOFS: Kind(
        "roofs_2022.csv",
        csv,
        _roofs,
        {"source_id": "register_no", "capacity": {"column": "kwp", "unit": "kWp"}, "installed": "commissioned"},
        {"crs": "EPSG:4326", "wkt": "wkt"},
    ),
    ROOFS_SEEN: Kind(
        "roof_inventory.parquet",
        geoparquet,
        _roofs_seen,
        {
            "source_id": "PV_ID",
            "area": {"column": "area_m2", "unit": "m2"},
            "installed": {"before": "year"},
            "position": {"longitude": "longitude", "latitude": "latitude"},
        },
    ),
}
