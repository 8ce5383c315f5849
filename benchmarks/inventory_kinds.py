"""How the made-up inventories are published: format, archive, CRS and what their columns mean.

Each resembles a publication that `params.yaml` or `data/samples/README.md` describes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from pyproj import Transformer

from benchmarks import inventory_columns
from benchmarks.inventory_columns import Columns
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
from loaders.core.arrays import Rows, Shapes

POINTS_FILE = "permits_v4_0_20260414.csv"


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


def _traced(outlines: Shapes, corners: int) -> Shapes:
    """The same outlines with at least so many corners."""
    shapes = shapely.segmentize(outlines, shapely.length(outlines) / corners)
    rounded: Shapes = shapely.transform(shapes, lambda xy: np.round(xy, DECIMALS))
    return rounded


def _projected(shapes: Shapes, crs: str) -> Shapes:
    transform = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform
    placed: Shapes = shapely.transform(shapes, lambda xy: np.stack(transform(*xy.T), axis=-1))
    return placed


KINDS = {
    SURVEY: Kind(
        "Survey_Arrays_Final.gpkg",
        with_gdal("EPSG:3857"),
        inventory_columns.survey,
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
        inventory_columns.satellite,
        {"source_id": "unique_id", "area": {"column": "area", "unit": "m2"}, "installed": "install_date"},
        corners=120,
    ),
    INVENTORY: Kind(
        "inventory_2019.shp",
        with_gdal("EPSG:6933", "Polygon"),
        inventory_columns.inventory,
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
        inventory_columns.blocks,
        {"source_id": "cluster_id", "installed": {"after": "constructed_after", "before": "constructed_before"}},
    ),
    CROWD: Kind(
        "crowd_geometries.geojson",
        geojson,
        inventory_columns.crowd,
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
        inventory_columns.permits,
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
        inventory_columns.roofs,
        {"source_id": "register_no", "capacity": {"column": "kwp", "unit": "kWp"}, "installed": "commissioned"},
        {"crs": "EPSG:4326", "wkt": "wkt"},
    ),
    ROOFS_SEEN: Kind(
        "roof_inventory.parquet",
        geoparquet,
        inventory_columns.roofs_seen,
        {
            "source_id": "PV_ID",
            "area": {"column": "area_m2", "unit": "m2"},
            "installed": {"before": "year"},
            "position": {"longitude": "longitude", "latitude": "latitude"},
        },
    ),
}
