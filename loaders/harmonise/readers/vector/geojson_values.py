"""Restores GeoJSON values that GDAL would change, from the text: long numbers, booleans among numbers, ids."""

import json
import mmap
import re
from collections.abc import Iterator
from decimal import Decimal
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Any

import ijson
import pyarrow as pa

from loaders.harmonise.readers.vector.geojson import MIXED_IDS
from loaders.harmonise.values.exact_numbers import DIGITS, EXACT, WHOLE, is_exact

LONG_INSIDE = re.compile(rb"[:,\[]\s*-?[0-9]{16}")  # also in a list; slower, since coordinates are lists too
LONG_OR_TRUE = re.compile(rb":\s*(?:-?[0-9]{16}|true|false)")  # as fast to search for as one of them
LONG_NUMBER = re.compile(rb":\s*-?[0-9]{16}")
ODD_TEXT = re.compile(rb"\\u(?:0000|[dD][89abAB])")
LONG_ID = re.compile(rb'"id"\s*:\s*-?[0-9]{19}')
TEXT_ID, OTHER_ID = re.compile(rb'"id"\s*:\s*"'), re.compile(rb'"id"\s*:\s*[-0-9tf]')
SAMPLED_FEATURES = 100  # features, for a property `id`, which hides the member
# where a member of a feature stands: in a collection, in one of ESRI's, or in features one after the other
MEMBER_PATHS = {
    "properties": ("features.item.properties", "features.item.attributes", "properties"),
    "id": ("features.item.id", "id"),
}
BOM = b"\xef\xbb\xbf"
INVALID = "it has whole numbers beyond 2^53, which must be read from its text, but it is not valid JSON"
REFUSED_NUMBER, REFUSED_DIGITS = "Unrecognized number: ", 19
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9][-+.0-9eE]*')  # a text, or a number
MISSING_PROPERTIES = "its features cannot be told from one another: some have no properties"


class JsonColumns:
    """The columns with values that GDAL changes, as published."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._types = _types(path, schema) if _is_suspect(path, schema) else {}
        self._rows = _members(path, "properties") if self._types else iter(())

    def restore(self, table: pa.Table) -> pa.Table:
        """The next rows of the file, these columns as published."""
        if not self._types:
            return table
        rows = list(islice(self._rows, len(table)))
        if len(rows) < len(table):
            raise ValueError(MISSING_PROPERTIES)
        for name, kind in self._types.items():
            values = pa.array([_published_value((row or {}).get(name), kind) for row in rows], kind)
            table = table.set_column(table.column_names.index(name), name, values)
        return table


class JsonIds:
    """The member `id` of features, where GDAL changes it: beyond 64 bits, or words among numbers."""

    def __init__(self, path: Path) -> None:
        self._type: pa.DataType | None = None
        is_possible = _matches(path, LONG_ID) or _matches(path, TEXT_ID, OTHER_ID)
        kinds = {_id_kind(value) for value in _members(path, "id")} if is_possible else set()
        is_hidden = any(
            "id" in (row or {}) for row in islice(_members(path, "properties"), SAMPLED_FEATURES if kinds else 0)
        )
        if not is_hidden and kinds - {"int"} and kinds - {"str"}:
            self._type = WHOLE if kinds <= {"int", "long"} else pa.string()
        self._values = _members(path, "id") if self._type else iter(())

    @property
    def are_changed_by_gdal(self) -> bool:
        """Whether they must be read from the text of the file."""
        return self._type is not None

    def take(self, rows: int) -> pa.Array:
        """The ids of the next rows."""
        values = list(islice(self._values, rows))
        if len(values) < rows:
            raise ValueError(MIXED_IDS)
        return pa.array([_published_value(value, self._type) for value in values], self._type)


def is_too_long(message: str) -> bool:
    """Whether GDAL refuses a file because of a whole number from 2^63 to below 10^19."""
    return REFUSED_NUMBER in message


def with_quoted_numbers(path: Path) -> Path:
    """A copy of a GeoJSON, with the whole numbers that GDAL refuses as text."""
    copy = path.with_name(f"quoted{path.suffix}")
    copy.write_bytes(TOKEN.sub(_quoted_token, path.read_bytes()))
    return copy


def _quoted_token(token: re.Match[bytes]) -> bytes:
    text = token[0]
    is_long = len(text.lstrip(b"-")) == REFUSED_DIGITS and text.lstrip(b"-").isdigit() and abs(int(text)) >= 2**63
    return b'"' + text + b'"' if is_long else text


def _id_kind(value: object) -> str:
    if _is_whole(value):
        return "int" if -(2**63) <= int(str(value)) < 2**63 else "long"
    return "str" if isinstance(value, str) else "other"


def _matches(path: Path, *patterns: re.Pattern[bytes]) -> bool:
    """Whether each pattern occurs in a file."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return all(pattern.search(content) for pattern in patterns)


