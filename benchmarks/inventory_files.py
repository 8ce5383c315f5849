"""Writers of the formats that inventories are published in; each appends chunks, so that memory stays bounded.

A chunk is an Arrow table whose column `geometry` is WKB.
"""

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pyogrio
import shapely

GEOMETRY = "geometry"
FINISH = "\n]}\n"
MOMENT = "2026-01-01T00:00:00.000Z"  # of the writing, as files state it: the same seed makes the same bytes
SHAPEFILE = {"encoding": "UTF-8", "DBF_DATE_LAST_UPDATE": MOMENT[:10]}
GEO = {
    "version": "1.0.0",
    "primary_column": GEOMETRY,
    "columns": {GEOMETRY: {"encoding": "WKB", "geometry_types": ["Polygon", "MultiPolygon"]}},
}
Append = Callable[[pa.Table], None]
Writer = Callable[[Path], AbstractContextManager[Append]]


@contextmanager
def geojson(path: Path) -> Iterator[Append]:
    """One feature a line."""
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"type":"FeatureCollection","name":"{path.stem}","features":[')
        is_first = True

        def append(table: pa.Table) -> None:
            nonlocal is_first
            shapes = shapely.to_geojson(shapely.from_wkb(table[GEOMETRY].to_numpy()))
            properties = table.drop_columns(GEOMETRY).to_pylist()
            for shape, row in zip(shapes, properties, strict=True):
                stated = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
                file.write("\n" if is_first else ",\n")
                file.write(f'{{"type":"Feature","properties":{stated},"geometry":{shape}}}')
                is_first = False

        yield append
        file.write(FINISH)


def with_gdal(crs: str, geometry_type: str = "Unknown") -> Writer:
    """Any format of GDAL that can be appended to; a layer of one geometry type, or of several (`Unknown`)."""

    @contextmanager
    def write(path: Path) -> Iterator[Append]:
        def append(table: pa.Table) -> None:
            pyogrio.write_arrow(
                table,
                path,
                geometry_name=GEOMETRY,
                geometry_type=geometry_type,
                crs=crs,
                append=path.exists(),
                **SHAPEFILE if path.suffix == ".shp" else {},
            )

        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": MOMENT})  # of a GeoPackage
        yield append
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})

    return write


@contextmanager
def csv(path: Path) -> Iterator[Append]:
    """Comma-separated, with a header; a chunk that has a geometry states it as WKT in a column `wkt`."""
    writer = None

    def append(table: pa.Table) -> None:
        nonlocal writer
        if GEOMETRY in table.column_names:
            wkt = shapely.to_wkt(shapely.from_wkb(table[GEOMETRY].to_numpy()), rounding_precision=-1)
            table = table.drop_columns(GEOMETRY).append_column("wkt", pa.array(wkt, pa.string()))
        writer = writer or pa_csv.CSVWriter(path, table.schema)
        writer.write(table)

    try:
        yield append
    finally:
        if writer:
            writer.close()


@contextmanager
def geoparquet(path: Path) -> Iterator[Append]:
    """GeoParquet 1.0 in longitude and latitude, a row group a chunk."""
    writer = None

    def append(table: pa.Table) -> None:
        nonlocal writer
        schema = table.schema.with_metadata({"geo": json.dumps(GEO)})
        writer = writer or pq.ParquetWriter(path, schema)
        writer.write_table(table.cast(schema))

    try:
        yield append
    finally:
        if writer:
            writer.close()


def zipped(files: Path, archive: Path) -> None:
    """Move a file, and those of the same stem next to it, into an archive."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in sorted(files.parent.glob(f"{files.stem}.*")):
            if part != archive:
                member = zipfile.ZipInfo(part.name)
                member.compress_type = zipfile.ZIP_DEFLATED
                with part.open("rb") as file, packed.open(member, "w") as inside:
                    shutil.copyfileobj(file, inside)
                part.unlink()
