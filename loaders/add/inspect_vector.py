"""Look into a file of shapes: its layers, its CRS, and its first records."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from loaders.add.draft import Guess
from loaders.add.guess_units import is_quantity
from loaders.add.inspection import NOT_STATED, Look
from loaders.add.number_marks import as_settings
from loaders.add.values import find_marks, texts
from loaders.core.errors import ReadError
from loaders.core.escape import one_line
from loaders.geo.geometry import LONLAT, area_m2
from loaders.harmonise.readers.crs import crs_from_text
from loaders.harmonise.readers.opening import open_published
from loaders.harmonise.readers.published_file import PARQUET_SUFFIXES, read_published
from loaders.harmonise.readers.vector.gdal import DataSourceError, list_layers, read_info
from loaders.harmonise.readers.vector.geojson import GEOJSON, names_known_crs
from loaders.harmonise.readers.vector.geojson_values import is_too_long, with_quoted_numbers
from loaders.harmonise.readers.vector.reader import FOLDER_SUFFIXES
from loaders.harmonise.shapes.repair import harmonise_shapes
from loaders.harmonise.shapes.wkb import parse
from loaders.settings.columns import Reading
from loaders.settings.file_selection import SourceFile

WORLD = (-180.0, -90.0, 180.0, 90.0)
GEOPARQUET_CRS = "OGC:CRS84"  # where a file does not say: https://geoparquet.org/releases/v1.1.0/

ChooseLayer = Callable[[Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class _About:
    """What a file says of itself.

    Attributes:
        format: the driver that reads it.
        layers: those with shapes.
        layer: the chosen one.
        features: all of them counted.
        crs: that it states, or that its format means.
        states_crs: whether it states it itself.
    """

    format: str
    layers: tuple[str, ...]
    layer: str | None
    features: int
    crs: pyproj.CRS | None
    states_crs: bool


def look_into_shapes(file: SourceFile, choose_layer: ChooseLayer, rows: int) -> Look:
    """Look into a file that GDAL reads, or GeoParquet.

    Args:
        file: on this disk.
        choose_layer: takes the names of the layers and returns the one that is meant.
        rows: how many records to look at.

    Raises:
        ReadError: it cannot be read, or none of its records has a shape.
    """
    about = _about_parquet(file) if file.suffix in PARQUET_SUFFIXES else _about_vector(file, choose_layer)
    declared = Reading(layer=about.layer, crs=None if about.crs else "EPSG:4326")
    batch = next(read_published(file, declared, one_line(file.name), rows=rows))
    wkb = batch.wkb[:rows]
    each = parse(wkb).shapes
    shapes = [shape for shape in each if shape is not None]
    if not shapes and 0 < about.features <= rows:
        raise ReadError(f"{one_line(file.name)}: none of its {about.features:,} records has a shape.")
    settings, open_questions = _crs_settings(about, shapes)
    if len(about.layers) > 1:
        settings["layer"] = Guess(about.layer, f"one of {', '.join(about.layers)}")
    attributes = batch.attributes.slice(0, rows)
    columns = {name: texts(attributes.column(name)) for name in attributes.column_names}
    types = {field.name: _type(field.type) for field in attributes.schema}
    marks = find_marks([columns[name] for name in columns if _is_written(name, types)], comma_separates=False)
    crs = about.crs or (LONLAT if "crs" in settings else None)
    return Look(
        format=about.format,
        layers=about.layers,
        features=about.features,
        crs=_called(about.crs) if about.crs and about.states_crs else NOT_STATED,
        shapes=dict(Counter(shape.geom_type for shape in shapes).most_common()),
        columns=columns,
        types=types,
        area_m2=area_m2(harmonise_shapes(wkb, crs).shapes) if crs else np.full(len(wkb), np.nan),
        marks=marks,
        reading={**settings, **as_settings(marks)},
        open_questions=tuple(open_questions),
        planar_area=np.array([shape.area or np.nan if shape is not None else np.nan for shape in each], dtype=float),
    )


def _about_vector(file: SourceFile, choose_layer: ChooseLayer) -> _About:
    with open_published(file) as published:
        path = _readable(published, file)
        layers = [str(name) for name, kind in list_layers(path) if kind is not None]
        if file.suffix in FOLDER_SUFFIXES and len(layers) > 1:
            return _about_folders(file)
        layer = choose_layer(layers) if layers else None
        about = read_info(path, layer=layer, force_feature_count=True)
    crs = crs_from_text(about["crs"]) if about["crs"] else None
    states_crs = file.suffix not in GEOJSON or bool(names_known_crs(file.path))
    return _About(about["driver"], tuple(layers), layer, about["features"], crs, states_crs)


def _readable(path: Path, file: SourceFile) -> Path:
    """The file, or a copy in which GDAL can read the numbers."""
    if file.suffix in GEOJSON:
        try:
            list_layers(path)
        except DataSourceError as error:
            if is_too_long(str(error)):
                return with_quoted_numbers(path)
    return path


def _about_folders(file: SourceFile) -> _About:
    """A KML document: its folders are read as one, and never large."""
    features = sum(len(batch.wkb) for batch in read_published(file, Reading(), one_line(file.name)))
    return _About("LIBKML", (), None, features, LONLAT, True)


def _about_parquet(file: SourceFile) -> _About:
    with open_published(file) as path, pq.ParquetFile(path) as parquet:
        features, metadata = parquet.metadata.num_rows, parquet.schema_arrow.metadata or {}
    geo = json.loads(metadata.get(b"geo", b"{}"))
    stated = geo.get("columns", {}).get(geo.get("primary_column"), {}).get("crs", GEOPARQUET_CRS)
    return _About("GeoParquet", (), None, features, crs_from_text(stated) if stated else None, True)


def _crs_settings(about: _About, shapes: Sequence[BaseGeometry]) -> tuple[dict[str, Guess], list[str]]:
    """What `read.crs` must be where the file does not say it, and what remains open."""
    west, south, east, north = shapely.total_bounds(shapes) if shapes else WORLD
    is_outside = west < WORLD[0] or south < WORLD[1] or east > WORLD[2] or north > WORLD[3]
    if about.crs and (about.states_crs or not is_outside):
        return {}, []
    if not is_outside:
        reason = "the file does not say; the coordinates may be degrees, of which datum nobody says"
        return {"crs": Guess("EPSG:4326", reason, is_doubtful=True)}, []
    span = f"{west:,.0f} to {east:,.0f} and {south:,.0f} to {north:,.0f}"
    return {}, [f"the coordinates are no degrees ({span}) and the file names no CRS: add read.crs, or the load stops"]


def _called(crs: pyproj.CRS) -> str:
    authority = crs.to_authority(min_confidence=100)
    return f"{':'.join(authority)} ({crs.name})" if authority else str(crs.name)


def _is_written(name: str, types: dict[str, str]) -> bool:
    """Whether a column holds quantities that are written as text."""
    return types[name] == "text" and is_quantity(name)


def _type(kind: pa.DataType) -> str:
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return "number"
    return "text" if pa.types.is_string(kind) or pa.types.is_large_string(kind) else str(kind)