def _is_suspect(path: Path, schema: pa.Schema) -> bool:
    """Whether a file may have values to restore: a fast check, since it runs for every file."""
    if _matches(path, ODD_TEXT):
        return True
    if (texts := [field.name for field in schema if _is_text(field.type)]) and _matches(
        path, _members_like(texts, r"-?[0-9]+[.eE]")
    ):
        return True
    if any(pa.types.is_nested(kind) or isinstance(kind, pa.BaseExtensionType) for kind in schema.types):
        return _matches(path, LONG_INSIDE)
    if not _matches(path, LONG_OR_TRUE):
        return False
    numbers = [field.name for field in schema if pa.types.is_integer(field.type) or pa.types.is_floating(field.type)]
    return _matches(path, LONG_NUMBER) or (bool(numbers) and _matches(path, _members_like(numbers, "(?:true|false)")))


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or isinstance(kind, pa.BaseExtensionType)  # JSON
    )


def _members_like(names: list[str], value: str) -> re.Pattern[bytes]:
    """A pattern for a member of one of these names with such a value."""
    either = "|".join(re.escape(json.dumps(name, ensure_ascii=False)) for name in names)
    return re.compile(rf"(?:{either})\s*:\s*{value}".encode())


def _types(path: Path, schema: pa.Schema) -> dict[str, pa.DataType]:
    """For each column that GDAL changes: numbers if all of them are whole, else text."""
    is_kept = {field.name: is_exact(field.type) for field in schema}
    kinds: dict[str, set[str]] = {}
    for row in _members(path, "properties"):
        for name in is_kept.keys() & (row or {}).keys():
            kinds.setdefault(name, set()).update(_kinds(row[name]))
    changed = sorted(name for name in kinds if _is_changed(kinds[name], is_kept=is_kept[name]))
    return {name: WHOLE if kinds[name] <= {"whole", "odd"} else pa.string() for name in changed}


def _is_changed(kinds: set[str], *, is_kept: bool) -> bool:
    mixtures = ({"truth", "whole"}, {"truth", "number"}, {"text", "number"})  # 1.1 would be the text 1.1000000000000001
    return any(mixture <= kinds for mixture in mixtures) or ("odd" in kinds and not is_kept)


def _kinds(value: object) -> set[str]:
    """The kinds of a value (number, boolean, text), and whether GDAL would change it."""
    if value is None:
        return set()
    if isinstance(value, bool):
        return {"truth"}
    exactness = {"odd"} if _needs_exact_text(value) else set()
    return exactness | {"whole" if _is_whole(value) else "number" if isinstance(value, int | Decimal) else "text"}


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and len(str(abs(value))) <= DIGITS


def _needs_exact_text(value: object) -> bool:
    """Whether a value is, or contains, a number beyond float precision, or a text that GDAL changes.

    GDAL ends a text at a zero character, and cannot read characters whose last 16 bits are a surrogate.
    """
    if isinstance(value, list | dict):
        return any(map(_needs_exact_text, [*value, *value.values()] if isinstance(value, dict) else value))
    if isinstance(value, str):
        return any(not ord(character) & 0xFFFF or 0xD800 <= ord(character) & 0xFFFF < 0xE000 for character in value)
    if isinstance(value, Decimal):  # 9007199254740993.0, but not 1e300
        return value.is_finite() and abs(value) >= EXACT and -DIGITS < int(value.as_tuple().exponent) <= 0
    return isinstance(value, int) and abs(value) >= EXACT


def _published_value(value: object, kind: pa.DataType) -> object:
    if value is None or kind == WHOLE or isinstance(value, str):
        return value
    return _json(value)


def _json(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {_json(v)}" for name, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    if isinstance(value, Decimal):
        shortest = json.dumps(float(value))
        return shortest if Decimal(shortest) == value else str(value)
    return json.dumps(value, ensure_ascii=False)


def _members(path: Path, name: str) -> Iterator[Any]:
    """A member of each feature that has it, in a collection or a sequence of features."""
    for prefix in MEMBER_PATHS[name]:
        is_present = False
        with path.open("rb") as stream:
            try:
                for value in ijson.items(_Text(stream), prefix, multiple_values=True):
                    is_present = True
                    yield value
            except ijson.JSONError as error:
                raise ValueError(INVALID) from error
        if is_present:
            return


class _Text:
    """A GeoJSON without record separators and byte-order mark."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream
        if stream.peek(len(BOM))[: len(BOM)] == BOM:
            stream.seek(len(BOM))

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size).replace(b"\x1e", b" ")
