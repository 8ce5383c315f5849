"""Whether a downloaded file is what its name promises: no error page, no empty answer, nothing that was cut short."""

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
    """Refuse a file that cannot be what its ending says; one of an unknown ending may be anything.

    Args:
        path: the file.
        name: as it is published.
        key: the dataset, for the message.

    Raises:
        ReadError: it is something else, empty, or cut short.
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
    """What is wrong by the first and the last bytes; of a short file, by all of them."""
    whole = start if start == end else b""
    if expected is PARQUET and not end.endswith(PARQUET.magic):
        return f"it ends with {end[-16:]!r}"
    if expected is GEOJSON:
        return _json_fault(whole) or (
            "" if CLOSED_JSON.search(end) or not end.strip() else f"it ends with {end[-16:]!r}"
        )
    return _csv_fault(start, whole) if expected is CSV else ""


def _json_fault(whole: bytes) -> str:
    """Of a short document: whether it is one without any shape, as the messages of servers are."""
    try:
        document = parse_json(whole)
    except ValueError:
        return ""  # perhaps a feature a line
    if isinstance(document, dict):
        is_geographic = str(document.get("type")) in JSON_TYPES or not ESRI_FIELDS.isdisjoint(document)
    else:
        is_geographic = bool(document)
    return "" if is_geographic else f"it is other JSON: {whole[:60]!r}"


def _csv_fault(start: bytes, whole: bytes) -> str:
    """A table is no document in another language."""
    text = start.removeprefix(BYTE_ORDER_MARK).lstrip().lower()
    try:
        is_other_format = text.startswith(MARKUP) or isinstance(parse_json(whole), dict | list)
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
