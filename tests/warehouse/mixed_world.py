"""A dataset whose records come from other inventories, under a licence each."""

import csv
from pathlib import Path
from typing import Any

import shapely
from shapely import box

KEY = "m_mixed_2025"
# rows by the inventory that they come from, and their number; the licence follows from it
ROWS = {"OSM": 2, "TZSAM": 3, " tzsam ": 1, "USPVDB": 2, "georeferenced": 2, "": 1}
LICENCE = {
    "column": "Source",
    "values": {"OSM": "ODbL-1.0", "TZSAM": "CC-BY-NC-4.0", "USPVDB": "public-domain"},
    "otherwise": "unknown",
}
LEFT_OUT = {"TZSAM": "CC-BY-NC-4.0", " tzsam ": "CC-BY-NC-4.0", "georeferenced": "not stated", "": "not stated"}
FIRST_LON, LAT = 140.0, 0.5  # [°]; one record at each degree, far from the other worlds
SIDE_DEG = 0.001


def rows() -> list[dict[str, Any]]:
    """The published rows; each text and each outline occurs once."""
    sources = [source for source, count in ROWS.items() for _ in range(count)]
    return [
        {
            "Source": source,
            "id": f"mixed-id-{n}",
            "name": f"Quagga Park {n}",
            "operator": f"Okapi Power {n}",
            "code": f"ZEBRA-{n}",
            "mw": 7001 + n,
            "wkt": shapely.to_wkt(box(*outline(n)), rounding_precision=6),
        }
        for n, source in enumerate(sources)
    ]


def outline(n: int) -> tuple[float, float, float, float]:
    """The bounds of the n-th outline [°]."""
    return (FIRST_LON + n, LAT, FIRST_LON + n + SIDE_DEG, LAT + SIDE_DEG + n * 1e-5)


def write_mixed_world(root: Path) -> dict[str, dict[str, Any]]:
    """Write its file; returns its settings."""
    published = rows()
    with (root / f"{KEY}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(published[0]))
        writer.writeheader()
        writer.writerows(published)
    columns = {
        "source_id": "id",
        "name": "name",
        "operator": "operator",
        "identifiers": {"eia_plant": "code"},
        "capacity": {"column": "mw", "unit": "MW", "basis": "dc"},
    }
    read = {"wkt": "wkt", "crs": 4326}
    return {KEY: {"source": {"path": f"{KEY}.csv"}, "read": read, "columns": columns, "licence": LICENCE}}
