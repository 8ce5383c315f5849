"""Checks that a file's signature and content match its ending."""

import re
import zipfile
import zlib
from pathlib import Path

from loaders.core.errors import ReadError
from loaders.core.file_formats import (
    CSV,
    FILE_GEODATABASE,
    FORMATS,
    GEOJSON_LINES,
    GEOPACKAGE,
    GML,
    KML,
    KMZ,
    FileFormat,
)
from loaders.core.files import CHUNK_BYTES
from loaders.formats.completeness import geodatabase_fault, last_line_fault, xml_fault
from loaders.formats.geopackage_views import view_fault
from loaders.formats.magic_bytes import JSON_PREFIX, MAGIC_NAMES, UTF_16_MARKS, XML_PROLOG, decode, describe_start
from loaders.formats.topojson import TOPOLOGY, topology_fault
from loaders.settings.file_selection import SourceFile

HEAD_BYTES = 1 << 16
UNLIMITED_BYTES = 1 << 62
ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
KML_ROOTS = frozenset({"kml", "Document", "Folder", "Placemark"})
GML_NAMESPACE = "opengis.net/gml"
MAX_UNPACKED_BYTES = 4_000_000_000  # of a workbook or a KMZ, as `download.max_ratio` for archives
RATIO_MATTERS_FROM_BYTES = 100_000_000
MAX_RATIO = 200
ZIP_ERRORS = (zipfile.BadZipFile, NotImplementedError, ValueError)  # raised by zipfile


def expected_format(file: SourceFile, key: str = "") -> FileFormat:
    """The format that a file's ending names.

    Raises:
        ReadError: the ending is of no supported format.
    """
    if file_format := FORMATS.get(file.suffix):
        return file_format
    ending = f"the ending {file.suffix}" if file.suffix else "no ending"
    raise ReadError(
        f"{_label(file, key)} has {ending}, which says no format that can be read; expected one of "
        f"{', '.join(FORMATS)}. Name another file, or {_rename_advice(key)}"
    )


def require_format(file: SourceFile, key: str = "") -> None:
    """Require that a file's content matches its ending.

    Args:
        file: the file to check.
        key: the dataset, for the message; empty if unknown.

    Raises:
        ReadError: the content is of another format, or the ending of no supported one.
        OSError: it cannot be read.
    """
    expected = expected_format(file, key)
    if fault := content_fault(file.path, expected):
        retry_advice = f"If it was damaged on the way, run `eo-pv fetch {key} --force`. " if key else ""
        other_advice = f"If it is of another format, {_rename_advice(key)}"
        raise ReadError(f"{_label(file, key)} is not {expected.name}: {fault}. {retry_advice}{other_advice}")


def _label(file: SourceFile, key: str) -> str:
    name = "".join(character if character.isprintable() else "?" for character in file.name)
    return f"{key}: {name}" if key else name


def _rename_advice(key: str) -> str:
    path_advice = "give the copy as `source: {path: …}`" if key else "give the copy to `eo-pv add`"
    return f"download it yourself, let its name end in what it is, and {path_advice}."


def content_fault(path: Path, expected: FileFormat) -> str:
    """Why the content of a file is not of a format; empty if it is."""
    is_folder = expected is FILE_GEODATABASE
    if path.is_dir() != is_folder:
        return f"it is a {'file' if is_folder else 'folder'}, expected a {'folder' if is_folder else 'file'}"
    if is_folder:
        return geodatabase_fault(path)
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if expected is CSV:
        return next((f"it is {name}" for magic, name in MAGIC_NAMES.items() if not _is_text(magic, head)), "")
    return _head_fault(path, head, expected) if head else "it is empty"


def _head_fault(path: Path, head: bytes, expected: FileFormat) -> str:
    if expected.magic:
        return _magic_fault(head, expected) or _inner_fault(path, expected)
    if expected in {KML, GML}:
        return _xml_fault(head, expected) or xml_fault(path)
    return _text_fault(head, expected) or _json_fault(path, head, expected)


def _is_text(magic: bytes, head: bytes) -> bool:
    """Whether a file may be text despite the magic bytes of another format: a column can be called BZh."""
    return magic.decode("latin-1").isprintable() or not head.startswith(magic)


