"""Write the output of a load batch by batch: kept records, rejected records and their accounting."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from loaders.contract import LOADING, REJECTED, schema
from loaders.core.progress import report
from loaders.geo.geoparquet import ParquetFile
from loaders.harmonise.load_result import LoadResult
from loaders.harmonise.quality_flags import FLAGS
from loaders.harmonise.record_ids import CLUE_NAMES, identify_records
from loaders.harmonise.row_accounting import account
from loaders.settings.params import Dataset

DUPLICATE, PLACEHOLDER = "duplicate_geometry", "placeholder_position"
WITHOUT_RECORD_ID = schema(tuple(field for field in LOADING if field.name != "record_id"))
CLUES = schema(tuple(field for field in LOADING if field.name in CLUE_NAMES))
# Parquet would take several times as long to write and to read, for a file that is read once
SCRATCH = pa.ipc.IpcWriteOptions(compression="lz4")


def write_load_result(batches: Iterable[gpd.GeoDataFrame], dataset: Dataset, folder: Path) -> LoadResult:
    """Write the records of a dataset, and count them.

    Args:
        batches: canonical records in their order, without identifiers.
        dataset: its settings.
        folder: scratch folder, emptied first; an interrupted load writes nothing elsewhere.

    Raises:
        AccountingError: there are no records, none can be used, or their number is not the expected one.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    without_ids, clues = folder / "unnamed.arrows", folder / "clues.parquet"
    _write_scratch(batches, without_ids, clues)
    result = LoadResult(dataset.key, folder, folder / "records.parquet", folder / "rejected.parquet", {})
    with (
        ParquetFile(result.records, schema()) as records_file,
        ParquetFile(result.rejected, schema(REJECTED)) as rejected_file,
    ):
        for table in _identified_tables(without_ids, identify_records(clues, dataset.key)):
            records_file.write(_selected_rows(table, pc.is_null(table["reason"]), schema()))
            rejected_file.write(_selected_rows(table, pc.is_valid(table["reason"]), schema(REJECTED)))
    without_ids.unlink()
    clues.unlink()
    result.metrics.update(account(result.records, result.rejected, dataset))
    return result


def _write_scratch(batches: Iterable[gpd.GeoDataFrame], without_ids: Path, clues: Path) -> None:
    """Write the records, and once more what identifies them."""
    with (
        pa.OSFile(str(without_ids), "wb") as stream,
        pa.ipc.new_stream(stream, WITHOUT_RECORD_ID, options=SCRATCH) as records_file,
        pq.ParquetWriter(clues, CLUES) as clues_file,
    ):
        rows = 0
        for batch in batches:
            table = to_arrow(batch)
            records_file.write_table(table)
            clues_file.write_table(table.select(CLUES.names))
            rows += len(batch)
            report(f"{rows:,} rows")


def to_arrow(batch: gpd.GeoDataFrame) -> pa.Table:
    """Canonical records as Arrow, the geometry as well-known binary."""
    frame = batch.to_wkb()
    columns = [pa.array(frame[field.name], type=field.type, from_pandas=True) for field in WITHOUT_RECORD_ID]
    return pa.Table.from_arrays(columns, schema=WITHOUT_RECORD_ID)


def _identified_tables(without_ids: Path, identities: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The records with their identifiers, and the flags that depend on all records."""
    with pa.OSFile(str(without_ids)) as stream:
        records = _Rows(pa.ipc.open_stream(stream))
        for identity in identities:
            table = records.take(len(identity)).append_column("record_id", identity["record_id"])
            added = {DUPLICATE: identity["is_duplicate"], PLACEHOLDER: identity["is_placeholder"]}
            flags = _add_flags(table["quality_flags"].combine_chunks(), added)
            yield table.set_column(table.schema.get_field_index("quality_flags"), "quality_flags", flags)


class _Rows:
    """The rows of batches, as many at a time as are asked for."""

    def __init__(self, batches: pa.RecordBatchReader) -> None:
        self._batches = batches
        self._pending: list[pa.RecordBatch] = []

    def take(self, count: int) -> pa.Table:
        while sum(map(len, self._pending)) < count:
            self._pending.append(self._batches.read_next_batch())
        table = pa.Table.from_batches(self._pending, self._batches.schema)
        self._pending = table.slice(count).to_batches()
        return table.slice(0, count)


def _add_flags(flags: pa.ListArray, added: Mapping[str, pa.BooleanArray]) -> pa.ListArray:
    """The flags of each record, with the added ones, in the order of `quality_flags.FLAGS`."""
    order = list(FLAGS)
    holds = {name: values.to_numpy(zero_copy_only=False) for name, values in added.items()}
    changed = np.flatnonzero(np.any(list(holds.values()), axis=0))
    row_flags = [
        sorted({*names, *(name for name in holds if holds[name][row])}, key=order.index)
        for row, names in zip(changed, flags.take(changed).to_pylist(), strict=True)
    ]
    positions = np.arange(len(flags))
    positions[changed] = len(flags) + np.arange(len(changed))
    return pa.concat_arrays([flags, pa.array(row_flags, flags.type)]).take(positions)


def _selected_rows(table: pa.Table, is_selected: pa.ChunkedArray, columns: pa.Schema) -> pa.Table:
    return table.filter(is_selected).select(columns.names).cast(columns)
