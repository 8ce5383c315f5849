"""Boundaries of countries and regions, as a Hamilton graph: from Overture Maps' `division_area` to BOUNDARIES.

The bundled extract has the same columns. Source: https://docs.overturemaps.org/schema/reference/divisions/.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyproj
import shapely

from loaders.contract import BOUNDARIES
from loaders.core.arrays import Flags, Shapes
from loaders.core.errors import ReadError
from loaders.core.node_tags import node
from loaders.geo.geometry import LONLAT, repair

# a dependency has a country code of its own: Puerto Rico is PR
SUBTYPES = {"country": "country", "dependency": "country", "region": "region", "county": "county"}
TEXT_COLUMNS = ("id", "subtype", "class", "country", "region")
REQUIRED_COLUMNS = (*TEXT_COLUMNS, "geometry", "names", "sources", "is_land")
CODES = {"country": r"^[A-Z]{2}$", "region": r"^[A-Z]{2}-[A-Z0-9]{1,3}$"}  # ISO 3166-1 alpha-2, ISO 3166-2
FARTHEST = np.array([180.0, 90.0])  # [°], lon and lat
SLACK_DEG = 1e-6  # Natural Earth's Russia extends to 180.00000000000017°
POLYGONS = (3, 6)
ADVICE = "Give it the land of Overture's theme divisions, type division_area, or write the bundled extract again"


@dataclass(frozen=True, slots=True)
class BoundaryCounts:
    """Accounting of the areas of a file.

    Attributes:
        read: areas in the file.
        not_land: territorial waters, left out.
        other_subtypes: neither country nor region nor county, left out.
        countries: kept.
        regions: kept.
        counties: kept.
        without_country: kept, disputed or without a country.
        repaired: kept, with an invalid outline.
    """

    read: int
    not_land: int
    other_subtypes: int
    countries: int
    regions: int
    counties: int
    without_country: int
    repaired: int


@node(data_source="overture", processing_stage="load", data_type="dataset", io_operation="read", node_type="source")
def published_areas(boundary_source: Path) -> ds.Dataset:
    """The areas of a Parquet file or folder, with columns and CRS checked but no rows read."""
    try:
        areas = ds.dataset(boundary_source)
    except (OSError, pa.ArrowInvalid) as error:
        raise _file_error(boundary_source, f"cannot be read as GeoParquet: {error}") from error
    missing = [name for name in REQUIRED_COLUMNS if name not in areas.schema.names]
    if missing:
        raise _file_error(boundary_source, f"has no column {', '.join(missing)}")
    not_texts = [name for name in TEXT_COLUMNS if not _is_text(areas.schema.field(name).type)]
    if not_texts or not pa.types.is_boolean(areas.schema.field("is_land").type):
        raise _file_error(boundary_source, f"has other types than division_area: {', '.join(not_texts) or 'is_land'}")
    _require_lonlat(areas.schema.metadata or {}, boundary_source)
    return areas


@node(data_source="overture", processing_stage="load", data_type="arrow")
def division_areas(published_areas: ds.Dataset, boundary_source: Path) -> pa.Table:
    """The land of countries, dependencies, regions and counties, by id."""
    is_selected = ds.field("is_land") & ds.field("subtype").isin(list(SUBTYPES))
    table = published_areas.to_table(columns=list(REQUIRED_COLUMNS), filter=is_selected).sort_by("id")
    _require_any(pc.is_in(table["subtype"], pa.array(["country", "dependency"])), table, boundary_source, "country")
    ids = table["id"].to_pylist()
    if None in ids or len(set(ids)) < len(ids):
        raise _file_error(boundary_source, "has areas without an id, or of the same id")
    for name, pattern in CODES.items():
        _require_codes(table, name, pattern, boundary_source)
    return table


@node(data_source="overture", processing_stage="load", data_type="shapes")
def published_shapes(division_areas: pa.Table, boundary_source: Path) -> Shapes:
    """The published outlines in EPSG:4326."""
    try:
        shapes: Shapes = shapely.force_2d(shapely.from_wkb(division_areas["geometry"].to_numpy(zero_copy_only=False)))
    except shapely.errors.GEOSException as error:
        raise _file_error(boundary_source, f"has a geometry that is no well-known binary: {error}") from error
    is_unusable = ~np.isin(shapely.get_type_id(shapes), POLYGONS) | shapely.is_empty(shapes) | ~_are_on_earth(shapes)
    if is_unusable.any():
        raise _file_error(
            boundary_source, f"{_first_ids(division_areas, is_unusable)}: no polygon in longitude and latitude"
        )
    return shapes


@node(data_source="overture", processing_stage="load", data_type="shapes")
def boundary_shapes(published_shapes: Shapes) -> Shapes:
    """Valid outlines, clipped at the antimeridian and the poles."""
    shapes, _ = repair(shapely.transform(published_shapes, lambda xy: xy.clip(-FARTHEST, FARTHEST)))
    return shapes


@node(data_source="overture", processing_stage="store", data_type="arrow")
def boundaries(division_areas: pa.Table, boundary_shapes: Shapes) -> pa.Table:
    """One row per boundary, by its id: the columns of BOUNDARIES."""
    subtypes = [SUBTYPES[name] for name in division_areas["subtype"].to_pylist()]
    sources = [entries or [] for entries in division_areas["sources"].to_pylist()]
    columns = {
        "boundary_id": division_areas["id"],
        "subtype": pa.array(subtypes),
        "country": division_areas["country"],
        "region": division_areas["region"],
        "name": pa.array([(names or {}).get("primary") for names in division_areas["names"].to_pylist()], pa.string()),
        "geometry": pa.array(shapely.to_wkb(boundary_shapes), pa.binary()),
        "source": pa.array([_distinct_values(entries, "dataset") for entries in sources], pa.string()),
        "licence": pa.array([_distinct_values(entries, "license") for entries in sources], pa.string()),
    }
    return pa.table(columns).cast(BOUNDARIES)


@node(data_source="overture", processing_stage="store", data_type="counts")
def boundary_counts(published_areas: ds.Dataset, boundaries: pa.Table, published_shapes: Shapes) -> BoundaryCounts:
    """Area accounting: read = not_land + other_subtypes + countries + regions + counties."""
    read = published_areas.count_rows()
    land = published_areas.count_rows(filter=ds.field("is_land"))
    subtypes = boundaries["subtype"].to_pylist()
    return BoundaryCounts(
        read=read,
        not_land=read - land,
        other_subtypes=land - len(subtypes),
        countries=subtypes.count("country"),
        regions=subtypes.count("region"),
        counties=subtypes.count("county"),
        without_country=boundaries["country"].null_count,
        repaired=int((~shapely.is_valid(published_shapes)).sum()),
    )


def _file_error(path: Path, problem: str) -> ReadError:
    return ReadError(f"{path} {problem}. {ADVICE}: `python -m tests.samples.make_boundaries`.")


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind))


def _require_lonlat(metadata: dict[bytes, bytes], path: Path) -> None:
    """GeoParquet without a `crs` is in OGC:CRS84, which is EPSG:4326 as (lon, lat)."""
    if b"geo" not in metadata:
        raise _file_error(path, "is no GeoParquet")
    column: dict[str, Any] = json.loads(metadata[b"geo"])["columns"]["geometry"]
    crs = column.get("crs")
    if column.get("encoding") != "WKB" or (crs and not pyproj.CRS(crs).equals(LONLAT, ignore_axis_order=True)):
        raise _file_error(path, "holds geometries that are no well-known binary in longitude and latitude")


def _require_any(is_match: pa.ChunkedArray, table: pa.Table, path: Path, kind: str) -> None:
    if not pc.any(is_match).as_py():
        raise _file_error(path, f"has no land of any {kind} among its {len(table)} areas of land")


def _require_codes(table: pa.Table, name: str, pattern: str, path: Path) -> None:
    """Require ISO 3166 codes; null is disputed land, or an area without a region."""
    is_valid = pc.fill_null(pc.match_substring_regex(table[name].cast(pa.string()), pattern), True)
    is_invalid = ~is_valid.to_numpy().astype(np.bool_)
    if is_invalid.any():
        codes = sorted({str(code) for code in table.filter(pa.array(is_invalid))[name].to_pylist()})
        raise _file_error(
            path, f"{_first_ids(table, is_invalid)}: no ISO 3166 code of a {name} is {', '.join(codes[:3])}"
        )


def _first_ids(table: pa.Table, is_selected: Flags) -> str:
    """The ids of the first selected areas."""
    ids = table.filter(pa.array(is_selected))["id"].to_pylist()
    return ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")


def _are_on_earth(shapes: Shapes) -> Flags:
    inside: Flags = np.all(np.abs(shapely.bounds(shapes)) <= np.tile(FARTHEST, 2) + SLACK_DEG, axis=1)
    return inside


def _distinct_values(entries: list[dict[str, Any]], name: str) -> str | None:
    """The distinct values of a property in an area's sources; None without any."""
    return "; ".join(sorted({str(entry[name]) for entry in entries if entry.get(name)})) or None
