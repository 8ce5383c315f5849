"""Land and borders behind the map, as GeoJSON: simplified with their common borders."""

from pathlib import Path
from typing import Any

import numpy as np
import shapely

from loaders.core.arrays import Shapes
from loaders.core.escape import one_line
from loaders.geo.geoparquet import read_parquet

COLUMNS = ["boundary_id", "subtype", "country", "region", "name", "geometry"]
TOLERANCE_DEG = 0.02  # about 2 km; what is smaller is left out of a coast
DECIMALS = 3  # [°]: about 100 m
SUBTYPES = ("country", "region")


def land(boundaries: Path) -> dict[str, Any]:
    """Countries, then regions; without a file of boundaries, none."""
    features: list[dict[str, Any]] = []
    if boundaries.is_file():
        table = read_parquet(boundaries, COLUMNS)
        for subtype in SUBTYPES:
            rows = [row for row in table.to_pylist() if row["subtype"] == subtype]
            features += _features(sorted(rows, key=lambda row: str(row["boundary_id"])))
    return {"type": "FeatureCollection", "features": features}


def _features(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    shapes = _simplified(np.array([shapely.from_wkb(row["geometry"]) for row in rows], dtype=np.object_))
    return [
        {"type": "Feature", "properties": _properties(row), "geometry": _geometry(shape)}
        for row, shape in zip(rows, shapes, strict=True)
        if not shape.is_empty
    ]


def _simplified(shapes: Shapes) -> Shapes:
    if not len(shapes):
        return shapes
    simplified: Shapes = np.asarray(shapely.coverage_simplify(shapes, TOLERANCE_DEG), dtype=np.object_)
    return simplified


def _properties(row: dict[str, Any]) -> dict[str, str]:
    code = row["region"] or row["country"] or ""
    return {"kind": row["subtype"], "code": code, "name": one_line(row["name"])}


def _geometry(shape: shapely.Geometry) -> dict[str, Any]:
    polygons = [
        [
            [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in ring.coords]
            for ring in (part.exterior, *part.interiors)
        ]
        for part in shapely.get_parts(shape)
    ]
    return {"type": "MultiPolygon", "coordinates": polygons}
