"""Size of a TopoJSON: its shapes refer to shared arcs, any number of times."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MAX_VERTICES = 50_000_000
TOPOLOGY = b'"Topology"'


def topology_fault(path: Path) -> str:
    """Why a TopoJSON is too large; empty for others."""
    try:
        with path.open("rb") as stream:
            topology = json.load(stream)
        vertex_counts = [len(arc) for arc in topology["arcs"]]
        total = sum(vertex_counts[arc] for arc in _arcs(list(topology["objects"].values())))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""  # GDAL reports the error
    return "" if total <= MAX_VERTICES else f"its shapes have {total:,} corners, expected {MAX_VERTICES:,} at most"


def _arcs(geometries: list[Any]) -> Iterator[int]:
    """The index of each referenced arc, once per reference; a reversed arc is the complement."""
    stack = list(geometries)
    while stack:
        node = stack.pop()
        if isinstance(node, int):
            yield node if node >= 0 else ~node
        elif isinstance(node, list):
            stack.extend(node)
        else:
            stack.extend([node.get("arcs", []), node.get("geometries", [])])
