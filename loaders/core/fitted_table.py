"""Tables that fit the terminal: columns by priority, numbers always in full.

Without a terminal (a pipe, a file) a table has all its columns, one line per row and no rules, so that `grep` and `awk`
can read it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from loaders.core.escape import terminal
from loaders.core.redact import redact

GAP = 2  # columns of the terminal between two columns of the table
ALWAYS = 1
MIN_VALUE_WIDTH = 16  # next to its heading, where each row is printed as lines
_PARTS = re.compile(r"(?<=[_/:-])(?=[^_/:-])")  # where a name may be broken
_SPACES = re.compile(r"\s+")

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        heading: its name; a line break in it saves width on a terminal.
        priority: 1 is always shown; of the others, the largest is left out first.
        is_number: aligned to the right.
        min_width: the narrowest that its text may be wrapped to; null for numbers, which never are.
        is_id: rather leave out other columns than wrap it, so that it can be copied.
    """

    heading: str
    priority: int = ALWAYS
    is_number: bool = False
    min_width: int | None = None
    is_id: bool = False


def number_column(heading: str, priority: int = ALWAYS) -> Column:
    """A column of numbers."""
    return Column(heading, priority, is_number=True)


@dataclass(frozen=True, slots=True)
class FittedTable:
    """A table for the terminal; `out.print` fits it to the width.

    Attributes:
        columns: from left to right.
        rows: the cells as text.
        footer: the last row, below a rule; empty for none.
        all_columns: where to find the columns that are left out.
    """

    columns: Sequence[Column]
    rows: Sequence[Row]
    footer: Row = ()
    all_columns: str = "a wider terminal, or `| cat`"

    def __post_init__(self) -> None:
        """Spell out what could control the terminal, and hide credentials, before anything is measured."""
        object.__setattr__(self, "rows", [tuple(map(_cleaned, row)) for row in self.rows])
        object.__setattr__(self, "footer", tuple(map(_cleaned, self.footer)))

    @property
    def _lines(self) -> list[Row]:
        """Headings, rows and footer."""
        headings = tuple(column.heading for column in self.columns)
        return [headings, *self.rows, *([self.footer] if self.footer else [])]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render for this console."""
        if not console.is_terminal:
            yield from map(_line, self.one_line_rows())
            return
        rule = "-" if options.ascii_only else "─"
        widths = self.fit(options.max_width)
        if widths is None:
            yield from map(_line, self._expanded(options.max_width, rule))
            return
        yield from self._fitted(widths, rule)
        left_out = [_single(column.heading) for n, column in enumerate(self.columns) if n not in widths]
        if left_out:
            text = f"Not shown: {', '.join(left_out)}. All: {self.all_columns}."
            yield from map(_line, wrapped(text, options.max_width))

    def fit(self, width: int) -> dict[int, int] | None:
        """The width of each column that is shown, by its position; null if not even the important ones fit."""
        minima = {n: self._min_width(n) for n in range(len(self.columns))}
        unwrapped = {n: self._natural_width(n) if self.columns[n].is_id else minima[n] for n in minima}
        return self._fit(unwrapped, width) or self._fit(minima, width)

    def _fit(self, minima: dict[int, int], width: int) -> dict[int, int] | None:
        shown = list(minima)
        droppable = [n for n in shown if self.columns[n].priority > ALWAYS]
        for n in sorted(droppable, key=lambda n: (-self.columns[n].priority, -n)):
            if _total(minima, shown) <= width:
                break
            shown.remove(n)
        spare = width - _total(minima, shown)
        return self._spread(minima, shown, spare) if spare >= 0 else None

    def one_line_rows(self) -> Iterator[str]:
        """Heading, rows and footer with all columns, each on one line."""
        lines = [[_single(cell) for cell in row] for row in self._lines]
        widths = {n: max(cell_len(line[n]) for line in lines) for n in range(len(self.columns))}
        return (self._join(line, widths) for line in lines)

    def _fitted(self, widths: dict[int, int], rule: str) -> Iterator[Text]:
        line = rule * _total(widths, widths)
        yield from (_line(text, "bold") for text in self._row_lines(self._raised_headings(widths), widths))
        yield _line(line, "dim")
        for row in self.rows:
            yield from map(_line, self._row_lines(row, widths))
        if self.footer:
            yield _line(line, "dim")
            yield from map(_line, self._row_lines(self.footer, widths))

    def _raised_headings(self, widths: dict[int, int]) -> Row:
        """The headings, each ending on the last line."""
        lines = [wrapped(heading, widths.get(n, MIN_VALUE_WIDTH)) for n, heading in enumerate(self._lines[0])]
        height = max(len(lines[n]) for n in widths)
        return tuple("\n".join([""] * (height - len(each)) + each) for each in lines)

    def _row_lines(self, row: Row, widths: dict[int, int]) -> Iterator[str]:
        cells = [wrapped(row[n], width) for n, width in widths.items()]
        return (self._join(line, widths) for line in zip_longest(*cells, fillvalue=""))

    def _join(self, cells: Iterable[str], widths: dict[int, int]) -> str:
        padded = (
            " " * (width - cell_len(cell)) + cell
            if self.columns[n].is_number
            else cell + " " * (width - cell_len(cell))
            for cell, (n, width) in zip(cells, widths.items(), strict=True)
        )
        return (" " * GAP).join(padded).rstrip()

    def _expanded(self, width: int, rule: str) -> Iterator[str]:
        """Each row as lines of heading and value, for a terminal that is too narrow for a table."""
        headings, *rows = self._lines
        headings = tuple(map(_single, headings))
        margin = max(map(cell_len, headings)) + GAP
        is_narrow = width - margin < MIN_VALUE_WIDTH
        for row in rows:
            yield rule * width
            for heading, cell in zip(headings, row, strict=True):
                indent = GAP if is_narrow else margin
                lines = [" " * indent + line for line in wrapped(cell, width - indent)]
                if is_narrow:
                    yield heading
                else:
                    lines[0] = heading + lines[0][cell_len(heading) :]
                yield from map(str.rstrip, lines)

    def _natural_width(self, n: int) -> int:
        return max(cell_len(line) for row in self._lines for line in row[n].split("\n"))

    def _min_width(self, n: int) -> int:
        narrowest = self.columns[n].min_width
        natural = self._natural_width(n)
        heading = max(map(cell_len, self.columns[n].heading.split("\n")))
        return natural if narrowest is None else min(natural, max(narrowest, heading))

    def _spread(self, minima: dict[int, int], shown: list[int], spare: int) -> dict[int, int]:
        """Give spare width to the columns whose text would be wrapped, the least first."""
        widths = {n: minima[n] for n in shown}
        missing = {n: self._natural_width(n) - minima[n] for n in shown}
        wrapping = sorted((n for n in shown if missing[n]), key=lambda n: missing[n])
        for position, n in enumerate(wrapping):
            share = min(missing[n], spare // (len(wrapping) - position))
            widths[n] += share
            spare -= share
        return widths


def wrapped(text: str, width: int) -> list[str]:
    """Text in lines of a width; a word that is longer is broken after `_`, `/`, `:` or `-`, else anywhere."""
    return [line for paragraph in text.split("\n") for line in _paragraph(paragraph, width)]


def _paragraph(text: str, width: int) -> list[str]:
    lines = [""]
    for word in filter(None, text.split(" ")):  # not at no-break spaces
        space = " " if lines[-1] else ""
        for part in [word] if cell_len(word) <= width else _parts(word, width):
            if cell_len(lines[-1] + space + part) <= width:
                lines[-1] += space + part
            else:
                lines.append(part)
            space = ""
    return lines if lines[0] or len(lines) == 1 else lines[1:]


def _parts(word: str, width: int) -> Iterator[str]:
    for part in _PARTS.split(word):
        yield from chop_cells(part, width)


def _total(widths: dict[int, int], shown: Iterable[int]) -> int:
    each = [widths[n] for n in shown]
    return sum(each) + GAP * (len(each) - 1)


def _cleaned(text: str) -> str:
    return terminal(redact(text)).replace("\t", " ")


def _single(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _line(text: str, style: str = "") -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ignore")
