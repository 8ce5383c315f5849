"""Boundaries of countries and regions as a Hamilton graph: from an extract of Overture's `division_area` to a table.

Schema of the extract: https://docs.overturemaps.org/schema/reference/divisions/division_area/
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from hamilton.function_modifiers import tag

from loaders.errors import ReadError
from loaders.geometry import repair

SUBTYPES = ("country", "region", "county")
NEEDED = ("id", "geometry", "subtype", "country", "region", "names", "is_land")
BOUNDARIES = pa.schema(
    [(name, pa.string()) for name in ("boundary_id", "subtype", "country", "region", "name")]
    + [("geometry", pa.binary()), ("source", pa.string()), ("licence", pa.string())]
)


@tag(data_source="boundaries", processing_stage="load", data_type="arrow")
def division_areas(extract: Path) -> pa.Table:
    """The rows of the extract, with the columns that are needed."""
    try:
        present = pq.read_schema(extract).names
        missing = [name for name in NEEDED if name not in present]
        if not missing:
            return pq.read_table(extract, columns=list(NEEDED))
    except (OSError, pa.ArrowInvalid) as error:
        raise ReadError(f"{extract}: cannot be read as Parquet ({error}). {REMEDY}") from error
    raise ReadError(f"{extract}: has no column {', '.join(missing)}; it has {', '.join(present)}. {REMEDY}")


@tag(data_source="boundaries", processing_stage="load", data_type="arrow")
def land_areas(division_areas: pa.Table) -> pa.Table:
    """Countries, regions and counties without their waters."""
    wanted = pc.is_in(division_areas["subtype"], value_set=pa.array(SUBTYPES))
    return division_areas.filter(pc.and_(wanted, pc.fill_null(division_areas["is_land"], False)))


@tag(data_source="boundaries", processing_stage="load", data_type="arrow")
def admin_boundaries(land_areas: pa.Table, extract: Path, source_name: str, source_licence: str) -> pa.Table:
    """One row an area: `BOUNDARIES`; outlines are valid, in EPSG:4326."""
    shapes, _ = repair(np.asarray(shapely.from_wkb(land_areas["geometry"].to_numpy(zero_copy_only=False))))
    _require_world(shapes, land_areas, extract)
    rows = len(land_areas)
    columns = {
        "boundary_id": land_areas["id"],
        "subtype": land_areas["subtype"],
        "country": land_areas["country"],
        "region": land_areas["region"],
        "name": pc.struct_field(land_areas["names"], "primary"),
        "geometry": pa.array(shapely.to_wkb(shapes), pa.binary()),
        "source": pa.array([source_name] * rows, pa.string()),
        "licence": pa.array([source_licence] * rows, pa.string()),
    }
    table = pa.table([columns[name] for name in BOUNDARIES.names], schema=BOUNDARIES)
    return table.sort_by("boundary_id")


REMEDY = "Bring it back with `git checkout data/samples/admin_boundaries`, or make it again with `make samples`."


def _require_world(shapes: np.ndarray, areas: pa.Table, extract: Path) -> None:
    """There are countries, each with an outline in degrees."""
    if "country" not in areas["subtype"].to_pylist():
        raise ReadError(f"{extract}: holds no country (subtype country, is_land). {REMEDY}")
    bounds = shapely.bounds(shapes)
    wrong = shapely.is_missing(shapes) | ~((np.abs(bounds[:, ::2]) <= 180) & (np.abs(bounds[:, 1::2]) <= 90)).all(
        axis=1
    )
    if wrong.any():
        first = areas["id"][int(np.flatnonzero(wrong)[0])]
        raise ReadError(f"{extract}: {first} has no outline in degrees (EPSG:4326). {REMEDY}")
