"""The values that GDAL rounds while it reads, put back as published: a part of them stands in the text of the file."""

from collections.abc import Callable

import pyarrow as pa

from loaders.dbase import DbfColumns
from loaders.geojson import GEOJSON
from loaders.geojson_values import JsonColumns
from loaders.shapefile import part
from loaders.wanted import SourceFile

Restore = Callable[[pa.Table, pa.ChunkedArray], pa.Table]


def restoring(file: SourceFile, schema: pa.Schema) -> Restore:
    """What puts the published values back into the batches of a file, one after the other.

    Args:
        file: what is read.
        schema: its columns as GDAL reads them, in the order of the file.

    Returns:
        From the next rows and their ids, the rows with the published values.

    Raises:
        ValueError: they cannot be read from the text of the file.
    """
    if file.suffix in GEOJSON:
        json = JsonColumns(file.path, schema)
        return lambda table, _: json.restored(table)
    if file.suffix == ".shp" and (dbf := part(file, ".dbf")):
        columns = DbfColumns(dbf, schema)
        return lambda table, ids: columns.restored(table, ids.to_numpy())
    return lambda table, _: table
