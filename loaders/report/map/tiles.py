"""The vector tiles of the map: which layers there are at which zooms, and the properties of their features.

- `points`: installations, as points.
- `outlines`: installations, as outlines; as points where they have none, or one of less than two pixels. Properties of
  both: `i` number, `c` country, `s` status, `l` licence, `q` confidence, `n` number of datasets, `y` year, `w` MW,
  `m` m², `d` text such as `,0,3,`: the numbers of the datasets.
- `sources`: records, as outlines or points. Properties: `i` number of the installation, `d` number of the dataset,
  `r` record_id.

Unknown values are left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from loaders.report.map.columns import Columns
from loaders.report.map.ragged import Array
from loaders.report.map.tables import MapTables
from loaders.report.map.tile_geometry import Zoom
from loaders.report.map.tile_layers import Features, layer_rows, zoom_tiles
from loaders.report.map.tile_packs import TilePacks, Write
from loaders.report.map.vector_tile import floats, texts, whole_numbers
from loaders.report.map.world import Outlines, Pieces, outlines, world_xy

POINTS, OUTLINES, SOURCES = "points", "outlines", "sources"
LAYERS: Mapping[str, range] = {POINTS: range(7, 10), OUTLINES: range(10, 14), SOURCES: range(13, 14)}
OUTLINES_AT_A_TIME = 20_000
EXTENTS = dict.fromkeys(range(12), 2048) | {12: 4096, 13: 8192}  # a quarter of a pixel; near, 0.6 m
INSTALLATION_SHAPES = """
    SELECT n.i AS number, ST_AsWKB(inst.geometry) AS shape
    FROM curated.curated_pv_installations AS inst
    INNER JOIN memory.main.numbered AS n USING (installation_id)
    WHERE inst.geometry_kind = 'polygon'
"""
RECORDS = """
    SELECT n.i, datasets.d, r.record_id, r.centroid_lon AS lon, r.centroid_lat AS lat
    FROM curated.curated_pv_records AS r
    INNER JOIN memory.main.numbered AS n USING (installation_id)
    INNER JOIN memory.main.datasets AS datasets USING (dataset_key)
    ORDER BY r.record_id
"""
RECORD_SHAPES = """
    SELECT record_id, ST_AsWKB(geometry) AS shape
    FROM curated.curated_pv_records
    WHERE geometry_kind = 'polygon' AND installation_id IS NOT NULL
"""


def write_tiles(tables: MapTables, columns: Columns, write: Write) -> None:
    """Write the tiles of all zooms."""
    installations = _installations(columns)
    drawn = replace(installations, name=OUTLINES, outlines=_outlines(tables, INSTALLATION_SHAPES))
    sources = _sources(tables)
    packs = TilePacks(write)
    for level in sorted({level for zooms in LAYERS.values() for level in zooms}):
        zoom = Zoom(level, EXTENTS[level])
        layers = [layer_rows(each, zoom) for each in (installations, drawn, sources) if level in LAYERS[each.name]]
        for numbers, tiles in zoom_tiles(layers):
            packs.add(numbers, tiles)
    packs.close()


def _installations(columns: Columns) -> Features:
    arrays = columns.arrays
    count = len(columns.lon)
    numbers = {"c": "country", "s": "status", "l": "licence", "q": "confidence", "n": "dataset_count", "y": "year"}
    properties = {"i": whole_numbers(np.arange(count))}
    for short, name in numbers.items():
        properties[short] = whole_numbers(arrays[name], arrays[name] > 0 if name == "year" else None)
    is_sized, has_area = (~np.isnan(arrays[name]) for name in ("size_mw", "area_m2"))
    properties["w"] = floats(arrays["size_mw"], is_sized)
    properties["m"] = whole_numbers(np.where(has_area, arrays["area_m2"], 0).round(), has_area)
    properties["d"] = texts(pa.array(columns.dataset_texts, pa.string()), columns.dataset_codes)
    return Features(POINTS, np.arange(count), *world_xy(columns.lon, columns.lat), properties)


def _sources(tables: MapTables) -> Features:
    records = tables.table(RECORDS)
    number, dataset = records["i"].to_numpy(), records["d"].to_numpy()
    ids = records["record_id"].combine_chunks()
    properties = {
        "i": whole_numbers(number),
        "d": whole_numbers(dataset),
        "r": texts(ids, np.arange(len(ids))),
    }
    x, y = world_xy(records["lon"].to_numpy(), records["lat"].to_numpy())
    return Features(SOURCES, number, x, y, properties, _outlines(tables, RECORD_SHAPES, ids))


def _outlines(tables: MapTables, query: str, ids: pa.StringArray | None = None) -> Outlines | None:
    """The outlines of all features that have one."""
    pieces = Pieces()
    for each in _read_outlines(tables, query, ids):
        pieces.add(each)
    return pieces.joined()


def _read_outlines(tables: MapTables, query: str, ids: pa.StringArray | None) -> Iterator[Outlines]:
    for batch in tables.batches(query, OUTLINES_AT_A_TIME):
        shapes = np.asarray(shapely.from_wkb(batch["shape"].to_numpy(zero_copy_only=False)), dtype=np.object_)
        yield outlines(shapes, _feature_of(batch, ids))


def _feature_of(batch: pa.RecordBatch, ids: pa.StringArray | None) -> Array:
    if ids is None:
        numbers: Array = batch["number"].to_numpy().astype(np.int64)
        return numbers
    found: Array = pc.index_in(batch["record_id"], value_set=ids).to_numpy().astype(np.int64)
    return found
