"""Whether a downloaded file begins and ends as its name promises: a look at both ends, without reading the records."""

import re
from pathlib import Path, PurePosixPath

from loaders.errors import ReadError

EDGE_BYTES = 1 << 16
SQLITE = b"SQLite format 3\0"
SIGNATURES = {  # by ending: the format's name, and the bytes that every file of it begins with
    ".shp": ("shapefile", b"\x00\x00\x27\x0a"),
    ".gpkg": ("GeoPackage", SQLITE),
    ".fgb": ("FlatGeobuf file", b"fgb"),
    ".parquet": ("Parquet file", b"PAR1"),
    ".geoparquet": ("Parquet file", b"PAR1"),
}
ENDS_AS_IT_BEGINS = frozenset({".parquet", ".geoparquet"})
CLOSED_JSON = re.compile(rb"""[}\]][^{\[":,0-9A-Za-z]*\Z""")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def require_readable(path: Path, name: str, key: str) -> None:
    """Refuse a file that cannot be what its ending says.

    Args:
        path: the file; an empty one is left to its reader, which says so.
        name: as it is published.
        key: the dataset, for the message.

    Raises:
        ReadError: it begins or ends otherwise.
    """
    suffix = PurePosixPath(name).suffix.lower()
    start, end = _edges(path)
    if start and (expected := _mismatch(suffix, start, end)):
        raise ReadError(
            f"{key}: {name} is not {expected}: it begins with {start[:16]!r} and ends with {end[-16:]!r}. The download "
            f"was damaged, or the publisher sent something else; it is not kept. Download it again with "
            f"`eo-pv fetch {key}` or `make all`, or download it yourself and say `source: {{path: …}}` in params.yaml."
        )


def _mismatch(suffix: str, start: bytes, end: bytes) -> str | None:
    """What a file should be and is not."""
    if suffix in SIGNATURES:
        kind, signature = SIGNATURES[suffix]
        is_whole = suffix not in ENDS_AS_IT_BEGINS or end.endswith(signature)
        return None if start.startswith(signature) and is_whole else f"a {kind}"
    if suffix in {".geojson", ".json"}:
        return None if _is_json(start, end) else "a whole JSON document"
    if suffix == ".kml":
        return None if start.removeprefix(BYTE_ORDER_MARK).lstrip().startswith((b"<", *UTF_16)) else "a KML document"
    if suffix == ".csv":
        return "a text file" if b"\0" in start and not start.startswith(UTF_16) else None
    return None


def _is_json(start: bytes, end: bytes) -> bool:
    """Whether it begins with a bracket and does not break off in the middle of a value."""
    if start.startswith(UTF_16):
        return True
    is_bracketed = start.removeprefix(BYTE_ORDER_MARK).lstrip(b" \t\r\n\x1e").startswith((b"{", b"["))
    return is_bracketed and (not end.strip() or CLOSED_JSON.search(end) is not None)


def _edges(path: Path) -> tuple[bytes, bytes]:
    """The first and the last bytes of a file."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        start = stream.read(EDGE_BYTES)
        stream.seek(max(size - EDGE_BYTES, 0))
        return start, stream.read()
