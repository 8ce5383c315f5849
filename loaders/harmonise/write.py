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
from loaders.harmonise.readers.published_file import BATCH_ROWS
from loaders.harmonise.record_ids import identify_records
from loaders.harmonise.row_accounting import account
from loaders.settings.params import Dataset

DUPLICATE, PLACEHOLDER = "duplicate_geometry", "placeholder_position"
WITHOUT_RECORD_ID = schema(tuple(field for field in LOADING if field.name != "record_id"))


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
    without_ids = folder / "unnamed.parquet"
    with pq.ParquetWriter(without_ids, WITHOUT_RECORD_ID, compression="zstd", compression_level=1) as file:
        rows = 0
        for batch in batches:
            file.write_table(to_arrow(batch))
            rows += len(batch)
            report(f"{rows:,} rows")
    result = LoadResult(dataset.key, folder, folder / "records.parquet", folder / "rejected.parquet", {})
    with (
        ParquetFile(result.records, schema()) as records_file,
        ParquetFile(result.rejected, schema(REJECTED)) as rejected_file,
    ):
        for table in _identified_tables(without_ids, dataset.key):
            records_file.write(_selected_rows(table, pc.is_null(table["reason"]), schema()))
            rejected_file.write(_selected_rows(table, pc.is_valid(table["reason"]), schema(REJECTED)))
    without_ids.unlink()
    result.metrics.update(account(result.records, result.rejected, dataset))
    return result


def to_arrow(batch: gpd.GeoDataFrame) -> pa.Table:
    """Canonical records as Arrow, the geometry as well-known binary."""
    frame = batch.to_wkb()
    columns = [pa.array(frame[field.name], type=field.type, from_pandas=True) for field in WITHOUT_RECORD_ID]
    return pa.Table.from_arrays(columns, schema=WITHOUT_RECORD_ID)


def _identified_tables(without_ids: Path, key: str) -> Iterator[pa.Table]:
    """The records with their identifiers, and the flags that depend on all records."""
    with pq.ParquetFile(without_ids, pre_buffer=False) as file:  # else what has been read stays in memory
        records = _Rows(file.iter_batches(BATCH_ROWS))
        for identities in identify_records(without_ids, key):
            table = records.take(len(identities)).append_column("record_id", identities["record_id"])
            added = {DUPLICATE: identities["is_duplicate"], PLACEHOLDER: identities["is_placeholder"]}
            flags = _add_flags(table["quality_flags"].combine_chunks(), added)
            yield table.set_column(table.schema.get_field_index("quality_flags"), "quality_flags", flags)


class _Rows:
    """The rows of batches, as many at a time as are asked for."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self._pending: list[pa.RecordBatch] = []

    def take(self, count: int) -> pa.Table:
        while sum(map(len, self._pending)) < count:
            self._pending.append(next(self._batches))
        table = pa.Table.from_batches(self._pending)
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
