"""The values of a GeoJSON that GDAL would round or confuse, read from its text: whole numbers beyond 2^53, and ids."""

import json
import mmap
import re
from collections.abc import Iterator
from decimal import Decimal
from io import BufferedReader
from itertools import chain, islice
from pathlib import Path
from typing import Any

import ijson
import pyarrow as pa

from loaders.exact_numbers import DIGITS, EXACT, WHOLE, is_exact
from loaders.geojson import MIXED_IDS

LONG_NUMBER = re.compile(rb":\s*-?[0-9]{16}")  # as a value of a member
LONG_INSIDE = re.compile(rb"[:,\[]\s*-?[0-9]{16}")  # also in a list; slower, since coordinates are lists too
LONG_ID = re.compile(rb'"id"\s*:\s*-?[0-9]{19}')
TEXT_ID, OTHER_ID = re.compile(rb'"id"\s*:\s*"'), re.compile(rb'"id"\s*:\s*[-0-9tf]')
LOOKED_AT = 100  # features, for a property whose name hides the id next to it
OF_ESRI = {"properties": "attributes"}  # what a format with the same ending calls it
BOM = b"\xef\xbb\xbf"
INVALID = "it has whole numbers beyond 2^53, which must be read from its text, but it is not valid JSON"
REFUSED = re.compile(r"Unrecognized number: (-?[0-9]+)")
MISCOUNTED = "its features cannot be told from one another: some have no properties"


class JsonColumns:
    """The columns that hold whole numbers beyond 2^53 among others, as published."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        inexact = {field.name: field.type for field in schema if not is_exact(field.type)}
        pattern = LONG_NUMBER if all(map(_is_plain, inexact.values())) else LONG_INSIDE
        self._types = _types(path, set(inexact)) if inexact and _matches(path, pattern) else {}
        self._rows = _members(path, "properties") if self._types else iter(())

    def restored(self, table: pa.Table) -> pa.Table:
        """The next rows of the file, these columns as published."""
        if not self._types:
            return table
        rows = list(islice(self._rows, len(table)))
        if len(rows) < len(table):
            raise ValueError(MISCOUNTED)
        for name, kind in self._types.items():
            values = pa.array([_published((row or {}).get(name), kind) for row in rows], kind)
            table = table.set_column(table.column_names.index(name), name, values)
        return table


class JsonIds:
    """The ids of features beside their properties, where GDAL confuses them: beyond 64 bits, or words among numbers."""

    def __init__(self, path: Path) -> None:
        self._type: pa.DataType | None = None
        is_possible = _matches(path, LONG_ID) or _matches(path, TEXT_ID, OTHER_ID)
        kinds = {_id_kind(value) for value in _members(path, "id")} if is_possible else set()
        is_hidden = any("id" in (row or {}) for row in islice(_members(path, "properties"), LOOKED_AT if kinds else 0))
        if not is_hidden and kinds - {"int"} and kinds - {"str"}:
            self._type = WHOLE if kinds <= {"int", "long"} else pa.string()
        self._values = _members(path, "id") if self._type else iter(())

    @property
    def are_confused(self) -> bool:
        """Whether they must be read from the text of the file."""
        return self._type is not None

    def following(self, rows: int) -> pa.Array:
        """Those of the next rows."""
        values = list(islice(self._values, rows))
        if len(values) < rows:
            raise ValueError(MIXED_IDS)
        return pa.array([_published(value, self._type) for value in values], self._type)


def too_long_number(path: Path, complaint: str) -> str | None:
    """What to say when GDAL refuses a file for a number; None if that is not what it says."""
    if not (refused := REFUSED.search(complaint)):
        return None
    number = refused[1]
    rows = chain(_members(path, "properties"), ({"id": value} for value in _members(path, "id")))
    held = ((name, _json(value)) for row in rows for name, value in (row or {}).items())
    column = next((name for name, text in held if number in re.findall("-?[0-9]+", text)), None)
    if column is None:
        return None
    return f"column {column!r} holds {number}: a whole number beyond 2^63 that cannot be read as published"


def _id_kind(value: object) -> str:
    if _is_whole(value):
        return "int" if -(2**63) <= int(str(value)) < 2**63 else "long"
    return "str" if isinstance(value, str) else "other"


def _is_plain(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_string(kind))


def _matches(path: Path, *patterns: re.Pattern[bytes]) -> bool:
    """Whether each pattern occurs in a file."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return all(pattern.search(content) for pattern in patterns)


def _types(path: Path, names: set[str]) -> dict[str, pa.DataType]:
    """For each column with a whole number beyond 2^53: numbers if all others are whole too, else text."""
    types: dict[str, pa.DataType] = {}
    long: set[str] = set()
    for row in _members(path, "properties"):
        for name in names & (row or {}).keys():
            value = row[name]
            if value is not None:
                types[name] = WHOLE if types.get(name, WHOLE) == WHOLE and _is_whole(value) else pa.string()
                long |= {name} if _is_long(value) else set()
    return {name: types[name] for name in sorted(long)}


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and len(str(abs(value))) <= DIGITS


def _is_long(value: object) -> bool:
    """Whether a value is, or holds, a whole number that floats cannot tell from its neighbours."""
    if isinstance(value, list | dict):
        return any(map(_is_long, value.values() if isinstance(value, dict) else value))
    if isinstance(value, Decimal):  # 9007199254740993.0, but not 1e300
        return value.is_finite() and abs(value) >= EXACT and -DIGITS < int(value.as_tuple().exponent) <= 0
    return isinstance(value, int) and abs(value) >= EXACT


def _published(value: object, kind: pa.DataType) -> object:
    if value is None or kind == WHOLE or isinstance(value, str):
        return value
    return str(value) if isinstance(value, Decimal) else _json(value)


def _json(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {_json(v)}" for name, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def _members(path: Path, name: str) -> Iterator[Any]:
    """A member of each feature, of a collection or of features one after the other; those that have it."""
    for prefix in (f"features.item.{name}", f"features.item.{OF_ESRI.get(name)}", name):
        found = False
        with path.open("rb") as stream:
            try:
                for value in ijson.items(_Text(stream), prefix, multiple_values=True):
                    found = True
                    yield value
            except ijson.JSONError as error:
                raise ValueError(INVALID) from error
        if found:
            return


class _Text:
    """A GeoJSON without what stands between and before its documents: record separators, and a byte-order mark."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream
        if stream.peek(len(BOM))[: len(BOM)] == BOM:
            stream.seek(len(BOM))

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size).replace(b"\x1e", b" ")
