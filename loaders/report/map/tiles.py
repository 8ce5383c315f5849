"""The vector tiles of the map: which layers there are at which zooms, and the properties of their features.

- `points`: installations, as points.
- `outlines`: installations, as outlines; as points where they have none, or one of less than two pixels. Properties of
  both: `i` number, `c` country, `s` status, `l` licence, `q` confidence, `n` number of datasets, `y` year, `w` MW,
  `m` m², `d` text such as `,0,3,`: the numbers of the datasets.
- `sources`: records, as outlines or points. Properties: `i` number of the installation, `d` number of the dataset,
  `r` record_id.

Unknown values are left out.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.report.map.columns import Columns
from loaders.report.map.tables import MapTables
from loaders.report.map.tile_geometry import Zoom
from loaders.report.map.tile_layers import Features, layer_rows, zoom_tiles
from loaders.report.map.tile_packs import TilePacks, Write
from loaders.report.map.vector_tile import floats, texts, whole_numbers
from loaders.report.map.wkb import add_outlines
from loaders.report.map.world import Outlines, Pieces, world_xy

POINTS, OUTLINES, SOURCES = "points", "outlines", "sources"
LAYERS: Mapping[str, range] = {POINTS: range(7, 10), OUTLINES: range(10, 14), SOURCES: range(13, 14)}
OUTLINES_AT_A_TIME = 5_000
EXTENTS = dict.fromkeys(range(12), 2048) | {12: 4096, 13: 8192}  # a quarter of a pixel; near, 0.6 m
INSTALLATION_SHAPES = """
    SELECT n.i, ST_AsWKB(inst.geometry) AS shape
    FROM curated.curated_pv_installations AS inst
    INNER JOIN memory.main.numbered AS n USING (installation_id)
    WHERE inst.geometry_kind = 'polygon'
"""
RECORDS = """
    SELECT
        n.i, datasets.d, r.record_id, r.centroid_lon AS lon, r.centroid_lat AS lat,
        if(r.geometry_kind = 'polygon', ST_AsWKB(r.geometry), NULL) AS shape
    FROM curated.curated_pv_records AS r
    INNER JOIN memory.main.numbered AS n USING (installation_id)
    INNER JOIN memory.main.datasets AS datasets USING (dataset_key)
"""


def write_tiles(tables: MapTables, columns: Columns, write: Write) -> None:
    """Write the tiles of all zooms; the records, which take most memory, are read when the first zoom shows them."""
    installations = _installations(columns)
    features = [installations, replace(installations, name=OUTLINES, outlines=_installation_outlines(tables))]
    packs = TilePacks(write)
    for level in sorted({level for zooms in LAYERS.values() for level in zooms}):
        if level == LAYERS[SOURCES].start:
            features.append(_sources(tables))
        _write_zoom([each for each in features if level in LAYERS[each.name]], Zoom(level, EXTENTS[level]), packs)
    packs.close()


def _write_zoom(features: list[Features], zoom: Zoom, packs: TilePacks) -> None:
    for numbers, tiles in zoom_tiles([layer_rows(each, zoom) for each in features]):
        packs.add(numbers, tiles)


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
    pieces, batches, count = Pieces(), [], 0
    for batch in tables.batches(RECORDS, OUTLINES_AT_A_TIME):
        add_outlines(pieces, batch["shape"], count + np.arange(len(batch)))
        batches.append(_copy(batch.drop_columns(["shape"])))
        count += len(batch)
    records = pa.Table.from_batches(batches)
    batches.clear()
    order = pc.sort_indices(records["record_id"]).to_numpy().astype(np.int64)
    place = np.empty(count, np.int64)
    place[order] = np.arange(count)
    drawn = pieces.joined()
    records = records.take(pa.array(order))
    number, ids = records["i"].to_numpy(), records["record_id"].combine_chunks()
    properties = {
        "i": whole_numbers(number),
        "d": whole_numbers(records["d"].to_numpy()),
        "r": texts(ids, np.arange(count)),
    }
    x, y = world_xy(records["lon"].to_numpy(), records["lat"].to_numpy())
    return Features(SOURCES, number, x, y, properties, drawn and replace(drawn, feature=place[drawn.feature]))


def _installation_outlines(tables: MapTables) -> Outlines | None:
    pieces = Pieces()
    for batch in tables.batches(INSTALLATION_SHAPES, OUTLINES_AT_A_TIME):
        add_outlines(pieces, batch["shape"], batch["i"].to_numpy().astype(np.int64))
    return pieces.joined()


def _copy(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A copy: a column of a batch from DuckDB keeps all its columns in memory."""
    return batch.take(pa.array(np.arange(len(batch))))
