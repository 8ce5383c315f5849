"""Completeness check of shapefiles: GDAL reads a truncated one silently, and drops records."""

import struct
from collections.abc import Collection
from pathlib import Path

from loaders.core.errors import ReadError
from loaders.settings.file_selection import SourceFile

HEADER_BYTES = 100  # of .shp and .shx
INDEX_BYTES = 8  # of a record in .shx
# https://www.esri.com/content/dam/esrisites/sitecore-archive/Files/Pdfs/library/whitepapers/pdfs/shapefile.pdf


def require_whole_shapefile(file: SourceFile, key: str) -> None:
    """Check the headers of a shapefile's parts against file sizes and each other.

    Raises:
        ReadError: a part is missing or truncated, or the parts do not belong together.
    """
    headers = {suffix: _header_and_size(file, suffix) for suffix in (".shp", ".shx", ".dbf")}
    for suffix, header_and_size in headers.items():
        if header_and_size is None:
            raise ReadError(_message(key, file, f"its {suffix} is missing"))
        if len(header_and_size[0]) < HEADER_BYTES // 4:
            raise ReadError(_message(key, file, f"its {suffix} is only {header_and_size[1]:,} bytes long"))
    (shp, shp_bytes), (shx, shx_bytes), (dbf, dbf_bytes) = (
        header_and_size for header_and_size in headers.values() if header_and_size
    )
    for suffix, header, size_bytes in ((".shp", shp, shp_bytes), (".shx", shx, shx_bytes)):
        if (stated_bytes := 2 * struct.unpack(">i", header[24:28])[0]) != size_bytes:
            raise ReadError(
                _message(key, file, f"its {suffix} should be {stated_bytes:,} bytes long, and is {size_bytes:,}")
            )
    rows, head_bytes, row_bytes = struct.unpack("<IHH", dbf[4:12])
    if dbf_bytes < head_bytes + rows * row_bytes:
        raise ReadError(_message(key, file, f"its .dbf is {dbf_bytes:,} bytes long: too short for {rows:,} rows"))
    if (shapes := (shx_bytes - HEADER_BYTES) // INDEX_BYTES) != rows:
        raise ReadError(_message(key, file, f"it has {shapes:,} shapes, but {rows:,} rows of attributes"))


def part(file: SourceFile, suffix: str) -> Path | None:
    """A part of a shapefile; None if missing."""
    return parts(file, [suffix]).get(suffix)


def parts(file: SourceFile, suffixes: Collection[str]) -> dict[str, Path]:
    """A file and its parts, by lower-case ending."""
    siblings = [path for path in sorted(file.path.parent.iterdir()) if path.stem == file.path.stem]
    return {path.suffix.lower(): path for path in siblings if path.suffix.lower() in suffixes} | {
        file.suffix: file.path
    }


def _header_and_size(file: SourceFile, suffix: str) -> tuple[bytes, int] | None:
    """The first bytes and the size of a part; None if missing."""
    if not (path := part(file, suffix)):
        return None
    with path.open("rb") as stream:
        return stream.read(HEADER_BYTES), path.stat().st_size


def _message(key: str, file: SourceFile, problem: str) -> str:
    return (
        f"{key}: {file.name} is not a whole shapefile: {problem}. Get all of its parts again (.shp, .shx, .dbf, .prj) "
        f"and run `make update KEY={key}`."
    )