def _magic_fault(head: bytes, expected: FileFormat) -> str:
    text = expected.magic.rstrip(b"\x00").decode("latin-1")
    magic_text = repr(text) if text.isprintable() else f"the bytes {expected.magic.hex(' ')}"
    return "" if head.startswith(expected.magic) else f"{describe_start(head)}, expected {magic_text}"


def _inner_fault(path: Path, expected: FileFormat) -> str:
    if expected is GEOPACKAGE:
        return view_fault(path)
    return _zip_fault(path, expected) if expected.required_member else ""


def _text_fault(head: bytes, expected: FileFormat) -> str:
    if head.startswith(UTF_16_MARKS):
        return "it is UTF-16, expected UTF-8"
    first = head.decode("utf-8", "replace").lstrip(JSON_PREFIX)[:1]
    if first and first in expected.first_characters:
        return ""
    return f"{describe_start(head)}, expected {' or '.join(expected.first_characters)}"


def _json_fault(path: Path, head: bytes, expected: FileFormat) -> str:
    if expected is GEOJSON_LINES:
        return last_line_fault(path)
    return topology_fault(path) if TOPOLOGY in head else ""


def _xml_fault(head: bytes, expected: FileFormat) -> str:
    """Check the root element, which tells KML and GML apart, and from the XML that sends GDAL elsewhere."""
    text = decode(head).lstrip("\ufeff")
    start = match.end() if (match := XML_PROLOG.match(text)) else 0
    if text[start:].startswith("<!DOCTYPE") and "<!ENTITY" in text:
        return f"{describe_start(head)}; a document type can declare entities without end, and is not read"
    root = ROOT.match(text, start)
    if expected is KML:
        return "" if root and root[1] in KML_ROOTS else f"{describe_start(head)}, expected <kml>"
    if root and root[1] not in KML_ROOTS and GML_NAMESPACE in text[start:]:
        return ""
    return f"{describe_start(head)}, expected an element that declares the namespace {GML_NAMESPACE}"


def _zip_fault(path: Path, expected: FileFormat) -> str:
    """Check the members and the unpacked size of a zip archive that is read without unpacking."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if not any(member.filename.lower().endswith(expected.required_member) for member in members):
                return f"it is a zip archive without any {expected.required_member}"
            if fault := _size_fault(sum(member.file_size for member in members), path.stat().st_size):
                return fault
            damaged = next(filter(None, (_member_fault(archive, member) for member in members)), "")
            return damaged or (_documents_fault(archive, members) if expected is KMZ else "")
    except ZIP_ERRORS:
        return "it is a damaged zip archive"


def _documents_fault(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> str:
    """Of several documents GDAL reads those that the first one links to, or only the first."""
    names = [member.filename for member in members if member.filename.lower().endswith(KMZ.required_member)]
    if len(names) < 2:
        return ""
    contents = {name: archive.read(name) for name in names}
    with_placemarks = [name for name, content in contents.items() if b"Placemark" in content]
    if len(with_placemarks) < 2 or any(b"NetworkLink" in content for content in contents.values()):
        return ""
    return (
        f"it holds several documents ({', '.join(with_placemarks)}), of which one would be read: call it .zip, and "
        "name them"
    )


def _size_fault(unpacked: int, packed: int) -> str:
    ratio = unpacked / packed
    if unpacked > MAX_UNPACKED_BYTES or (unpacked > RATIO_MATTERS_FROM_BYTES and ratio > MAX_RATIO):
        return f"it would unpack to {unpacked / 1e6:,.0f} MB, which is {ratio:,.0f} times its own size"
    return ""


def _member_fault(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    """Unpack a member in memory: GDAL reads on beyond the stated size."""
    stated_bytes, unpacked_bytes = member.file_size, 0
    member.file_size = UNLIMITED_BYTES  # at the stated size, zipfile would stop silently
    try:
        with archive.open(member) as stream:
            while unpacked_bytes <= stated_bytes and (chunk := stream.read(CHUNK_BYTES)):
                unpacked_bytes += len(chunk)
    except (*ZIP_ERRORS, EOFError, RuntimeError, zlib.error):
        return f"its {member.filename!r} is damaged or encrypted"
    return (
        ""
        if unpacked_bytes == stated_bytes
        else f"its {member.filename!r} states {stated_bytes:,} bytes, but holds another number"
    )
