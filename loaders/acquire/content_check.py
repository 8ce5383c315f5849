"""Content check of downloaded files: no error page, no empty file, no truncated file."""

import re
from pathlib import Path

from loaders.core.errors import ReadError
from loaders.core.file_formats import CSV, FORMATS, GEOJSON, PARQUET, FileFormat, suffix
from loaders.core.json_text import parse_json
from loaders.formats.signatures import content_fault

EDGE_BYTES = 1 << 16
CLOSED_JSON = re.compile(rb"""[}\]][^{\[":,0-9A-Za-z]*\Z""")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MARKUP = (b"<?xml", b"<!doctype", b"<html", b"<error")
GEOMETRIES = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
JSON_TYPES = {"Feature", "FeatureCollection", "Topology", *GEOMETRIES}
ESRI_FIELDS = {"features", "geometryType"}


def require_readable(path: Path, name: str, key: str) -> None:
    """Refuse a file whose content does not match its ending; an unknown ending is accepted.

    Args:
        path: the file.
        name: its published name.
        key: the dataset, for the message.

    Raises:
        ReadError: it is of another format, empty, or truncated.
    """
    expected = FORMATS.get(suffix(name))
    if expected is None or not (fault := _fault(path, expected)):
        return
    raise ReadError(
        f"{key}: {name} is not {expected.name}: {fault}. The download was damaged, or the publisher sent something "
        f"else; it is not kept. Download it again with `eo-pv fetch {key}` or `make all`, or download it yourself and "
        f"say `source: {{path: …}}` in params.yaml."
    )


def _fault(path: Path, expected: FileFormat) -> str:
    start, end = _read_edges(path)
    if not start.strip():
        return "it is empty"
    return content_fault(path, expected) or _edge_fault(start, end, expected)


def _edge_fault(start: bytes, end: bytes, expected: FileFormat) -> str:
    """What is wrong with the first and the last bytes, or with all of a short file."""
    short_content = start if start == end else b""
    if expected is PARQUET and not end.endswith(PARQUET.magic):
        return f"it ends with {end[-16:]!r}"
    if expected is GEOJSON:
        return _json_fault(short_content) or (
            "" if CLOSED_JSON.search(end) or not end.strip() else f"it ends with {end[-16:]!r}"
        )
    return _csv_fault(start, short_content) if expected is CSV else ""


def _json_fault(short_content: bytes) -> str:
    """Refuse a short document without any geometry, as error messages of servers are."""
    try:
        document = parse_json(short_content)
    except ValueError:
        return ""  # perhaps one feature per line
    if isinstance(document, dict):
        is_geographic = str(document.get("type")) in JSON_TYPES or not ESRI_FIELDS.isdisjoint(document)
    else:
        is_geographic = bool(document)
    return "" if is_geographic else f"it is other JSON: {short_content[:60]!r}"


def _csv_fault(start: bytes, short_content: bytes) -> str:
    """Refuse a table that is HTML, XML or JSON."""
    text = start.removeprefix(BYTE_ORDER_MARK).lstrip().lower()
    try:
        is_other_format = text.startswith(MARKUP) or isinstance(parse_json(short_content), dict | list)
    except ValueError:
        is_other_format = False
    return f"it begins with {start[:40]!r}" if is_other_format else ""


def _read_edges(path: Path) -> tuple[bytes, bytes]:
    """The first and the last bytes of a file."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        start = stream.read(EDGE_BYTES)
        stream.seek(max(size - EDGE_BYTES, 0))
        return start, stream.read()
