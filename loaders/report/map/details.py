"""Details of installations, some hundred in a file: each with its records and the evidence of their pairs, as JSON."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.report.map.ragged import Array, starts_of
from loaders.report.map.spool import Spool, spooled
from loaders.report.map.tables import MapTables

CHUNK = 256  # installations in a file
CHUNKS_AT_A_TIME = 16
Fields = Sequence[tuple[str, str]]  # name in JSON, SQL
INSTALLATION: Fields = (
    *((name, f"inst.{name}") for name in (
        "name", "name_dataset", "operator", "status", "status_dataset", "technology", "mounting", "country", "region",
        "geometry_kind", "geometry_dataset",
    )),
    ("area_m2", "round(inst.area_m2, 2)"),
    ("capacity_mw", "inst.capacity_mw"),
    *((name, f"inst.{name}") for name in (
        "capacity_basis", "capacity_dataset", "installed_from", "installed_to", "installed_dataset", "confidence",
        "dataset_count", "independent_inventories", "quality_flags", "licence", "licences", "licence_verified",
        "is_synthetic",
    )),
    ("lon", "inst.centroid_lon"),
    ("lat", "inst.centroid_lat"),
    ("bbox", "[inst.bbox.xmin, inst.bbox.ymin, inst.bbox.xmax, inst.bbox.ymax]"),
    ("panel_capacity_mw", "y.panel_capacity_mw"),
    ("panel_capacity_method", "y.panel_capacity_method"),
    ("energy_mwh", "round(y.energy_mwh, 3)"),
    ("energy_is_upper_bound", "nullif(y.is_upper_bound and y.energy_mwh is not null, false)"),
)  # fmt: skip
RECORD: Fields = (
    ("id", "r.record_id"),
    ("d", "datasets.d"),
    *((name, f"r.{name}") for name in (
        "source_id", "name", "operator", "status", "geometry_kind", "area_m2", "source_area_m2", "capacity_mw",
        "capacity_basis", "installed_from", "installed_to", "licence", "doi", "quality_flags", "source_file",
        "source_row",
    )),
)  # fmt: skip
PAIR: Fields = (
    ("a", "p.record_id_a"),
    ("b", "p.record_id_b"),
    ("is_joined", "p.is_joined"),
    ("reason", "p.reason"),
    *((name, f"round(p.{name}, 4)") for name in ("iou", "share_of_smaller")),
    ("distance_m", "round(p.distance_m, 1)"),
    *((name, f"round(p.{name}, 4)") for name in (
        "area_ratio", "capacity_ratio", "name_similarity", "match_probability",
    )),
    ("shared_identifiers", "p.shared_identifiers"),
)  # fmt: skip
INSTALLATIONS = """
    SELECT n.i, {text} AS text
    FROM curated.curated_pv_installations AS inst
    INNER JOIN memory.main.numbered AS n USING (installation_id)
    LEFT JOIN curated.curated_pv_yield AS y USING (installation_id)
"""
RECORDS = """
    SELECT n.i, r.record_id, {text} AS text
    FROM curated.curated_pv_records AS r
    INNER JOIN memory.main.numbered AS n USING (installation_id)
    INNER JOIN memory.main.datasets AS datasets USING (dataset_key)
"""
PAIRS = """
    SELECT n.i, p.is_joined, p.record_id_a, p.record_id_b, {text} AS text
    FROM (
        SELECT *, unnest(list_distinct([installation_id_a, installation_id_b])) AS installation_id
        FROM curated.curated_pv_pairs
    ) AS p
    INNER JOIN memory.main.numbered AS n USING (installation_id)
"""
RECORD_ORDER = [("record_id", "ascending")]
PAIR_ORDER = [("is_joined", "descending"), ("record_id_a", "ascending"), ("record_id_b", "ascending")]


def details(tables: MapTables, scratch: Path) -> Iterator[tuple[int, bytes]]:
    """The number and the JSON of each file; rows are sorted in a scratch folder."""
    size = CHUNK * CHUNKS_AT_A_TIME
    ranges = -(-tables.count // size)
    installation = (("id", "inst.installation_id"), *INSTALLATION)
    queries = {
        "installations": INSTALLATIONS.format(text=_fields(installation)),
        "records": RECORDS.format(text=_fields(RECORD)),
        "pairs": PAIRS.format(text=_fields(PAIR)),
    }
    batches = {name: tables.batches(query) for name, query in queries.items()}
    with spooled(scratch, batches, ranges, size) as spool:
        for number in range(ranges):
            yield from _files(spool, number)


def _files(spool: Spool, number: int) -> Iterator[tuple[int, bytes]]:
    """The files of a range of installations."""
    rows = spool.sorted_rows("installations", number, [])
    if rows is None:
        return
    first, count = number * CHUNK * CHUNKS_AT_A_TIME, len(rows)
    lists = [
        _list(spool.sorted_rows(name, number, order), name, first, count)
        for name, order in (("records", RECORD_ORDER), ("pairs", PAIR_ORDER))
    ]
    texts = _joined("{", rows["text"].combine_chunks(), *lists, "}")
    ends = np.append(np.arange(0, count, CHUNK), count)
    for nth, file in enumerate(pc.binary_join(_lists(ends, texts), ",")):
        yield first // CHUNK + nth, b"[" + file.as_buffer().to_pybytes() + b"]"


def _list(rows: pa.Table | None, name: str, first: int, count: int) -> pa.StringArray:
    """The field with the list of each installation; an empty text where it has none."""
    number = np.zeros(0, np.int64) if rows is None else rows["i"].to_numpy().astype(np.int64) - first
    texts = pa.array([], pa.string()) if rows is None else rows["text"].combine_chunks()
    lengths = np.bincount(number, minlength=count)
    objects = pc.binary_join(_lists(starts_of(lengths), texts), "},{")
    return pc.if_else(pa.array(lengths > 0), _joined(f',"{name}":[{{', objects, "}]"), "")


def _lists(offsets: Array, texts: pa.StringArray) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), texts)


def _joined(*parts: pa.StringArray | str) -> pa.StringArray:
    return pc.binary_join_element_wise(*parts, "")


def _fields(fields: Fields) -> str:
    """SQL for the fields of a JSON object, without its braces and its nulls."""
    entries = [f"'\"{name}\":' || to_json({sql})" for name, sql in fields]
    return f"concat_ws(',', {', '.join(entries)})"
