"""Reads the records of one dataset for `eo-pv compare`: in degrees and on an equal-area plane."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from loaders.core.arrays import Numbers, Shapes
from loaders.core.errors import ReadError
from loaders.geo.geometry import EQUAL_AREA, area_m2, projected
from loaders.report.compare.left_out import count_left_out, is_left_out, left_out_values
from loaders.settings.params import Settings

REQUIRED_COLUMNS = ("record_id", "geometry", "capacity_mw", "capacity_basis")
SYNTHETIC = "is_synthetic"
OPTIONAL_COLUMNS = (SYNTHETIC, "status", "technology", "licence")
LONLAT = "EPSG:4326"
POINT, POLYGON, MULTIPOLYGON = 0, 3, 6
WORLD = np.array([-180, -90, 180, 90])  # [°]
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two datasets; each array has one entry per record.

    Attributes:
        name: for tables, pictures and file names.
        record_id: identifies the record.
        shapes: outlines and positions, EPSG:4326 as (lon, lat).
        plane: the outlines in EPSG:6933 [m], valid; None for points.
        area_m2: area of the outline [m²], not the stated one; NaN for points.
        lon, lat: centroid [°], EPSG:4326.
        capacity_mw: stated capacity [MW] in `basis`; NaN where unknown.
        basis: ac, dc or unknown; None where no capacity is stated.
        is_synthetic: whether any record is synthetic.
        all_records: number of records in the file.
        left_out: how many of them are in no installation.
        left_out_by_setting: for each setting that leaves out any, their number by value.
    """

    name: str
    record_id: Shapes
    shapes: Shapes
    plane: Shapes
    area_m2: Numbers
    lon: Numbers
    lat: Numbers
    capacity_mw: Numbers
    basis: Shapes
    is_synthetic: bool
    all_records: int = 0
    left_out: int = 0
    left_out_by_setting: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.record_id)


def read_side(path: Path, name: str, settings: Settings | None = None, *, compares_all: bool = False) -> Side:
    """Read canonical records from GeoParquet.

    Args:
        path: of the file.
        name: for tables, pictures and file names.
        settings: which records are in no installation, by status, technology and licence; none without settings.
        compares_all: whether to keep those as well.

    Raises:
        ReadError: it is not Parquet, columns are missing, or a shape is neither an outline nor a position in degrees.
    """
    table = _read(path, name)
    excluded = left_out_values(table, settings) if settings else {}
    left_out = is_left_out(excluded, table.num_rows)
    if not compares_all:
        table = table.filter(pa.array(~left_out))
    shapes = _shapes(table["geometry"], path, name)
    positions = shapely.centroid(shapes)
    basis = _to_objects(table["capacity_basis"])
    capacity = table["capacity_mw"].cast(pa.float64()).to_numpy()
    basis[(basis == None) & ~np.isnan(capacity)] = UNKNOWN  # noqa: E711 (one by one)
    return Side(
        name=name,
        record_id=_to_objects(table["record_id"].cast(pa.string())),
        shapes=shapes,
        plane=_project_outlines(shapes),
        area_m2=area_m2(shapes),
        lon=shapely.get_x(positions),
        lat=shapely.get_y(positions),
        capacity_mw=capacity,
        basis=basis,
        is_synthetic=SYNTHETIC in table.column_names and any(table[SYNTHETIC].to_pylist()),
        all_records=len(left_out),
        left_out=int(left_out.sum()),
        left_out_by_setting=count_left_out(excluded),
    )


def _read(path: Path, name: str) -> pa.Table:
    try:
        names = pq.read_schema(path).names
    except FileNotFoundError as error:
        raise ReadError(f"{name}: expected {path}, found nothing there.") from error
    except pa.ArrowInvalid as error:
        raise ReadError(f"{name}: {path} is not a Parquet file.") from error
    if missing := [column for column in REQUIRED_COLUMNS if column not in names]:
        raise ReadError(
            f"{name}: {path} has no column {', '.join(missing)}. Expected canonical records, as in "
            f"data/<origin>/loaded; add the file to params.yaml and `make all` turns it into them."
        )
    return pq.read_table(path, columns=[*REQUIRED_COLUMNS, *(each for each in OPTIONAL_COLUMNS if each in names)])


def _shapes(column: pa.ChunkedArray, path: Path, name: str) -> Shapes:
    shapes: Shapes = shapely.from_wkb(_to_objects(column), on_invalid="ignore")
    is_usable = np.isin(shapely.get_type_id(shapes), (POINT, POLYGON, MULTIPOLYGON)) & ~shapely.is_empty(shapes)
    if not is_usable.all():
        raise ReadError(
            f"{name}: {path}: the shape of row {np.argmin(is_usable) + 1} is no polygon or point. Expected canonical "
            f"records, as in data/<origin>/loaded; add the file to params.yaml and `make all` sorts such rows out."
        )
    bounds = shapely.bounds(shapes)
    is_outside = ~((bounds >= np.tile(WORLD[:2], 2)) & (bounds <= np.tile(WORLD[2:], 2))).all(axis=1)
    if is_outside.any():
        raise ReadError(
            f"{name}: {path}: the coordinates of row {np.argmax(is_outside) + 1} are not degrees. Expected {LONLAT} as "
            f"(lon, lat); add the file to params.yaml and `make all` reprojects it."
        )
    return shapes


def _project_outlines(shapes: Shapes) -> Shapes:
    """The outlines in EPSG:6933 [m]; those that rounding makes invalid are repaired, for GEOS's intersection."""
    plane = np.full(len(shapes), None, dtype=object)
    is_outline = shapely.get_type_id(shapes) != POINT
    plane[is_outline] = projected(shapes[is_outline], pyproj.Transformer.from_crs(LONLAT, EQUAL_AREA, always_xy=True))
    is_invalid = ~(shapely.is_valid(plane) | shapely.is_missing(plane))
    plane[is_invalid] = shapely.make_valid(plane[is_invalid], method="structure", keep_collapsed=False)
    return plane


def _to_objects(column: pa.ChunkedArray) -> Shapes:
    return np.array(column.to_pylist(), dtype=object)
