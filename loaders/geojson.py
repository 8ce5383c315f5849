"""What a GeoJSON says of itself that GDAL does not pass on."""

import json
import mmap
import re
from pathlib import Path
from typing import Any

HEAD_CHARACTERS, PIECE_CHARACTERS = 1 << 26, 1 << 18
FIRST_FEATURE = re.compile(r'"features"\s*:\s*\[\s*(?=\{)')


def has_crs_member(path: Path) -> bool:
    """Whether it states its CRS; where it does not, GDAL says WGS 84, which older files do not mean."""
    if not path.stat().st_size:
        return False
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(b'"crs"') >= 0


def gives_ids(path: Path) -> bool:
    """Whether the first feature has an id of its own, beside its properties."""
    return "id" in _first_feature(path)


def _first_feature(path: Path) -> dict[str, Any]:
    """The first feature of a collection, or of features one a line; empty if it does not begin with one."""
    decoder, head = json.JSONDecoder(), ""
    with path.open(encoding="utf-8", errors="replace") as stream:
        while len(head) < HEAD_CHARACTERS and (piece := stream.read(PIECE_CHARACTERS)):
            head += piece
            found = FIRST_FEATURE.search(head)
            try:
                feature, _ = decoder.raw_decode(head, found.end() if found else max(head.find("{"), 0))
            except (ValueError, RecursionError):
                continue
            return feature if isinstance(feature, dict) else {}
    return {}
