"""Checks for truncated files that GDAL would read without an error, leaving records out."""

import json
import mmap
import struct
from pathlib import Path
from xml.parsers import expat

HEADER = struct.Struct("<24xq")  # header of .gdbtable: its size [bytes]
INDEX_HEADER = struct.Struct("<4xI4xI")  # header of .gdbtablx: the number of blocks, and the bytes per offset
INDEX_HEADER_BYTES, BLOCK_ROWS, INDEX_END_BYTES = 16, 1024, 16
# https://github.com/rouault/dump_gdbtable/wiki/FGDB-Spec


def xml_fault(path: Path) -> str:
    """Why a file is not well-formed XML; empty if it is."""
    parser = expat.ParserCreate()
    try:
        with path.open("rb") as stream:
            parser.ParseFile(stream)
    except expat.ExpatError as error:
        return f"its XML breaks off or is damaged at line {error.lineno:,} ({expat.ErrorString(error.code)})"
    return ""


def last_line_fault(path: Path) -> str:
    """Why the last feature of a file with one feature per line is incomplete; empty if it is complete."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        end = len(content)
        while end and content[end - 1 : end].isspace():
            end -= 1
        separator = b"\x1e" if content.rfind(b"\x1e", 0, end) >= 0 else b"\n"
        last = content[content.rfind(separator, 0, end) + 1 : end]
    try:
        json.loads(last.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return "its last feature is not whole JSON"
    return ""


def geodatabase_fault(folder: Path) -> str:
    """Which table of a file geodatabase is incomplete; empty if none is."""
    tables = [path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".gdbtable"]
    indexes = {path.name.lower(): path for path in folder.iterdir() if path.suffix.lower() == ".gdbtablx"}
    for table in tables:
        index = indexes.get(table.with_suffix(".gdbtablx").name.lower())
        if index is None:
            return f"its {table.stem}.gdbtablx is missing"
        for path, stated_bytes in ((table, _stated_bytes(table)), (index, _stated_index_bytes(index))):
            if (actual_bytes := path.stat().st_size) < stated_bytes:
                return f"its {path.name} should be {stated_bytes:,} bytes long, and is {actual_bytes:,}"
    return "" if tables else "it is a folder without any .gdbtable"


def _stated_bytes(table: Path) -> int:
    head = _head(table, HEADER)
    return max(HEADER.unpack(head)[0], HEADER.size) if head else HEADER.size


def _stated_index_bytes(index: Path) -> int:
    head = _head(index, INDEX_HEADER)
    if not head:
        return INDEX_HEADER.size
    blocks, offset_bytes = INDEX_HEADER.unpack(head)
    return INDEX_HEADER_BYTES + int(blocks) * BLOCK_ROWS * int(offset_bytes) + (INDEX_END_BYTES if blocks else 0)


def _head(path: Path, header: struct.Struct) -> bytes:
    """The first bytes; empty if there are too few."""
    with path.open("rb") as stream:
        head = stream.read(header.size)
    return head if len(head) == header.size else b""
