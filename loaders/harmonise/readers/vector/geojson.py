"""The CRS member and feature ids of a GeoJSON, which GDAL does not report; one streaming pass at most."""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO

import ijson
from ijson.common import IncompleteJSONError, JSONError, ObjectBuilder
from pyproj.exceptions import CRSError

from loaders.core import file_formats as formats
from loaders.core.file_formats import FORMATS
from loaders.harmonise.readers.crs import crs_from_text

GEOJSON = frozenset(ending for ending, found in FORMATS.items() if found in {formats.GEOJSON, formats.GEOJSON_LINES})
PIECE_CHARACTERS = 1 << 14  # few, since most scans end with the first feature
MOST_NESTED = 1024  # levels; GDAL reads no deeper either
FEATURE_LEVEL = 3  # a feature's members stand in an object, of a list, of an object
STARTS, ENDS = frozenset({"start_map", "start_array"}), frozenset({"end_map", "end_array"})
# GDAL accepts what is common but not JSON: control characters (a sequence has 0x1e before each feature), and these
CONTROL_CHARACTERS = dict.fromkeys(range(32), " ")
NO_NUMBER = re.compile(r"-?\b(?:nan|inf(?:inity)?)\b", re.IGNORECASE)
LONGEST_WORD = len("-Infinity")
MIXED_IDS = "some features have an id of their own and others have none; give it to all or to none"
NO_CRS = object()
CRS, ID, ESCAPED = re.compile(rb'"crs"'), re.compile(rb'"id"'), b"\\u00"
ID_IN_PROPERTIES = re.compile(rb'"properties"\s*:\s*\{\s*"id"')


@dataclass(frozen=True, slots=True)
class _Content:
    """Result of a scan.

    Attributes:
        crs: the value of the collection's member `crs`; NO_CRS where it has none.
        with_id, without_id: number of features with and without a member `id`; counted until it is clear that none has
            one.
    """

    crs: Any
    with_id: int
    without_id: int


def names_known_crs(path: Path) -> bool | None:
    """Whether its `crs` member names a known CRS; None without that member, as in RFC 7946.

    Raises:
        ValueError: it is not valid JSON.
    """
    content = _content(path)
    return None if content.crs is NO_CRS else _is_known(content.crs)


def has_feature_ids(path: Path) -> bool:
    """Whether its features have a member `id`.

    Raises:
        ValueError: some have one, and others do not; or it is not valid JSON.
    """
    content = _content(path)
    if content.with_id and content.without_id:
        raise ValueError(MIXED_IDS)
    return content.with_id > 0


def _is_known(member: object) -> bool:
    properties = member.get("properties") if isinstance(member, dict) else None
    if not isinstance(properties, dict):
        return False
    try:
        crs_from_text(properties.get("name") or properties.get("code"))
    except (CRSError, TypeError):
        return False
    return True


def _content(path: Path) -> _Content:
    status = path.stat()
    return _scan(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=1)  # both functions scan the same file, one after the other
def _scan(path: Path, size: int, _changed_ns: int) -> _Content:
    if not size:
        return _Content(NO_CRS, 0, 0)
    mentions = _mentions(path)
    crs, with_id, without_id = NO_CRS, 0, 0
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        for name, value in _members(_Bytes(stream)):
            if name == "crs":
                crs = value
            elif value is None:
                without_id += 1
            else:
                with_id += 1
            if name == "member" and not mentions["id"] and mentions["crs"] == (crs is not NO_CRS):
                break  # the rest says nothing more, and GDAL refuses what is no JSON
    return _Content(crs, with_id, without_id)


def _mentions(path: Path) -> dict[str, int]:
    """Possible occurrences of a member `crs`, and of an `id` that is not the first property."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(ESCAPED) >= 0:  # a name can be spelt so
            return {"crs": 2, "id": 1}
        ids = sum(1 for _ in ID.finditer(content))
        in_properties = sum(1 for _ in ID_IN_PROPERTIES.finditer(content)) if ids else 0
        return {"crs": sum(1 for _ in CRS.finditer(content)), "id": ids - in_properties}


def _members(stream: "_Bytes") -> Iterator[tuple[str, Any]]:
    """The member `crs` of each document, with its value; `member` or `alone` for each feature, with its id or None."""
    levels: list[_Level] = []
    nested_levels = 0  # levels below a feature's members: geometries, as nearly all that there is
    crs: ObjectBuilder | None = None
    for event, value in _events(stream):
        if nested_levels and event == "number" and crs is None:
            continue
        if crs is None and len(levels) == 1 and levels[0].key == "crs" and event not in {"map_key", "end_map"}:
            crs = ObjectBuilder()
        if nested_levels or (event in STARTS and len(levels) == FEATURE_LEVEL):
            nested_levels += (event in STARTS) - (event in ENDS)
            _require_shallow(nested_levels)
        elif event in STARTS:
            levels.append(_Level(is_feature=event == "start_map" and _holds_features(levels)))
        elif event in ENDS:
            yield from _completed_feature(levels)
        elif levels:
            levels[-1].update(event, value)
        if crs:
            crs.event(event, value)
            if len(levels) == 1:
                yield "crs", crs.value
                crs = None


@dataclass(slots=True)
class _Level:
    """An object or a list that is being parsed.

    Attributes:
        is_feature: whether it is in the list `features` of a collection.
        key: of the current member; None in a list.
        id, type: scalar values of these members.
        has_features: whether it has a member `features`.
    """

    is_feature: bool
    key: str | None = None
    id: object = None
    type: object = None
    has_features: bool = False

    def update(self, event: str, value: Any) -> None:
        if event == "map_key":
            self.key = value
            self.has_features |= value == "features"
        elif self.key == "id":
            self.id = value
        elif self.key == "type":
            self.type = value


def _holds_features(levels: list[_Level]) -> bool:
    return len(levels) == FEATURE_LEVEL - 1 and levels[0].key == "features" and levels[1].key is None


def _completed_feature(levels: list[_Level]) -> Iterator[tuple[str, Any]]:
    """The id of the completed object, if it is a feature in a collection or a sequence."""
    level = levels.pop()
    if level.is_feature:
        yield "member", level.id
    elif not levels and level.type == "Feature" and not level.has_features:
        yield "alone", level.id


def _require_shallow(nested_levels: int) -> None:
    if nested_levels > MOST_NESTED:
        raise ValueError(f"it nests lists and objects more than {MOST_NESTED:,} deep")


def _events(stream: "_Bytes") -> Iterator[tuple[str, Any]]:
    try:
        yield from ijson.basic_parse(stream, buf_size=PIECE_CHARACTERS, multiple_values=True)
    except IncompleteJSONError as error:
        raise ValueError(f"it is not valid JSON, near character {stream.characters:,}, or is cut short") from error
    except JSONError as error:
        raise ValueError(f"it is not valid JSON, near character {stream.characters:,}") from error


class _Bytes:
    """A text as UTF-8, with non-JSON content that GDAL accepts replaced by JSON.

    Attributes:
        characters: number read so far.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.characters = 0

    def read(self, size: int) -> bytes:
        """The next characters, up to this many and the end of a word."""
        if not size:
            return b""
        text = self._stream.read(size)
        for _ in range(LONGEST_WORD):
            if text[-1:] != "-" and not text[-1:].isalpha():
                break
            text += self._stream.read(1)
        self.characters += len(text)
        if "nf" in text or any(word in text for word in ("NaN", "nan", "INF")):
            text = NO_NUMBER.sub("null", text)
        return text.translate(CONTROL_CHARACTERS).encode("utf-8", "replace")
