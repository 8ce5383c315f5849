"""Inspects a vector file: layers, CRS, and the first records."""

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
from loaders.add.guess_coordinates import unknown_grid_question
from loaders.add.guess_crs import crs_guess, fitting_grids
from loaders.add.guess_units import is_quantity
from loaders.add.inspection import NOT_STATED, Inspection
from loaders.add.number_marks import mark_settings
from loaders.add.values import Marks, column_texts, find_marks
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
from loaders.settings.columns import ReadOptions
from loaders.settings.file_selection import SourceFile

WORLD = (-180.0, -90.0, 180.0, 90.0)
GEOPARQUET_CRS = "OGC:CRS84"  # where a file does not say: https://geoparquet.org/releases/v1.1.0/

ChooseLayer = Callable[[Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class _Metadata:
    """Metadata of a vector file.

    Attributes:
        format: name of the GDAL driver, or GeoParquet.
        layers: names of the layers with shapes.
        layer: the chosen one.
        features: number of records.
        crs: stated, or implied by the format.
        states_crs: whether the file states its CRS.
    """

    format: str
    layers: tuple[str, ...]
    layer: str | None
    features: int
    crs: pyproj.CRS | None
    states_crs: bool


def inspect_vector(file: SourceFile, choose_layer: ChooseLayer, rows: int) -> Inspection:
    """Inspect a file that GDAL reads, or GeoParquet.

    Args:
        file: the local file.
        choose_layer: picks one of the layer names.
        rows: number of records to sample.

    Raises:
        ReadError: it cannot be read, or none of its records has a shape.
    """
    metadata = _parquet_metadata(file) if file.suffix in PARQUET_SUFFIXES else _vector_metadata(file, choose_layer)
    reading = ReadOptions(layer=metadata.layer, crs=None if metadata.crs else "EPSG:4326")
    batch = next(read_published(file, reading, one_line(file.name), rows=rows))
    wkb = batch.wkb[:rows]
    geometries = parse(wkb).shapes
    shapes = [shape for shape in geometries if shape is not None]
    if not shapes and 0 < metadata.features <= rows:
        raise ReadError(f"{one_line(file.name)}: none of its {metadata.features:,} records has a shape.")
    settings, open_questions = _crs_settings(metadata, shapes)
    crs = metadata.crs or (crs_from_text(settings["crs"].value) if "crs" in settings else None)
    if len(metadata.layers) > 1:
        settings["layer"] = Guess(metadata.layer, f"one of {', '.join(metadata.layers)}")
    columns, types, marks = _attribute_columns(batch.attributes.slice(0, rows))
    return Inspection(
        format=metadata.format,
        layers=metadata.layers,
        features=metadata.features,
        crs=_crs_name(metadata.crs) if metadata.crs and metadata.states_crs else NOT_STATED,
        shapes=dict(Counter(shape.geom_type for shape in shapes).most_common()),
        columns=columns,
        types=types,
        area_m2=area_m2(harmonise_shapes(wkb, crs).shapes) if crs else np.full(len(wkb), np.nan),
        marks=marks,
        reading={**settings, **mark_settings(marks)},
        open_questions=tuple(open_questions),
        planar_area=np.array(
            [shape.area or np.nan if shape is not None else np.nan for shape in geometries], dtype=float
        ),
    )


def _attribute_columns(attributes: pa.Table) -> tuple[dict[str, list[str | None]], dict[str, str], Marks]:
    """The attributes as text by column, their types, and the marks of numbers in text."""
    columns = {name: column_texts(attributes.column(name)) for name in attributes.column_names}
    types = {field.name: _type_name(field.type) for field in attributes.schema}
    marks = find_marks([columns[name] for name in columns if _is_text_quantity(name, types)], comma_separates=False)
    return columns, types, marks


def _vector_metadata(file: SourceFile, choose_layer: ChooseLayer) -> _Metadata:
    with open_published(file) as published:
        path = _readable_path(published, file)
        layers = [str(name) for name, kind in list_layers(path) if kind is not None]
        if file.suffix in FOLDER_SUFFIXES and len(layers) > 1:
            return _kml_metadata(file)
        layer = choose_layer(layers) if layers else None
        info = read_info(path, layer=layer, force_feature_count=True)
    crs = crs_from_text(info["crs"]) if info["crs"] else None
    states_crs = file.suffix not in GEOJSON or bool(names_known_crs(file.path))
    return _Metadata(info["driver"], tuple(layers), layer, info["features"], crs, states_crs)


def _readable_path(path: Path, file: SourceFile) -> Path:
    """The file, or a copy whose overlong numbers are quoted so that GDAL can read it."""
    if file.suffix in GEOJSON:
        try:
            list_layers(path)
        except DataSourceError as error:
            if is_too_long(str(error)):
                return with_quoted_numbers(path)
    return path


def _kml_metadata(file: SourceFile) -> _Metadata:
    """Metadata of a KML document; its folders are read as one layer."""
    features = sum(len(batch.wkb) for batch in read_published(file, ReadOptions(), one_line(file.name)))
    return _Metadata("LIBKML", (), None, features, LONLAT, True)


def _parquet_metadata(file: SourceFile) -> _Metadata:
    with open_published(file) as path, pq.ParquetFile(path) as parquet:
        features, metadata = parquet.metadata.num_rows, parquet.schema_arrow.metadata or {}
    geo = json.loads(metadata.get(b"geo", b"{}"))
    crs_definition = geo.get("columns", {}).get(geo.get("primary_column"), {}).get("crs", GEOPARQUET_CRS)
    return _Metadata("GeoParquet", (), None, features, crs_from_text(crs_definition) if crs_definition else None, True)


def _crs_settings(metadata: _Metadata, shapes: Sequence[BaseGeometry]) -> tuple[dict[str, Guess], list[str]]:
    """The setting `read.crs` where the file states no CRS, and open questions."""
    west, south, east, north = shapely.total_bounds(shapes) if shapes else WORLD
    is_outside = west < WORLD[0] or south < WORLD[1] or east > WORLD[2] or north > WORLD[3]
    if metadata.crs and (metadata.states_crs or not is_outside):
        return {}, []
    if not is_outside:
        reason = "the file does not say; the coordinates may be degrees, of an unstated datum"
        return {"crs": Guess("EPSG:4326", reason, is_doubtful=True)}, []
    x, y = shapely.get_coordinates(shapely.centroid(shapes)).T
    guess = crs_guess([fit for fit in fitting_grids(x, y) if not fit.is_swapped])
    return ({"crs": guess}, []) if guess else ({}, [unknown_grid_question((west, south, east, north))])


def _crs_name(crs: pyproj.CRS) -> str:
    authority = crs.to_authority(min_confidence=100)
    return f"{':'.join(authority)} ({crs.name})" if authority else str(crs.name)


def _is_text_quantity(name: str, types: dict[str, str]) -> bool:
    """Whether a column holds quantities as text."""
    return types[name] == "text" and is_quantity(name)


def _type_name(kind: pa.DataType) -> str:
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return "number"
    return "text" if pa.types.is_string(kind) or pa.types.is_large_string(kind) else str(kind)
