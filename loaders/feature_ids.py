"""The ids that features have beside their columns: the publisher's own, or GDAL's numbers for the rows."""

import warnings
from collections.abc import Iterator
from threading import Lock

import pyarrow as pa

from loaders.geojson import GEOJSON, MIXED_IDS, gives_ids
from loaders.wanted import SourceFile

SAME_ID = "Several features with id = "
ONE_AT_A_TIME = Lock()  # warnings are caught for the whole process


class FeatureIds:
    """The ids of features: published in a GeoPackage and in a GeoJSON that gives some, else they number the rows."""

    def __init__(self, file: SourceFile, fid_column: str) -> None:
        self._is_geojson = file.suffix in GEOJSON
        self._are_published = file.suffix == ".gpkg" or (self._is_geojson and gives_ids(file.path))
        self._name = fid_column if file.suffix == ".gpkg" else "id"
        self._next = 0

    def guarded(self, stream: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        """The batches, as long as GDAL does not change an id that is not unique, which it only warns of."""
        if not self._is_geojson:
            yield from stream
            return
        while True:
            with ONE_AT_A_TIME, warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                batch = next(stream, None)
            for warning in said:
                before, of_ids, behind = str(warning.message).partition(SAME_ID)
                if of_ids and self._are_published:
                    number = behind.partition(" have")[0]
                    raise ValueError(f"several features have the id {number}; only ids that are unique can be read")
                if not of_ids:
                    warnings.warn(before, warning.category, stacklevel=2)
            if batch is None:
                return
            yield batch

    def kept(self, table: pa.Table) -> pa.Table:
        """The next rows of the file, with the ids as a column if they are published."""
        fids = table.column(0)  # by position: a property may have its name
        table = table.remove_column(0)
        if self._name in table.column_names:
            return table
        if self._are_published:
            return table.add_column(0, self._name, fids)
        if self._is_geojson and fids.to_pylist() != list(range(self._next, self._next + len(fids))):
            raise ValueError(MIXED_IDS)
        self._next += len(fids)
        return table
