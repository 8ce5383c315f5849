"""Reads a file with GDAL, batch by batch."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.core.arrays import Shapes
from loaders.core.errors import ReadError
from loaders.core.escape import ogr_sql_name
from loaders.harmonise.readers.csv.table import column_names
from loaders.harmonise.readers.positions import position_columns, positions
from loaders.harmonise.readers.vector.feature_ids import FeatureIds
from loaders.harmonise.readers.vector.gdal import DataSourceError, list_layers, open_arrow, read_info
from loaders.harmonise.readers.vector.geojson import GEOJSON, names_known_crs
from loaders.harmonise.readers.vector.geojson_values import is_too_long, with_quoted_numbers
from loaders.harmonise.readers.vector.geopackage import require_declared_values
from loaders.harmonise.readers.vector.kml import require_whole_values
from loaders.harmonise.readers.vector.losses import losses_as_errors
from loaders.harmonise.readers.vector.restored import KML, SPREADSHEETS, value_restorer
from loaders.harmonise.readers.vector.shapefile import require_whole_shapefile
from loaders.settings.columns import ReadOptions
from loaders.settings.file_selection import SourceFile

logger = logging.getLogger(__name__)

Batch = tuple[pa.Table, Shapes, Any]  # attributes, well-known binary, stated CRS

FOLDER_SUFFIXES = KML  # their layers are the folders of one document
ONE_LAYER = GEOJSON - {".json"}  # listing layers reads the whole file; .json may be another format
GEOMETRY = frozenset({b"geoarrow.wkb", b"ogc.wkb"})  # its types in Arrow
# layers with heights or measures; an option unknown to a driver; a number that `restored` checks
HARMLESS = ("Unrecognized geometry", "Measured (M) geometry", "driver ", "64 bit integer overflow when converting")
LISTED_FOLDERS = 8  # folders in a message
OPTIONS = {suffix: {"DATE_AS_STRING": "YES"} for suffix in GEOJSON}  # else text that looks like a date is rewritten
OPTIONS |= {suffix: {"HEADERS": "FORCE"} for suffix in SPREADSHEETS}  # also where all columns are text


def read_with_gdal(file: SourceFile, path: Path, reading: ReadOptions, key: str, rows: int) -> Iterator[Batch]:
    """Batches of the columns, the shapes and the stated CRS of a file.

    Raises:
        ReadError: a layer must be named, a coordinate column is missing, or values would change.
    """
    if file.suffix == ".shp":
        require_whole_shapefile(file, key)
    with losses_as_errors(*HARMLESS):
        layers = _layers(file, path, reading, key)
    if file.suffix == ".gpkg":
        require_declared_values(path, layers["layer"], file.name, key)
    if file.suffix in FOLDER_SUFFIXES:
        require_whole_values(path)
    has_own_crs = file.suffix not in GEOJSON or _has_own_crs(file, reading)
    with _open(path, layers, file, reading, rows) as (meta, stream):
        feature_ids = FeatureIds(file, meta["fid_column"])
        names = _names(stream.schema.names, file)
        restore = value_restorer(file, stream.schema.empty_table().rename_columns(names).schema.remove(0))
        for raw_batch in at_least_one(feature_ids.checked(stream), stream.schema):
            batch = raw_batch.rename_columns(names)
            table = _without_padding(restore(feature_ids.with_ids(batch), batch.column(0)))
            crs = meta["crs"] if has_own_crs else None
            if file.suffix in SPREADSHEETS:
                table = table.rename_columns(column_names(table.column_names))
                yield table, positions(_require_positions(table, reading, file, key), reading), crs
            else:
                yield *split_shapes(table, _geometry(table.schema)), crs


def _names(published: list[str], file: SourceFile) -> list[str]:
    """Unique names for the columns behind GDAL's feature ids; names in JSON are unique already."""
    return published if file.suffix in GEOJSON else [published[0], *column_names(published[1:])]


def _without_padding(table: pa.Table) -> pa.Table:
    """Timestamps without the zero bytes that GDAL appends to some of a file geodatabase."""
    for index, field in enumerate(table.schema):
        if (field.metadata or {}).get(b"GDAL:OGR:type") == b"DateTime":
            table = table.set_column(index, field, pc.utf8_rtrim(table.column(index), characters="\0"))
    return table


