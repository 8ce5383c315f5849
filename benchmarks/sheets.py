"""A table of measurements, for the terminal and for Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from loaders.core.fitted_table import Column, FittedTable, number_column


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: texts in its first column, numbers in the others."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def for_terminal(self) -> FittedTable:
        """For `out.print`; a narrow terminal leaves out the last columns."""
        first, *others = self.headings
        columns = [Column(first), *(number_column(heading, 1 + place) for place, heading in enumerate(others))]
        return FittedTable(columns, [tuple(row) for row in self.rows])

    def as_markdown(self) -> str:
        """A section of its own."""
        return f"## {self.title}\n\n{self.without_title()}"

    def without_title(self) -> str:
        """Its note and its rows, in Markdown."""
        lines = [self.note, ""] if self.note else []
        lines += [_line(self.headings), _line(["---", *["---:"] * (len(self.headings) - 1)])]
        return "\n".join([*lines, *map(_line, self.rows), ""])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
