"""What a GeoJSON says of itself that GDAL does not pass on."""

import json
import mmap
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyproj.exceptions import CRSError

from loaders import formats
from loaders.crs_text import crs_from_text
from loaders.formats import FORMATS

GEOJSON = frozenset(ending for ending, found in FORMATS.items() if found in {formats.GEOJSON, formats.GEOJSON_LINES})
PIECE_CHARACTERS = 1 << 18
HEAD_CHARACTERS = 1 << 26
CRS_CHARACTERS = 4096
CRS_MEMBER = re.compile(rb'"crs"\s*:\s*(?=[{n])')
FIRST_FEATURE = re.compile(r'"features"\s*:\s*\[\s*')
BETWEEN = re.compile(r"[\s,\x1e]*")
MIXED_IDS = "some features have an id of their own and others have none; give it to all or to none"


def says_crs(path: Path) -> bool | None:
    """Whether its `crs` member names a CRS that there is; None where it has no such member, as RFC 7946 wants it."""
    if not path.stat().st_size:
        return None
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for found in CRS_MEMBER.finditer(content):
            text = content[found.end() : found.end() + CRS_CHARACTERS].decode("utf-8", "replace")
            try:
                member, _ = json.JSONDecoder().raw_decode(text)
            except ValueError:
                continue
            if member is None or (isinstance(member, dict) and "type" in member):
                return _is_known(member)
    return None


def gives_ids(path: Path) -> bool:
    """Whether its features have ids of their own, beside their properties.

    Raises:
        ValueError: some have one, and others do not.
    """
    ids = (feature.get("id") is not None for feature in _features(path) if isinstance(feature, dict))
    if not next(ids, False):
        return False
    if not all(ids):
        raise ValueError(MIXED_IDS)
    return True


def _is_known(member: dict[str, Any] | None) -> bool:
    properties = (member or {}).get("properties")
    if not isinstance(properties, dict):
        return False
    try:
        crs_from_text(properties.get("name") or properties.get("code"))
    except (CRSError, TypeError):
        return False
    return True


def _features(path: Path) -> Iterator[Any]:
    """The features of a collection, or of features one a line, a piece of the file at a time."""
    decoder = json.JSONDecoder()
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        text = stream.read(PIECE_CHARACTERS)
        while not (found := FIRST_FEATURE.search(text)) and len(text) < HEAD_CHARACTERS:
            if not (piece := stream.read(PIECE_CHARACTERS)):
                break
            text += piece
        position = found.end() if found else 0
        while True:
            position = _behind(text, position)
            try:
                feature, position = decoder.raw_decode(text, position)
            except (ValueError, RecursionError):
                if text[position : position + 1] == "]" or not (piece := stream.read(PIECE_CHARACTERS)):
                    return
                text, position = text[position:] + piece, 0
                continue
            yield feature


def _behind(text: str, position: int) -> int:
    match = BETWEEN.match(text, position)
    return match.end() if match else position
