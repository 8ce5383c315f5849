"""Supported file formats: for each file ending, the magic bytes and the GDAL drivers that may open it.

GDAL alone would decide by content, and some of its drivers follow references in a file to other files and addresses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

ZIP_MAGIC = b"PK"
JSON_DRIVERS = ("GeoJSON", "GeoJSONSeq", "ESRIJSON", "TopoJSON")


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A file format that `load` reads.

    Attributes:
        name: for messages.
        drivers: of GDAL; empty if another library reads it.
        magic: the first bytes; empty for text.
        first_characters: the characters that a text may begin with; empty for any.
        required_member: the ending of a required file, in a zip archive or a folder.
        parts: endings of its other files.
    """

    name: str
    drivers: tuple[str, ...] = ()
    magic: bytes = b""
    first_characters: str = ""
    required_member: str = ""
    parts: tuple[str, ...] = ()


GEOJSON = FileFormat("GeoJSON", JSON_DRIVERS, first_characters="{[")
GEOJSON_LINES = FileFormat("GeoJSON with one feature a line", ("GeoJSONSeq", "GeoJSON"), first_characters="{")
SHAPEFILE = FileFormat("a shapefile", ("ESRI Shapefile",), b"\x00\x00\x27\x0a", parts=(".shx", ".dbf", ".prj", ".cpg"))
GEOPACKAGE = FileFormat("a GeoPackage", ("GPKG",), b"SQLite format 3\x00")
FLATGEOBUF = FileFormat("FlatGeobuf", ("FlatGeobuf",), b"fgb")
KML = FileFormat("KML", ("LIBKML",), first_characters="<")
KMZ = FileFormat("KMZ", ("LIBKML",), ZIP_MAGIC, required_member=".kml")
GML = FileFormat("GML", ("GML",), first_characters="<")
FILE_GEODATABASE = FileFormat("a file geodatabase", ("OpenFileGDB",), required_member=".gdbtable")
PARQUET = FileFormat("Parquet", magic=b"PAR1")
CSV = FileFormat("CSV")
XLSX = FileFormat("an Excel workbook", ("XLSX",), ZIP_MAGIC, required_member="xl/workbook.xml")
ODS = FileFormat("an OpenDocument spreadsheet", ("ODS",), ZIP_MAGIC, required_member="content.xml")

FORMATS: Mapping[str, FileFormat] = {
    ".geojson": GEOJSON,
    ".json": GEOJSON,
    ".geojsonl": GEOJSON_LINES,
    ".geojsons": GEOJSON_LINES,
    ".ndjson": GEOJSON_LINES,
    ".shp": SHAPEFILE,
    ".gpkg": GEOPACKAGE,
    ".fgb": FLATGEOBUF,
    ".kml": KML,
    ".kmz": KMZ,
    ".gml": GML,
    ".gdb": FILE_GEODATABASE,
    ".parquet": PARQUET,
    ".geoparquet": PARQUET,
    ".csv": CSV,
    ".xlsx": XLSX,
    ".ods": ODS,
}
# Files of these formats often come with copies in other formats, or tables about them, which are not loaded by default.
COMMON_SUFFIXES = frozenset({".geojson", ".json", ".shp", ".gpkg", ".fgb", ".kml", ".parquet", ".geoparquet", ".csv"})
DRIVERS = frozenset(driver for file_format in FORMATS.values() for driver in file_format.drivers)
ARCHIVE_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".7z")
UNPACKED_SUFFIX = ".unpacked"  # suffix of the folder next to an archive, with its selected members
SHAPEFILE_PARTS = frozenset({*SHAPEFILE.parts, ".qix", ".sbn", ".sbx"})  # the last three are indexes


def suffix(name: str) -> str:
    """The ending of a file's name, in lower case."""
    return PurePosixPath(name).suffix.lower()


def geodatabase(name: str) -> str:
    """The file geodatabase, a folder, that a file is part of; empty for other files."""
    path = PurePosixPath(name)
    return next((str(folder) for folder in reversed(path.parents) if suffix(folder.name) == ".gdb"), "")


def merge_geodatabases(sizes: Mapping[str, int | None]) -> dict[str, int | None]:
    """The sizes of listed files [bytes], with each file geodatabase as one file."""
    merged: dict[str, int | None] = {}
    for name, size in sizes.items():
        file_name = geodatabase(name) or name
        previous = merged.get(file_name, 0)
        merged[file_name] = None if size is None or previous is None else previous + size
    return merged


def is_archive(name: str) -> bool:
    """Whether a file is an archive that `unpack` supports, by its ending."""
    return name.lower().endswith(ARCHIVE_SUFFIXES)
