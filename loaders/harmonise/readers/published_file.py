"""Reads a published file unchanged, batch by batch: attributes as published, shapes in the CRS of the file."""

import csv
import sqlite3
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyproj
from pyproj.exceptions import CRSError

from loaders.core.arrays import Shapes
from loaders.core.errors import ReadError
from loaders.geo.geometry import LONLAT
from loaders.harmonise.readers.crs import crs_from_text, declared_crs
from loaders.harmonise.readers.csv.points import read_csv
from loaders.harmonise.readers.opening import open_published
from loaders.harmonise.readers.parquet.reader import read_geoparquet
from loaders.harmonise.readers.vector.gdal import GDAL_ERRORS
from loaders.harmonise.readers.vector.reader import Batch, read_with_gdal
from loaders.settings.columns import ReadOptions
from loaders.settings.file_selection import SourceFile

# raised by the libraries for a file that is damaged, or of another format than its ending
READ_ERRORS = (
    *GDAL_ERRORS,
    CRSError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
    csv.Error,
    pa.ArrowException,
    sqlite3.Error,
    zipfile.BadZipFile,
)
PARQUET_SUFFIXES = frozenset({".parquet", ".geoparquet"})
BATCH_ROWS = 20_000  # in memory at a time; results do not depend on it


@dataclass(frozen=True, slots=True)
class PublishedBatch:
    """Consecutive records of a published file.

    Attributes:
        name: the file, inside its archive.
        attributes: every published column, one row per record, in the order of the file.
        wkb: the shape of each record as well-known binary in `crs`; null where the file has none.
        crs: the coordinate reference system of the shapes.
        first_row: row of the first record in the file, counted from 1.
    """

    name: str
    attributes: pa.Table
    wkb: Shapes
    crs: pyproj.CRS
    first_row: int = 1


def read_published(
    file: SourceFile, reading: ReadOptions, key: str, rows: int = BATCH_ROWS
) -> Iterator[PublishedBatch]:
    """Read a file of any format that GDAL reads, GeoParquet, or CSV with coordinates, a batch of records at a time.

    Args:
        file: to read.
        reading: read options that the file does not state itself.
        key: the dataset, for error messages.
        rows: size of a batch.

    Raises:
        ReadError: the file is damaged, its CRS is unknown or contradicts the settings, or a layer or coordinate
            column must be named.
    """
    try:
        crs, first_row = None, 1
        with open_published(file, key) as path:
            for attributes, wkb, stated_crs in _batches(file, path, reading, key, rows):
                _require_valid_values(attributes)
                if crs is None:
                    file_crs = crs_from_text(stated_crs) if stated_crs else None
                    crs = _crs(file_crs, reading, file, key, needed=bool(len(wkb)))
                yield PublishedBatch(file.name, attributes, wkb, crs, first_row)
                first_row += len(wkb)
    except READ_ERRORS as error:
        raise _unreadable_file(error, file, key) from error


def _require_valid_values(attributes: pa.Table) -> None:
    """Raise `ValueError` where the values of a column do not have its type, as text that is not UTF-8."""
    for name, column in zip(attributes.column_names, attributes.columns, strict=True):
        try:
            column.validate(full=True)
        except pa.ArrowInvalid as error:
            reason = str(error).rpartition("Invalid: ")[2]
            raise ValueError(f"column {name!r} cannot be read: {reason}") from error


def _unreadable_file(error: Exception, file: SourceFile, key: str) -> ReadError:
    reason = " ".join(str(error).split())
    encoding = (
        f" If it is in another encoding, say so in datasets.{key}.read.encoding." if "UTF" in reason.upper() else ""
    )
    return ReadError(
        f"{key}: {file.name} cannot be read as {file.suffix.lstrip('.') or 'a vector file'}: {reason}.{encoding} Open "
        f"it in QGIS to see what it is; if it is damaged, get it again and run `make update KEY={key}`."
    )


def _batches(file: SourceFile, path: Path, reading: ReadOptions, key: str, rows: int) -> Iterator[Batch]:
    if file.suffix == ".csv":
        return ((attributes, wkb, None) for attributes, wkb in read_csv(path, reading, file.name, key, rows))
    if file.suffix in PARQUET_SUFFIXES:
        return read_geoparquet(path, rows)
    return read_with_gdal(file, path, reading, key, rows)


def _crs(stated: pyproj.CRS | None, reading: ReadOptions, file: SourceFile, key: str, *, needed: bool) -> pyproj.CRS:
    """The CRS that the file states, or else the declared one; never a guess."""
    setting = f"datasets.{key}.read.crs in params.yaml"
    declared = declared_crs(reading, key)
    if stated and declared and not stated.equals(declared, ignore_axis_order=True):
        raise ReadError(
            f"{key}: {file.name} says that its CRS is {stated.name}, but {setting} says {declared.name}. Remove the "
            "setting; it is only for files that do not say."
        )
    crs = stated or declared or (None if needed else LONLAT)
    if crs is None:
        raise ReadError(
            f"{key}: {file.name} does not say what its coordinates mean. Add {setting}, say `crs: EPSG:4326`."
        )
    if not (crs.is_geographic or crs.is_projected):
        raise ReadError(f"{key}: the CRS of {file.name} is {crs.name}: no positions on Earth. Correct {setting}.")
    return crs
