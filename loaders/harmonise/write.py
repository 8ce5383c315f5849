"""Write what a load makes, a batch at a time: the records that are kept, those that are not, and their accounting."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from loaders.contract import LOADING, REJECTED, schema
from loaders.geo.geoparquet import ParquetFile
from loaders.harmonise.load_result import LoadResult
from loaders.harmonise.quality_flags import FLAGS
from loaders.harmonise.readers.published_file import BATCH_ROWS
from loaders.harmonise.record_ids import identities
from loaders.harmonise.row_accounting import account
from loaders.settings.params import Dataset

DUPLICATE, PLACEHOLDER = "duplicate_geometry", "placeholder_position"
UNNAMED = schema(tuple(field for field in LOADING if field.name != "record_id"))


def write_aside(batches: Iterable[gpd.GeoDataFrame], dataset: Dataset, folder: Path) -> LoadResult:
    """Write the records of a dataset, and count them.

    Args:
        batches: canonical records in their order, without identifiers.
        dataset: whose they are.
        folder: emptied first; a load that is cut short leaves nothing elsewhere.

    Raises:
        AccountingError: there are no records, none can be used, or their number is not the expected one.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    unnamed = folder / "unnamed.parquet"
    with pq.ParquetWriter(unnamed, UNNAMED, compression="zstd", compression_level=1) as file:
        for batch in batches:
            file.write_table(as_arrow(batch))
    loaded = LoadResult(dataset.key, folder, folder / "records.parquet", folder / "rejected.parquet", {})
    with ParquetFile(loaded.records, schema()) as kept, ParquetFile(loaded.rejected, schema(REJECTED)) as rejected:
        for table in _named(unnamed, dataset.key):
            kept.write(_those(table, pc.is_null(table["reason"]), schema()))
            rejected.write(_those(table, pc.is_valid(table["reason"]), schema(REJECTED)))
    unnamed.unlink()
    loaded.metrics.update(account(loaded.records, loaded.rejected, dataset))
    return loaded


def as_arrow(batch: gpd.GeoDataFrame) -> pa.Table:
    """Canonical records as Arrow, the geometry as well-known binary."""
    frame = batch.to_wkb()
    columns = [pa.array(frame[field.name], type=field.type, from_pandas=True) for field in UNNAMED]
    return pa.Table.from_arrays(columns, schema=UNNAMED)


def _named(unnamed: Path, key: str) -> Iterator[pa.Table]:
    """The records with their identifiers, and the flags that only all records together give."""
    found = identities(unnamed, key)
    with pq.ParquetFile(unnamed, pre_buffer=False) as file:  # else what has been read stays in memory
        for batch in file.iter_batches(BATCH_ROWS):
            names, is_duplicate, is_placeholder = zip(*islice(found, len(batch)), strict=True)
            table = pa.Table.from_batches([batch]).append_column("record_id", pa.array(names, pa.string()))
            flags = _flagged(batch["quality_flags"], {DUPLICATE: is_duplicate, PLACEHOLDER: is_placeholder})
            yield table.set_column(table.schema.get_field_index("quality_flags"), "quality_flags", flags)


def _flagged(flags: pa.ListArray, more: Mapping[str, Sequence[bool]]) -> pa.ListArray:
    """The flags of each record in the order of `quality.FLAGS`, with those of these that hold for it."""
    order = list(FLAGS)
    held = [set(names) for names in flags.to_pylist()]
    for name, holds in more.items():
        for names, is_held in zip(held, holds, strict=True):
            if is_held:
                names.add(name)
    return pa.array([sorted(names, key=order.index) for names in held], type=flags.type)


def _those(table: pa.Table, which: pa.ChunkedArray, columns: pa.Schema) -> pa.Table:
    return table.filter(which).select(columns.names).cast(columns)
