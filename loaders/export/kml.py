"""KML, for Google Earth. GDAL's own writer does not escape text that ends a CDATA section."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import shapely

from loaders.contract import GEOMETRY
from loaders.core.escape import html, xml
from loaders.export.flat_table import dates_as_text

HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n'
FOOTER = "</Document>\n</kml>\n"
SUMMARY = ("status", "technology", "capacity_mw", "capacity_basis", "area_m2", "installed_to", "country", "licence")
BATCH_ROWS = 5_000


def write_kml(rows: pa.Table, path: Path, layer: str) -> None:
    """Write KML: each place has its name, else its identifier, and a description; the columns are its data.

    Args:
        rows: flat, with shapes as WKB in (lon, lat).
        path: of the file.
        layer: its name.
    """
    rows = dates_as_text(rows)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(f"{HEADER}<name>{xml(layer)}</name>\n{_schema(rows.schema, layer)}")
        for batch in rows.to_batches(max_chunksize=BATCH_ROWS):
            shapes = shapely.from_wkb(batch.column(GEOMETRY).to_numpy(zero_copy_only=False))
            places = batch.drop_columns([GEOMETRY]).to_pylist()
            stream.writelines(_placemark(*place, layer) for place in zip(places, shapes, strict=True))
        stream.write(FOOTER)


def _schema(schema: pa.Schema, layer: str) -> str:
    fields = "".join(
        f'<SimpleField name="{xml(field.name)}" type="{_type(field.type)}"/>'
        for field in schema
        if field.name != GEOMETRY
    )
    return f'<Schema name="{xml(layer)}" id="{xml(layer)}">{fields}</Schema>\n'


def _type(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind):
        return "int"
    return "double" if pa.types.is_floating(kind) else "string"


def _placemark(values: dict[str, Any], shape: shapely.Geometry | None, layer: str) -> str:
    texts = {name: _text(value) for name, value in values.items() if value is not None}
    title = texts.get("name") or next(iter(texts.values()), "")
    summary = "<br/>".join(f"{name}: {html(texts[name])}" for name in SUMMARY if name in texts)
    data = "".join(f'<SimpleData name="{xml(name)}">{xml(text)}</SimpleData>' for name, text in texts.items())
    return (
        f"<Placemark><name>{xml(title)}</name><description>{xml(summary)}</description>"
        f'<ExtendedData><SchemaData schemaUrl="#{xml(layer)}">{data}</SchemaData></ExtendedData>'
        f"{'' if shape is None else ''.join(_shape(shape))}</Placemark>\n"
    )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shape(shape: shapely.Geometry) -> Iterator[str]:
    if isinstance(shape, shapely.Point):
        yield f"<Point>{_coordinates(shape.coords)}</Point>"
    elif isinstance(shape, shapely.Polygon):
        yield f"<Polygon><outerBoundaryIs>{_ring(shape.exterior)}</outerBoundaryIs>"
        yield from (f"<innerBoundaryIs>{_ring(ring)}</innerBoundaryIs>" for ring in shape.interiors)
        yield "</Polygon>"
    else:
        yield "<MultiGeometry>"
        for part in shapely.get_parts(shape):
            yield from _shape(part)
        yield "</MultiGeometry>"


def _ring(ring: shapely.LinearRing) -> str:
    return f"<LinearRing>{_coordinates(ring.coords)}</LinearRing>"


def _coordinates(corners: Iterable[tuple[float, ...]]) -> str:
    return f"<coordinates>{' '.join(f'{x!r},{y!r}' for x, y in corners)}</coordinates>"