def _has_own_crs(file: SourceFile, reading: ReadOptions) -> bool:
    """Whether a GeoJSON states its CRS: by its member `crs`, or by RFC 7946 where none is declared."""
    if reading.encoding:
        raise ValueError("it is UTF-8 by definition: save it as that, and leave read.encoding out")
    is_stated = names_known_crs(file.path)
    return not reading.crs if is_stated is None else is_stated


def _layers(file: SourceFile, path: Path, reading: ReadOptions, key: str) -> dict[str, str | None]:
    """GDAL arguments for what to read: the named layer, the only one, or all folders of a KML document.

    Raises:
        ReadError: there are several to choose from.
    """
    if reading.layer or file.suffix in ONE_LAYER:
        return {"layer": reading.layer}
    is_workbook = file.suffix in SPREADSHEETS
    layers = sheets(path) if is_workbook else [name for name, kind in list_layers(path) if kind is not None]
    if len(layers) < 2:
        return {"layer": layers[0] if layers else None}
    if file.suffix not in FOLDER_SUFFIXES or any("\\" in name for name in layers):  # which GDAL's SQL cannot escape
        raise ReadError(
            f"{key}: {file.name} has several layers: {', '.join(layers)}. Name the wanted one in "
            f"datasets.{key}.read.layer in params.yaml."
        )
    listing = ", ".join(map(repr, layers[:LISTED_FOLDERS])) + (" and more" if len(layers) > LISTED_FOLDERS else "")
    logger.warning(
        "%s: the %d folders of %s are read as one table: %s. To read one of them, name it in datasets.%s.read.layer.",
        key,
        len(layers),
        file.name,
        listing,
        key,
    )
    selects = (f"SELECT * FROM {ogr_sql_name(name)}" for name in layers)  # noqa: S608 (quoted)
    return {"sql": " UNION ALL ".join(selects), "sql_dialect": "OGRSQL"}


def _require_positions(table: pa.Table, reading: ReadOptions, file: SourceFile, key: str) -> pa.Table:
    for setting, column in position_columns(reading):
        if column not in table.column_names:
            raise ReadError(
                f"{key}: {file.name} is a table: expected datasets.{key}.read.{setting} in params.yaml to name its "
                f"{setting} column, found {column or 'nothing'}. The file has: {', '.join(table.column_names)}."
            )
    return table


@contextmanager
def _open(
    path: Path, layers: dict[str, str | None], file: SourceFile, reading: ReadOptions, rows: int
) -> Iterator[tuple[dict[str, Any], pa.RecordBatchReader]]:
    options = {
        **layers,
        "encoding": reading.encoding,
        "return_fids": True,
        "datetime_as_string": True,  # else moments lose their offsets
        "batch_size": rows,
        "use_pyarrow": True,
        **OPTIONS.get(file.suffix, {}),
    }
    with ExitStack() as stack:
        with losses_as_errors(*HARMLESS):
            try:
                meta, batches = stack.enter_context(open_arrow(path, **options))
            except DataSourceError as error:
                if not is_too_long(str(error)):
                    raise
                meta, batches = stack.enter_context(open_arrow(with_quoted_numbers(path), **options))
        yield meta, batches


def sheets(path: Path) -> list[str]:
    """The sheets of a workbook; if several, those with content."""
    names = [str(name) for name, _ in list_layers(path)]
    if len(names) < 2:
        return names
    return [name for name in names if len(read_info(path, layer=name, **OPTIONS[path.suffix])["fields"])]


def at_least_one(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """The batches as tables; one empty table without batches."""
    is_empty = True
    for batch in batches:
        is_empty = False
        yield pa.Table.from_batches([batch])
    if is_empty:
        yield schema.empty_table()


def split_shapes(table: pa.Table, geometry: int | None) -> tuple[pa.Table, Shapes]:
    """Attributes and shapes; `geometry` is the index of the shape column, None where the file has no shapes."""
    if geometry is None:
        return table, np.full(len(table), None, dtype=object)
    return table.remove_column(geometry), table.column(geometry).to_numpy(zero_copy_only=False)


def _geometry(schema: pa.Schema) -> int | None:
    """Index of the geometry column, by its extension type: a published column may have any name."""
    types = [(field.metadata or {}).get(b"ARROW:extension:name") for field in schema]
    return next((index for index, extension_type in enumerate(types) if extension_type in GEOMETRY), None)
