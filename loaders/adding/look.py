"""Look into a file: what it is, how many records it has, and what the first of them say."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from loaders.adding.coordinates import POSITION_WORDS, readings
from loaders.adding.guess import Guess
from loaders.adding.names import one_line, tokens
from loaders.adding.tables import read_table
from loaders.adding.units import is_quantity
from loaders.adding.values import PLAIN, Marks, Texts, find_marks, is_numeric, texts
from loaders.arrays import Numbers, Shapes
from loaders.catalog_columns import Reading
from loaders.errors import ReadError
from loaders.geojson import has_crs_member
from loaders.geometry import LONLAT, area_m2, harmonise_shapes
from loaders.reading import GEOJSON, PARQUET, UNREADABLE, read_published
from loaders.wanted import SourceFile

ROWS = 5000  # of a file that are looked at
NOT_STATED = "not stated"
WORLD = (-180.0, -90.0, 180.0, 90.0)

ChooseLayer = Callable[[Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Look:
    """What a look into a file found.

    Attributes:
        format: what it is.
        layers: those with shapes, where it has any.
        features: how many records it has, all of them counted.
        crs: as it is called; `not stated` where the file does not say.
        shapes: how many of the records that were looked at have a shape of each type.
        columns: the values of those records as text, by column; None where blank.
        types: what the file says that each column holds.
        area_m2: of the shapes [m²]; NaN for points, and where the CRS is not known.
        marks: how numbers are written.
        reading: settings under `read` that the file needs.
        open_questions: what nobody but a reader can answer.
    """

    format: str
    layers: tuple[str, ...]
    features: int
    crs: str
    shapes: dict[str, int]
    columns: Mapping[str, Texts]
    types: dict[str, str]
    area_m2: Numbers
    marks: Marks = PLAIN
    reading: dict[str, Guess] = field(default_factory=dict)
    open_questions: tuple[str, ...] = ()

    @property
    def has_polygons(self) -> bool:
        """Whether there are areas to compare with what is stated."""
        return bool(np.isfinite(self.area_m2).any())

    def only(self, rows: Sequence[bool]) -> "Look":
        """The same with some of the records that were looked at."""
        columns = {name: list(compress(column, rows)) for name, column in self.columns.items()}
        return replace(self, columns=columns, area_m2=self.area_m2[np.array(rows, dtype=np.bool_)])


def look(file: SourceFile, choose_layer: ChooseLayer, rows: int = ROWS) -> Look:
    """Look into a file.

    Args:
        file: on this disk.
        choose_layer: takes the names of several layers and returns the one that is meant.
        rows: how many records to look at.

    Raises:
        ReadError: it cannot be read, or holds no record with a shape.
    """
    try:
        found = _look_into_table(file, rows) if file.suffix == ".csv" else _look_into_shapes(file, choose_layer, rows)
    except UNREADABLE as error:
        reason = one_line(str(error))
        raise ReadError(
            f"{one_line(file.name)} cannot be read as {file.suffix.lstrip('.') or 'a vector file'}: {reason}. Open it "
            f"in QGIS to see what it is."
        ) from error
    if not found.features:
        raise ReadError(f"{one_line(file.name)} holds no records. Choose another file of the source with --file.")
    return found


def _look_into_table(file: SourceFile, rows: int) -> Look:
    table = read_table(file.path, one_line(file.name), rows)
    measured = [
        column for name, column in table.columns.items() if set(tokens(name)) & POSITION_WORDS or is_quantity(name)
    ]
    marks = find_marks(measured, comma_separates=table.delimiter == ",")
    where, open_questions = readings(table.columns, marks)
    types = {name: "number" if is_numeric(column, marks, 1.0) else "text" for name, column in table.columns.items()}
    return Look(
        format="CSV",
        layers=(),
        features=table.rows,
        crs=NOT_STATED,
        shapes={"Point (from columns)": min(rows, table.rows)} if where else {},
        columns=table.columns,
        types=types,
        area_m2=np.full(min(rows, table.rows), np.nan),
        marks=marks,
        reading={**where, **table.reading, **_marks_as_settings(marks)},
        open_questions=tuple(open_questions),
    )


def _look_into_shapes(file: SourceFile, choose_layer: ChooseLayer, rows: int) -> Look:
    about = _about_parquet(file) if file.suffix in PARQUET else _about_vector(file, choose_layer)
    settings, open_questions = _crs_settings(about)
    layer = {"layer": Guess(about.layer, f"one of {', '.join(about.layers)}")} if len(about.layers) > 1 else {}
    reading = {**settings, **layer}
    declared = Reading(layer=about.layer, crs=None if about.crs else "EPSG:4326")
    batch = next(read_published(file, declared, one_line(file.name), rows=rows))
    columns = {name: texts(batch.attributes.column(name)) for name in batch.attributes.column_names}
    columns = {name: column[:rows] for name, column in columns.items()}
    types = {name: _type(batch.attributes.schema.field(name).type) for name in columns}
    wkb = batch.wkb[:rows]
    shapes = _types_of(wkb)
    if not shapes and about.features <= rows and about.features:
        raise ReadError(f"{one_line(file.name)}: none of its {about.features:,} records has a shape.")
    text = [column for name, column in columns.items() if types[name] == "text" and is_quantity(name)]
    marks = find_marks(text, comma_separates=False)
    crs = about.crs or (LONLAT if "crs" in settings else None)
    area = area_m2(harmonise_shapes(wkb, crs).shapes) if crs else np.full(len(wkb), np.nan)
    return Look(
        format=about.format,
        layers=about.layers,
        features=about.features,
        crs=_called(about.crs) if about.states_crs else NOT_STATED,
        shapes=shapes,
        columns=columns,
        types=types,
        area_m2=area,
        marks=marks,
        reading={**reading, **_marks_as_settings(marks)},
        open_questions=tuple(open_questions),
    )


@dataclass(frozen=True, slots=True)
class _About:
    format: str
    layers: tuple[str, ...]
    layer: str | None
    features: int
    crs: pyproj.CRS | None
    states_crs: bool
    bounds: tuple[float, float, float, float] | None


def _about_vector(file: SourceFile, choose_layer: ChooseLayer) -> _About:
    layers = [str(name) for name, kind in pyogrio.list_layers(file.path) if kind is not None]
    layer = choose_layer(layers) if layers else None
    about = pyogrio.read_info(file.path, layer=layer, force_feature_count=True, force_total_bounds=True)
    crs = pyproj.CRS.from_user_input(about["crs"]) if about["crs"] else None
    states_crs = crs is not None and (file.suffix not in GEOJSON or has_crs_member(file.path))
    return _About(about["driver"], tuple(layers), layer, about["features"], crs, states_crs, about["total_bounds"])


def _about_parquet(file: SourceFile) -> _About:
    with pq.ParquetFile(file.path) as parquet:
        features = parquet.metadata.num_rows
    crs = next(read_published(file, Reading(), one_line(file.name), rows=1)).crs
    return _About("GeoParquet", (), None, features, crs, True, None)


def _crs_settings(about: _About) -> tuple[dict[str, Guess], list[str]]:
    """What `read.crs` must be where the file does not say it, and what remains open."""
    west, south, east, north = about.bounds or (0.0, 0.0, 0.0, 0.0)
    in_world = west >= WORLD[0] and south >= WORLD[1] and east <= WORLD[2] and north <= WORLD[3]
    if about.crs and (about.states_crs or in_world):
        return {}, []
    if in_world:
        reason = "the file does not say; the coordinates may be degrees, of which datum nobody says"
        return {"crs": Guess("EPSG:4326", reason, is_doubtful=True)}, []
    span = f"{west:,.0f} to {east:,.0f} and {south:,.0f} to {north:,.0f}"
    return {}, [f"the coordinates are no degrees ({span}) and the file names no CRS: add read.crs, or the load stops"]


def _called(crs: pyproj.CRS | None) -> str:
    if crs is None:
        return NOT_STATED
    authority = crs.to_authority(min_confidence=100)
    return f"{':'.join(authority)} ({crs.name})" if authority else crs.name


def _types_of(wkb: Shapes) -> dict[str, int]:
    """How many records have a shape of each type; those without one, or one that cannot be read, are left out."""
    kinds = [shape.geom_type for value in wkb if (shape := _shape(value)) is not None]
    return dict(Counter(kinds).most_common())


def _shape(value: bytes | None) -> BaseGeometry | None:
    try:
        return shapely.from_wkb(value, on_invalid="ignore") if value is not None else None
    except NotImplementedError:  # a curve
        return None


def _type(kind: pa.DataType) -> str:
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "text"
    return str(kind)


def _marks_as_settings(marks: Marks) -> dict[str, Guess]:
    reason = "as the numbers in the first records are written"
    decimal = {"decimal": Guess(marks.decimal, reason)} if marks.decimal != "." else {}
    return decimal | ({"thousands": Guess(marks.thousands, reason)} if marks.thousands else {})
