"""CSV dialect detection: encoding, delimiter, quoting and header, and a sample of the rows."""

import codecs
import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median

from loaders.add.draft import Guess
from loaders.add.values import PLAIN_MARKS, Marks, Texts
from loaders.core.errors import ReadError
from loaders.harmonise.readers.csv.table import Row, csv_rows, header, stated_encoding
from loaders.settings.columns import ReadOptions

DELIMITERS = (",", ";", "\t", "|")
SNIFFED_ROWS, SNIFFED_BYTES = 50, 1_000_000
CHUNK_BYTES = 1 << 20
MIN_SAMPLE_ROWS, MAX_SAMPLE_VALUES = 50, 1_000_000  # in the sample
DECIMAL_COMMA = Marks(",")
FULL_ROW_SHARE = 0.75  # of the typical number of filled fields
ALIKE_SHARE = 0.8  # of the rows must be as wide as the header


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A sampled CSV.

    Attributes:
        columns: the values of randomly sampled rows by column; None where blank.
        rows: number of rows in the whole file.
        delimiter: of the columns.
        reading: the settings under `read` that differ from the defaults.
        wide_line: the first line with more values than columns, at which a load stops; null if there is none.
    """

    columns: Mapping[str, Texts]
    rows: int
    delimiter: str
    reading: dict[str, Guess]
    wide_line: int | None = None


def read_table(path: Path, name: str, max_rows: int) -> CsvTable:
    """Detect the dialect of a CSV and sample its rows; the whole file is decoded and counted.

    Args:
        path: the file.
        name: for messages.
        max_rows: size of the sample; smaller for tables with thousands of columns.

    Raises:
        ReadError: it is empty, or a quotation mark is never closed.
    """
    encoding = _encoding(path)
    encoding_setting = None if encoding.value == "utf-8-sig" else encoding.value
    reading = _layout(path, ReadOptions(encoding=encoding_setting))
    try:
        table = _read_sample(path, reading, max_rows)
    except csv.Error as error:
        raise ReadError(f"{name} cannot be read as CSV: {error}. Open it in an editor to see what it is.") from error
    if not table.columns:
        raise ReadError(f"{name} is empty. Expected a line that names the columns, and rows below it.")
    guesses = {"encoding": encoding} if encoding_setting else {}
    return replace(table, reading=guesses | _settings(reading, len(table.columns)))


def _read_sample(path: Path, reading: ReadOptions, max_rows: int) -> CsvTable:
    rows = csv_rows(path, reading)
    columns = header(next(rows, (0, []))[1], lambda: islice(csv_rows(path, reading), 1, None))
    sample_size = min(max_rows, max(MIN_SAMPLE_ROWS, MAX_SAMPLE_VALUES // max(len(columns.names), 1)))
    sample: list[tuple[int, list[str]]] = []
    count, wide_line, generator = 0, None, Random(0)  # noqa: S311 (which rows are looked at)
    for count, (line, row) in enumerate(rows, 1):
        if count <= sample_size:
            sample.append((count, row))
        elif (slot := generator.randrange(count)) < sample_size:
            sample[slot] = (count, row)
        if wide_line is None and any(map(str.strip, row[columns.width :])):
            wide_line = line
    sampled_rows = [row for _, row in sorted(sample)]
    values = {
        name: [_value(row, slot) for row in sampled_rows]
        for name, slot in zip(columns.names, columns.indices, strict=True)
    }
    return CsvTable(values, count, reading.delimiter, {}, wide_line)


def filled_values(path: Path, table: CsvTable, names: Sequence[str], max_rows: int) -> dict[str, Texts]:
    """The values of the first rows of the whole file in which these columns are filled."""
    reading = ReadOptions(**{name: guess.value for name, guess in table.reading.items()})
    rows = csv_rows(path, reading)
    columns = header(next(rows, (0, []))[1], lambda: islice(csv_rows(path, reading), 1, None))
    slots = [columns.indices[columns.names.index(name)] for name in names]
    values = ([_value(row, slot) for slot in slots] for _, row in rows)
    filled = list(islice((row for row in values if None not in row), max_rows))
    return {name: [row[index] for row in filled] for index, name in enumerate(names)}


def _settings(reading: ReadOptions, columns: int) -> dict[str, Guess]:
    """The settings under `read` that differ from the defaults."""
    reasons = {
        "delimiter": f"it stands between the {columns} columns",
        "header_line": "the first line with as many values as the rows below it; what stands before it is left out",
        "quotes": "quotation marks in it do not pair: they are taken for a part of the values",
    }
    plain = ReadOptions()
    return {
        name: Guess(getattr(reading, name), reason, is_doubtful=name != "delimiter")
        for name, reason in reasons.items()
        if getattr(reading, name) != getattr(plain, name)
    }


def _value(row: list[str], index: int) -> str | None:
    return row[index].strip() or None if index < len(row) else None


def _encoding(path: Path) -> Guess:
    """The encoding that decodes the whole file: UTF-8, else Windows-1252, else by byte statistics."""
    with path.open("rb") as stream:
        head = stream.read(SNIFFED_BYTES)
    if bom_encoding := stated_encoding(path):
        return Guess(bom_encoding, "its byte order mark says so")
    if (utf_16 := _bomless_utf_16(head)) and _is_decodable(path, utf_16):
        return Guess(utf_16, "every other byte is zero, as in UTF-16")
    if _is_decodable(path, "utf-8-sig"):
        return Guess("utf-8-sig")
    if _is_decodable(path, "cp1252"):
        return Guess("cp1252", "it is not UTF-8, and all of it decodes as cp1252; look at names with accents", True)
    from charset_normalizer import from_bytes  # noqa: PLC0415 (few files need it)

    best = from_bytes(head).best()
    if best and _is_decodable(path, best.encoding):
        return Guess(best.encoding, "by what its bytes look like; look at names with accents", True)
    return Guess("latin-1", "nothing else decodes all of it; look at names with accents", True)


def _bomless_utf_16(head: bytes) -> str | None:
    """UTF-16 without a byte order mark, by the zero bytes of Western letters; null where they do not fit."""
    half = len(head) // 2
    zeros = {"utf-16-le": head[1::2].count(0), "utf-16-be": head[::2].count(0)}
    return next((name for name, count in zeros.items() if half and count >= ALIKE_SHARE * half), None)


def _is_decodable(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _layout(path: Path, reading: ReadOptions) -> ReadOptions:
    """The delimiter with the most columns, the header line, and whether quotation marks are balanced."""
    choices = [
        reading.model_copy(update={"quotes": quotes, "delimiter": mark})
        for quotes in (True, False)
        for mark in DELIMITERS
    ]
    fits = [(_layout_fit(path, choice), choice) for choice in choices]
    (_, _, line), best = max(fits, key=lambda fit: (fit[0][0], fit[1].quotes, fit[0][1]))
    return best.model_copy(update={"header_line": line})


def _layout_fit(path: Path, reading: ReadOptions) -> tuple[bool, int, int]:
    """Whether the first rows are as wide as the header; its width, and its line."""
    try:
        rows = list(islice(csv_rows(path, reading), SNIFFED_ROWS))
    except csv.Error:
        return False, 0, 1
    header_index = _header_index(rows)
    width = len(rows[header_index][1]) if rows else 0
    matching_rows = sum(len(row) == width for _, row in rows[header_index:])
    return (
        width > 1 and matching_rows >= ALIKE_SHARE * len(rows[header_index:]),
        width,
        rows[header_index - 1][0] + 1 if header_index else 1,
    )


def _header_index(rows: Sequence[Row]) -> int:
    """Index of the header: the first row that fills most of the fields, unlike titles and remarks.

    If that row has numbers, it is the fullest row before it: a header with unnamed columns.
    """
    filled = [sum(bool(field.strip()) for field in row) for _, row in rows]
    typical = median(filled) if filled else 0
    remarks = {index for index in range(len(rows)) if _is_remark([row for _, row in rows[index : index + 2]])}
    candidates = [index for index, count in enumerate(filled) if count > 1 and index not in remarks]
    first_full = next((index for index in candidates if filled[index] >= FULL_ROW_SHARE * typical), 0)
    if rows and not _has_numbers(rows[first_full][1]):
        return first_full
    earlier = [index for index in candidates if index < first_full and not _has_numbers(rows[index][1])]
    return max(earlier, key=lambda index: filled[index], default=first_full)


def _has_numbers(row: Sequence[str]) -> bool:
    return any(marks.parse(field.strip()) is not None for field in row for marks in (PLAIN_MARKS, DECIMAL_COMMA))


def _is_remark(rows: Sequence[list[str]]) -> bool:
    """Whether a row is a remark: it begins with # and differs in width from the next, or that is a remark too."""
    if not rows[0][0].lstrip().startswith("#"):
        return False
    return len(rows) == 1 or rows[1][0].lstrip().startswith("#") or len(rows[0]) != len(rows[1])
