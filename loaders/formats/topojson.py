"""How large a TopoJSON becomes: its shapes refer to lines that they share, any number of times."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MOST_CORNERS = 50_000_000
TOPOLOGY = b'"Topology"'


def topology_fault(path: Path) -> str:
    """Why a TopoJSON cannot be read; empty if it can, or is none."""
    try:
        with path.open("rb") as stream:
            topology = json.load(stream)
        corners = [len(arc) for arc in topology["arcs"]]
        total = sum(corners[arc] for arc in _arcs(list(topology["objects"].values())))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""  # GDAL says what is wrong with it
    return "" if total <= MOST_CORNERS else f"its shapes have {total:,} corners, expected {MOST_CORNERS:,} at most"


def _arcs(geometries: list[Any]) -> Iterator[int]:
    """The number of each line that these refer to, as often as they do; backwards is the complement."""
    waiting = list(geometries)
    while waiting:
        found = waiting.pop()
        if isinstance(found, int):
            yield found if found >= 0 else ~found
        elif isinstance(found, list):
            waiting.extend(found)
        else:
            waiting.extend([found.get("arcs", []), found.get("geometries", [])])
