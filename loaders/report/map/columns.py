"""Columns of all installations, each an array by number: what the page filters, colours and counts by."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.report.map.ragged import Array
from loaders.report.map.tables import MapTables

WORD_BITS = 32
QUERY = """
    SELECT
        n.i, inst.centroid_lon AS lon, inst.centroid_lat AS lat, inst.area_m2, inst.capacity_mw,
        y.panel_capacity_mw AS size_mw, coalesce(year(inst.installed_to), 0)::USMALLINT AS year,
        coalesce(inst.country, '') AS country, inst.status, coalesce(inst.licence, 'not stated') AS licence,
        inst.confidence, least(inst.dataset_count, 255)::UTINYINT AS dataset_count, inst.geometry_kind,
        inst.is_synthetic, inst.dataset_keys
    FROM curated.curated_pv_installations AS inst
    INNER JOIN memory.main.numbered AS n USING (installation_id)
    LEFT JOIN curated.curated_pv_yield AS y USING (installation_id)
    ORDER BY n.i
"""
TYPES = {
    "lon": "f32",
    "lat": "f32",
    "area_m2": "f32",
    "capacity_mw": "f32",
    "size_mw": "f32",
    "year": "u16",
    "country": "u16",
    "status": "u8",
    "licence": "u16",
    "confidence": "u8",
    "dataset_count": "u8",
    "datasets": "u32",
    "kind": "u8",
    "hex": "u32",
}
NUMPY = {"f32": "<f4", "u8": "|u1", "u16": "<u2", "u32": "<u4"}
CONFIDENCES = ["low", "medium", "high"]
POINT = "point"


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns, and what their numbers stand for.

    Attributes:
        arrays: by name, one entry an installation; `datasets` has as many words as it needs for a bit each.
        lon, lat: with all their decimals [°].
        countries, statuses, licences, confidences: the values by number; the first country is unknown.
        is_synthetic: of each installation.
        dataset_texts: of each distinct set of datasets its numbers, as `,0,3,`.
        dataset_codes: of each installation its position among these.
    """

    arrays: dict[str, Array]
    lon: Array
    lat: Array
    countries: list[str]
    statuses: list[str]
    licences: list[str]
    confidences: list[str]
    is_synthetic: Array
    dataset_texts: list[str]
    dataset_codes: Array


def read_columns(tables: MapTables) -> Columns:
    """Read the columns, except the hexagons."""
    table = tables.table(QUERY)
    numbers = {name: _numbers(table, name) for name in ("lon", "lat", "area_m2", "capacity_mw", "size_mw")}
    categories = {name: sorted(table[name].unique().to_pylist()) for name in ("country", "status", "licence")}
    categories["country"] = ["", *(code for code in categories["country"] if code)]
    categories["confidence"] = CONFIDENCES
    codes = {name: _positions(table[name], values) for name, values in categories.items()}
    words, texts, text_codes = _dataset_sets(table["dataset_keys"], tables.dataset_keys)
    arrays = (
        numbers
        | codes
        | {
            "year": table["year"].to_numpy(),
            "dataset_count": table["dataset_count"].to_numpy(),
            "datasets": words,
            "kind": pc.equal(table["geometry_kind"], POINT).to_numpy(),
        }
    )
    return Columns(
        {name: arrays[name].astype(NUMPY[kind]) for name, kind in TYPES.items() if name in arrays},
        numbers["lon"],
        numbers["lat"],
        categories["country"],
        categories["status"],
        categories["licence"],
        CONFIDENCES,
        table["is_synthetic"].to_numpy(),
        texts,
        text_codes,
    )


def _numbers(table: pa.Table, name: str) -> Array:
    numbers: Array = table[name].cast(pa.float64()).to_numpy()
    return numbers


def _positions(column: pa.ChunkedArray, values: list[str]) -> Array:
    positions: Array = pc.index_in(column, value_set=pa.array(values, pa.string())).to_numpy()
    return positions


def _dataset_sets(column: pa.ChunkedArray, keys: list[str]) -> tuple[Array, list[str], Array]:
    """Of each installation a bit for each of its datasets, and the texts of distinct sets and whose they are."""
    lists = column.combine_chunks()
    number = _positions(pc.list_flatten(lists), keys)
    row = np.repeat(np.arange(len(lists)), pc.list_value_length(lists).to_numpy())
    width = max(1, -(-len(keys) // WORD_BITS))
    words = np.zeros((len(lists), width), np.uint32)
    np.bitwise_or.at(words, (row, number // WORD_BITS), np.uint32(1) << (number % WORD_BITS).astype(np.uint32))
    whole = words.view(f"V{words.dtype.itemsize * width}").ravel()  # each set as one value
    _, first, codes = np.unique(whole, return_index=True, return_inverse=True)
    texts = []
    for each in words[first].tolist():
        bits = [str(d) for d in range(len(keys)) if each[d // WORD_BITS] >> d % WORD_BITS & 1]
        texts.append(f",{','.join(bits)},")
    return words.ravel(), texts, codes.ravel()
