"""Rows of a CSV file, and a unique name for each of its columns."""

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from loaders.settings.columns import ReadOptions

LONGEST_VALUE = 2**31 - 1  # characters; the csv module itself stops at 131,072, which an outline in WKT exceeds
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

Row = tuple[int, list[str]]  # the line that it ends in, and its fields


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a table.

    Attributes:
        names: of the columns, each once.
        indices: of each column among the fields of a row; the first is 0.
        width: the number of fields of the header, columns without name and content included.
    """

    names: tuple[str, ...]
    indices: tuple[int, ...]
    width: int


# by a part of the words of Python's parser
FAULTS = {
    "unexpected end of data": "a quotation mark is never closed",
    "expected after": "text follows a closing quotation mark",
    "field larger than": f"a value has more than {LONGEST_VALUE:,} characters",
    "NUL": "it holds a NUL character",
}


def csv_rows(path: Path, reading: ReadOptions) -> Iterator[Row]:
    """The header and the rows below it; blank rows, and lines before the header, are skipped.

    Raises:
        UnicodeDecodeError: the file has another encoding.
        LookupError: the encoding is unknown.
        csv.Error: the quoting is invalid.
    """
    csv.field_size_limit(LONGEST_VALUE)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if reading.quotes else csv.QUOTE_NONE
    skipped_lines = reading.header_line - 1
    with path.open(encoding=_encoding(path, reading), newline="") as text:
        lines = csv.reader(islice(text, skipped_lines, None), delimiter=reading.delimiter, quoting=quoting, strict=True)
        try:
            for row in lines:
                if any(map(str.strip, row)):  # spreadsheets append rows of nothing but delimiters
                    yield lines.line_num + skipped_lines, row
        except csv.Error as error:
            remedy = "; where quotation marks are a part of the values, say `read: {quotes: false}`" * reading.quotes
            fault = next((words for part, words in FAULTS.items() if part in str(error)), "it cannot be parsed")
            raise csv.Error(f"line {lines.line_num + skipped_lines}: {fault}{remedy}") from error


def header(fields: list[str], rows: Callable[[], Iterable[Row]]) -> Header:
    """Name the columns: unnamed ones by their position, repeated names with a number appended.

    Args:
        fields: of the header.
        rows: reads the rows below it; called only where columns have no name. Unnamed columns that are blank in every
            row, as spreadsheets append, are dropped.
    """
    fields = [fields[0].removeprefix("\ufeff"), *fields[1:]] if fields else []
    unnamed = {index for index, name in enumerate(fields) if not name.strip()}
    blank = _blank_columns(unnamed, rows()) if unnamed else set()
    indices = tuple(index for index in range(len(fields)) if index not in blank)
    names = column_names(fields)
    return Header(tuple(names[index] for index in indices), indices, len(fields))


def column_names(published: Sequence[str]) -> list[str]:
    """Unique column names: unnamed columns get their position (`column_7`), repeated names a number (`id_2`)."""
    taken = set(published)
    names: dict[str, None] = {}
    for place, name in enumerate(published, 1):
        base = name if name.strip() else f"column_{place}"
        number, new = 1, base
        while new in names or (new in taken and (number > 1 or base != name)):
            number += 1
            new = f"{base}_{number}"
        names[new] = None
    return list(names)


def stated_encoding(path: Path) -> str | None:
    """The encoding that a byte order mark states; None without one."""
    with path.open("rb") as stream:
        start = stream.read(4)
    return next((name for mark, name in BYTE_ORDER_MARKS.items() if start.startswith(mark)), None)


def _encoding(path: Path, reading: ReadOptions) -> str:
    """The encoding of the settings, else of the byte order mark, else UTF-8; the mark is never part of a name."""
    encoding = reading.encoding or stated_encoding(path) or "utf-8-sig"
    with suppress(LookupError):
        return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
    return encoding


def _blank_columns(indices: set[int], rows: Iterable[Row]) -> set[int]:
    """The columns that are blank in every row."""
    blank = set(indices)
    for _, row in rows:
        blank -= {index for index in blank if index < len(row) and row[index].strip()}
        if not blank:
            break
    return blank
