"""How a CSV is written, found from its bytes: encoding, delimiter, header, columns, rows."""

import codecs
import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median

from loaders.add.draft import Guess
from loaders.add.values import PLAIN, Marks, Texts
from loaders.core.errors import ReadError
from loaders.harmonise.readers.csv.table import Row, csv_rows, header, stated_encoding
from loaders.settings.columns import Reading

DELIMITERS = (",", ";", "\t", "|")
SNIFFED_ROWS, SNIFFED_BYTES = 50, 1_000_000
PIECE = 1 << 20
FEWEST_ROWS, MOST_VALUES = 50, 1_000_000  # kept to look at
COMMA = Marks(",")
MOST = 0.75  # of the fields that rows usually fill
ENOUGH = 0.8  # of the rows are as wide as the header, or it is another delimiter


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV as far as it was read.

    Attributes:
        columns: the values of rows from all over the file by column, None where blank.
        rows: how many the whole file has.
        delimiter: between the columns.
        reading: the settings under `read` that it needs.
        wide_line: the first line with more values than there are columns, at which a load stops; null if there is none.
    """

    columns: Mapping[str, Texts]
    rows: int
    delimiter: str
    reading: dict[str, Guess]
    wide_line: int | None = None


def read_table(path: Path, name: str, most: int) -> CsvTable:
    """Find out how a CSV is written, and read some of its rows; the whole of it is decoded and counted.

    Args:
        path: the file.
        name: for messages.
        most: how many rows to keep; of a table with thousands of columns fewer are.

    Raises:
        ReadError: it is empty, or a quotation in it never ends.
    """
    encoding = _encoding(path)
    stated = None if encoding.value == "utf-8-sig" else encoding.value
    reading = _layout(path, Reading(encoding=stated))
    try:
        table = _read(path, reading, most)
    except csv.Error as error:
        raise ReadError(f"{name} cannot be read as CSV: {error}. Open it in an editor to see what it is.") from error
    if not table.columns:
        raise ReadError(f"{name} is empty. Expected a line that names the columns, and rows below it.")
    guesses = {"encoding": encoding} if stated else {}
    return replace(table, reading=guesses | _settings(reading, len(table.columns)))


def _read(path: Path, reading: Reading, most: int) -> CsvTable:
    rows = csv_rows(path, reading)
    columns = header(next(rows, (0, []))[1], lambda: islice(csv_rows(path, reading), 1, None))
    enough = min(most, max(FEWEST_ROWS, MOST_VALUES // max(len(columns.names), 1)))
    sample: list[tuple[int, list[str]]] = []
    count, wide, chance = 0, None, Random(0)  # noqa: S311 (which rows are looked at)
    for count, (line, row) in enumerate(rows, 1):
        if count <= enough:
            sample.append((count, row))
        elif (place := chance.randrange(count)) < enough:
            sample[place] = (count, row)
        if wide is None and any(map(str.strip, row[columns.width :])):
            wide = line
    held = [row for _, row in sorted(sample)]
    values = {
        name: [_value(row, place) for row in held] for name, place in zip(columns.names, columns.indices, strict=True)
    }
    return CsvTable(values, count, reading.delimiter, {}, wide)


def _settings(reading: Reading, columns: int) -> dict[str, Guess]:
    """The settings under `read` that differ from the plain ones."""
    reasons = {
        "delimiter": f"it stands between the {columns} columns",
        "header_line": "the first line with as many values as the rows below it; what stands before it is left out",
        "quotes": "quotation marks in it do not pair: they are taken for a part of the values",
    }
    plain = Reading()
    return {
        name: Guess(getattr(reading, name), reason, is_doubtful=name != "delimiter")
        for name, reason in reasons.items()
        if getattr(reading, name) != getattr(plain, name)
    }


def _value(row: list[str], place: int) -> str | None:
    return row[place].strip() or None if place < len(row) else None


def _encoding(path: Path) -> Guess:
    """By which the whole file decodes: UTF-8, else Windows' Western one, else what its bytes look like."""
    with path.open("rb") as stream:
        start = stream.read(SNIFFED_BYTES)
    if marked := stated_encoding(path):
        return Guess(marked, "its byte order mark says so")
    if (wide := _utf_16(start)) and _decodes(path, wide):
        return Guess(wide, "every other byte is zero, as in UTF-16")
    if _decodes(path, "utf-8-sig"):
        return Guess("utf-8-sig")
    if _decodes(path, "cp1252"):
        return Guess("cp1252", "it is not UTF-8, and all of it decodes as cp1252; look at names with accents", True)
    from charset_normalizer import from_bytes  # noqa: PLC0415 (few files need it)

    best = from_bytes(start).best()
    if best and _decodes(path, best.encoding):
        return Guess(best.encoding, "by what its bytes look like; look at names with accents", True)
    return Guess("latin-1", "nothing else decodes all of it; look at names with accents", True)


def _utf_16(start: bytes) -> str | None:
    """UTF-16 without a byte order mark, as the zeros of its Western letters tell; null where they do not."""
    half = len(start) // 2
    zeros = {"utf-16-le": start[1::2].count(0), "utf-16-be": start[::2].count(0)}
    return next((name for name, count in zeros.items() if half and count >= ENOUGH * half), None)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while piece := stream.read(PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _layout(path: Path, reading: Reading) -> Reading:
    """With the delimiter that makes the most columns, the line of the header, and whether quotation marks pair."""
    choices = [
        reading.model_copy(update={"quotes": quotes, "delimiter": mark})
        for quotes in (True, False)
        for mark in DELIMITERS
    ]
    fits = [(_fit(path, choice), choice) for choice in choices]
    (_, _, line), best = max(fits, key=lambda fit: (fit[0][0], fit[1].quotes, fit[0][1]))
    return best.model_copy(update={"header_line": line})


def _fit(path: Path, reading: Reading) -> tuple[bool, int, int]:
    """Whether the first rows have as many fields as the header; how many that has, and its line."""
    try:
        rows = list(islice(csv_rows(path, reading), SNIFFED_ROWS))
    except csv.Error:
        return False, 0, 1
    place = _header_place(rows)
    width = len(rows[place][1]) if rows else 0
    alike = sum(len(row) == width for _, row in rows[place:])
    return width > 1 and alike >= ENOUGH * len(rows[place:]), width, rows[place - 1][0] + 1 if place else 1


def _header_place(rows: Sequence[Row]) -> int:
    """Which row names the columns: the first that fills most of the fields, as titles and remarks do not.

    If that one has numbers, it is the row before them that fills the most: its columns do not all have names.
    """
    filled = [sum(bool(field.strip()) for field in row) for _, row in rows]
    usual = median(filled) if filled else 0
    remarks = {place for place in range(len(rows)) if _is_remark([row for _, row in rows[place : place + 2]])}
    likely = [place for place, count in enumerate(filled) if count > 1 and place not in remarks]
    full = next((place for place in likely if filled[place] >= MOST * usual), 0)
    if rows and not _has_numbers(rows[full][1]):
        return full
    before = [place for place in likely if place < full and not _has_numbers(rows[place][1])]
    return max(before, key=lambda place: filled[place], default=full)


def _has_numbers(row: Sequence[str]) -> bool:
    return any(marks.number(field.strip()) is not None for field in row for marks in (PLAIN, COMMA))


def _is_remark(rows: Sequence[list[str]]) -> bool:
    """Whether a row is a remark: it begins with # and is not as wide as the one below it, or that is a remark too."""
    if not rows[0][0].lstrip().startswith("#"):
        return False
    return len(rows) == 1 or rows[1][0].lstrip().startswith("#") or len(rows[0]) != len(rows[1])
