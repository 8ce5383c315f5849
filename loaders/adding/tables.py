"""How a CSV is written, found from its bytes: encoding, delimiter, columns, rows."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from loaders.adding.guess import Guess
from loaders.adding.values import Texts
from loaders.errors import ReadError
from loaders.escape import one_line

DELIMITERS = (",", ";", "\t", "|")
SNIFFED_ROWS, SNIFFED_BYTES = 50, 1_000_000
PIECE = 1 << 20
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV as far as it was read.

    Attributes:
        columns: the values of the first rows by column, None where blank.
        rows: how many the whole file has.
        delimiter: between the columns.
        reading: the settings under `read` that it needs.
    """

    columns: Mapping[str, Texts]
    rows: int
    delimiter: str
    reading: dict[str, Guess]


def read_table(path: Path, name: str, most: int) -> CsvTable:
    """Find out how a CSV is written, and read its first rows; the whole of it is decoded and counted.

    Args:
        path: the file.
        name: for messages.
        most: how many rows to keep.

    Raises:
        ReadError: it has no columns, names one twice, or a quotation in it never ends.
    """
    encoding = _encoding(path)
    delimiter = _delimiter(path, encoding.value)
    try:
        rows = _rows(path, encoding.value, delimiter)
        header = next(rows, [])
        held = list(islice(rows, most))
        count = len(held) + sum(1 for _ in rows)
    except csv.Error as error:
        raise ReadError(f"{name} cannot be read as CSV: {error}. Open it in an editor to see what it is.") from error
    _require_columns(header, name)
    columns = {column: [_value(row, place) for row in held] for place, column in enumerate(header)}
    reading = {} if encoding.value == "utf-8-sig" else {"encoding": encoding}
    if delimiter != ",":
        reading["delimiter"] = Guess(delimiter, f"it stands between the {len(header)} columns of the first line")
    return CsvTable(columns, count, delimiter, reading)


def _require_columns(header: list[str], name: str) -> None:
    twice = [one_line(column) for column, count in Counter(header).items() if count > 1]
    if not header or twice:
        found = f"names a column twice: {', '.join(map(repr, twice))}" if twice else "is empty"
        raise ReadError(f"{name} {found}. Expected a first line that names each column once. Mend the file.")


def _value(row: list[str], place: int) -> str | None:
    return row[place].strip() or None if place < len(row) else None


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    with path.open(encoding=encoding, newline="") as text:
        yield from (row for row in csv.reader(text, delimiter=delimiter, strict=True) if row)


def _encoding(path: Path) -> Guess:
    """By which the whole file decodes: UTF-8, else Windows' Western one, else what its bytes look like."""
    with path.open("rb") as stream:
        start = stream.read(SNIFFED_BYTES)
    if start.startswith(UTF_16):
        return Guess("utf-16", "it begins with the byte order mark of UTF-16")
    if _decodes(path, "utf-8-sig"):
        return Guess("utf-8-sig")
    if _decodes(path, "cp1252"):
        return Guess("cp1252", "it is not UTF-8, and all of it decodes as cp1252; look at names with accents", True)
    from charset_normalizer import from_bytes  # noqa: PLC0415 (few files need it)

    best = from_bytes(start).best()
    if best and _decodes(path, best.encoding):
        return Guess(best.encoding, "by what its bytes look like; look at names with accents", True)
    return Guess("latin-1", "nothing else decodes all of it; look at names with accents", True)


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


def _delimiter(path: Path, encoding: str) -> str:
    """The one that makes the most columns of the first line, which the next rows have too."""
    return max(DELIMITERS, key=lambda delimiter: _fit(path, encoding, delimiter))


def _fit(path: Path, encoding: str, delimiter: str) -> tuple[bool, int]:
    try:
        rows = list(islice(_rows(path, encoding, delimiter), SNIFFED_ROWS))
    except csv.Error:
        return False, 0
    width = len(rows[0]) if rows else 0
    alike = sum(len(row) == width for row in rows)
    return width > 1 and alike >= 0.8 * len(rows), width
