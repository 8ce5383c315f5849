"""Feature ids outside the columns: the publisher's own, or row numbers by GDAL."""

from collections.abc import Iterator

import pyarrow as pa

from loaders.harmonise.readers.vector.geojson import GEOJSON, MIXED_IDS, has_feature_ids
from loaders.harmonise.readers.vector.geojson_values import JsonIds
from loaders.harmonise.readers.vector.losses import losses_as_errors
from loaders.settings.file_selection import SourceFile

WITH_ID_COLUMN = frozenset({".gpkg", ".gdb"})  # GDAL removes it from the columns
SAME_ID = "Several features with id = "


class FeatureIds:
    """Feature ids: published in databases and in a GeoJSON with ids; row numbers elsewhere."""

    def __init__(self, file: SourceFile, fid_column: str) -> None:
        self._is_geojson = file.suffix in GEOJSON
        self._are_published = file.suffix in WITH_ID_COLUMN or (self._is_geojson and has_feature_ids(file.path))
        self._name = fid_column if file.suffix in WITH_ID_COLUMN else "id"
        self._ids = JsonIds(file.path) if self._is_geojson and self._are_published else None
        self._next = 0

    def checked(self, stream: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        """The batches; raises ValueError where GDAL changes a value or a duplicate id, of which it only warns."""
        while True:
            with losses_as_errors(*([SAME_ID] if self._is_geojson else [])) as same_ids:
                batch = next(stream, None)
            if same_ids and self._are_published and not self._are_changed_by_gdal():
                number = same_ids[0].removeprefix(SAME_ID).partition(" have")[0]
                raise ValueError(f"several features have the id {number}; only ids that are unique can be read")
            if batch is None:
                return
            yield batch

    def _are_changed_by_gdal(self) -> bool:
        return self._ids is not None and self._ids.are_changed_by_gdal

    def with_ids(self, table: pa.Table) -> pa.Table:
        """The next rows of the file, with published ids as a column."""
        fids = table.column(0)  # by position: a property may have its name
        table = table.remove_column(0)
        if self._ids and self._are_changed_by_gdal():
            table = table.drop_columns(list({self._name} & set(table.column_names)))
            return table.add_column(0, self._name, self._ids.take(len(table)))
        if self._name in table.column_names:
            return table
        if self._are_published:
            return table.add_column(0, self._name, fids)
        if self._is_geojson and not self._are_derivable(fids.to_pylist(), table):
            raise ValueError(MIXED_IDS)
        self._next += len(fids)
        return table

    def _are_derivable(self, fids: list[int], table: pa.Table) -> bool:
        """Whether ids are row numbers, or equal a column, as ESRI's OBJECTID."""
        if fids == list(range(self._next, self._next + len(fids))):
            return True
        columns = zip(table.schema.types, table.columns, strict=True)
        return any(values.to_pylist() == fids for kind, values in columns if pa.types.is_integer(kind))
