"""What the page of the map reads first: the datasets, the meaning of numbers, and how the other files are laid out."""

from typing import Any

from loaders.acquire.lock import Lock, read_lock_if_valid
from loaders.core.escape import doi_address, one_line, web_address
from loaders.core.paths import ProjectPaths
from loaders.report.map.columns import TYPES, WORD_BITS, Columns
from loaders.report.map.details import CHUNK
from loaders.report.map.tables import MapTables
from loaders.report.map.tiles import LAYERS
from loaders.settings.params import Settings

DATASETS = """
    SELECT
        s.dataset_key, s.doi, s.licence, s.licence_verified, s.is_synthetic,
        count(*) AS records, count(DISTINCT r.installation_id) AS installations
    FROM curated.curated_pv_records AS r
    INNER JOIN curated.curated_pv_dataset_summary AS s USING (dataset_key)
    WHERE r.installation_id IS NOT NULL
    GROUP BY ALL
    ORDER BY s.dataset_key
"""
BOUNDS_DECIMALS = 5


def meta(settings: Settings, paths: ProjectPaths, tables: MapTables, columns: Columns) -> dict[str, Any]:
    """The facts of the whole map, except those of hexagons and identifiers."""
    width = max(1, -(-len(tables.dataset_keys) // WORD_BITS))
    return {
        "origin": paths.origin,
        "is_synthetic": _quantifier(columns.is_synthetic.tolist()),
        "count": tables.count,
        "bounds": _bounds(columns),
        "datasets": [_dataset(row, settings, paths) for row in tables.table(DATASETS).to_pylist()],
        "countries": columns.countries,
        "statuses": columns.statuses,
        "licences": columns.licences,
        "confidences": columns.confidences,
        "chunk": CHUNK,
        "columns": {name: {"type": kind, "width": width if name == "datasets" else 1} for name, kind in TYPES.items()},
        "tiles": {
            "min_zoom": min(min(zooms) for zooms in LAYERS.values()),
            "max_zoom": max(max(zooms) for zooms in LAYERS.values()),
            "layers": {name: {"min_zoom": min(zooms), "max_zoom": max(zooms)} for name, zooms in LAYERS.items()},
        },
    }


def _quantifier(flags: list[bool]) -> str:
    if not any(flags):
        return "none"
    return "all" if all(flags) else "some"


def _bounds(columns: Columns) -> list[float]:
    """West, south, east, north of all positions [°]; the whole world without any."""
    if not len(columns.lon):
        return [-180.0, -85.0, 180.0, 85.0]
    edges = (columns.lon.min(), columns.lat.min(), columns.lon.max(), columns.lat.max())
    return [round(float(edge), BOUNDS_DECIMALS) for edge in edges]


def _dataset(row: dict[str, Any], settings: Settings, paths: ProjectPaths) -> dict[str, Any]:
    key = row["dataset_key"]
    lock = read_lock_if_valid(paths.lock(key))
    dataset = settings.datasets.get(key)
    record = lock.record if lock else None
    return {
        "key": key,
        "label": (dataset.alias if dataset else None) or key,
        "title": one_line(record.title) if record else "",
        "doi": row["doi"],
        "url": _address(row["doi"], lock),
        "version": one_line(record.version) if record else "",
        "licence": row["licence"],
        "licence_verified": row["licence_verified"],
        "is_synthetic": row["is_synthetic"],
        "records": row["records"],
        "installations": row["installations"],
    }


def _address(doi: str | None, lock: Lock | None) -> str | None:
    """Where a dataset is described; null where there is no page of it."""
    if doi:
        return doi_address(doi)
    return web_address(lock.record.url) if lock and lock.record else None
