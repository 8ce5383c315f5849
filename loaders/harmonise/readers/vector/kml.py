"""KML values that GDAL silently drops, changes or adds."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

# https://docs.ogc.org/is/12-007r2/12-007r2.html#kml:TimePrimitive: a year, a month, a day or a moment
SHORT_TIME = re.compile(rb"<(?:[\w.-]+:)?(when|begin|end)>\s*([0-9]{4}(?:-[0-9]{2})?)\s*<")

# of the types of a schema, the only one of which GDAL reads any text as a number, and says nothing
FIELD = re.compile(rb"<(?:[\w.-]+:)?SimpleField\b[^>]*>")
UNSIGNED, NAME = re.compile(rb"\btype\s*=\s*[\"']uint[\"']"), re.compile(rb"\bname\s*=\s*[\"']([^\"']*)[\"']")
VALUE = rb"<(?:[\w.-]+:)?SimpleData\s+name\s*=\s*[\"']%s[\"']\s*>\s*([^<]*?)\s*<"

# https://docs.ogc.org/is/12-007r2/12-007r2.html#kml:extrude and so on: what GDAL writes where the file says nothing
GDAL_DEFAULTS = {"extrude": 0, "tessellate": -1, "visibility": -1}


def without_gdal_defaults(table: pa.Table) -> pa.Table:
    """The columns, null where GDAL filled in a default that the file does not state."""
    for name, value in GDAL_DEFAULTS.items():
        index = table.schema.get_field_index(name)
        if index >= 0 and pa.types.is_integer(table.schema.types[index]):
            column = table.column(index)
            null = pa.scalar(None, column.type)
            table = table.set_column(index, name, pc.if_else(pc.equal(column, value), null, column))
    return table


def require_whole_values(path: Path) -> None:
    """Refuse times that GDAL would drop or complete to a day, and texts that would become numbers.

    Raises:
        ValueError: a time is only a year or a month; or a value does not have its column's type.
        zipfile.BadZipFile: the file is not a KMZ.
    """
    for content in _documents(path):
        if match := SHORT_TIME.search(content):
            name, time = (part.decode() for part in match.groups())
            raise ValueError(
                f"the time <{name}> of a placemark is {time}, and only whole days can be read; write it as one, "
                "or as <Data> of the placemark"
            )
        _require_whole_numbers(content)


def _require_whole_numbers(content: bytes) -> None:
    names = {NAME.search(field) for field in FIELD.findall(content) if UNSIGNED.search(field)}
    for name in {match[1] for match in names if match}:
        values = set(re.findall(VALUE % re.escape(name), content))
        if invalid := sorted(value for value in values if value and not re.fullmatch(rb"\+?[0-9]{1,19}", value)):
            raise ValueError(
                f"column {name.decode('utf-8', 'replace')!r} is declared as whole numbers, but holds "
                f"{invalid[0].decode('utf-8', 'replace')!r}"
            )


def _documents(path: Path) -> Iterator[bytes]:
    if path.suffix == ".kml":
        yield path.read_bytes()
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.lower().endswith(".kml"):
                yield archive.read(name)
