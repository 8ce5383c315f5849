"""Tables for the terminal, as the benchmarks print them."""

from collections.abc import Sequence

from loaders.core.fitted_table import Column, FittedTable

MIN_TEXT_WIDTH = 20


def table(headings: Sequence[str], rows: Sequence[Sequence[str | float]]) -> FittedTable:
    """Texts on the left, numbers on the right; shares in per cent. A narrow terminal leaves out the last columns."""
    columns = []
    for position, heading in enumerate(headings):
        is_text = all(isinstance(row[position], str) for row in rows)
        columns.append(Column(heading, 1 + position, not is_text, MIN_TEXT_WIDTH if is_text else None))
    return FittedTable(columns, [tuple(map(_cell, row)) for row in rows])


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else percent(value)


def percent(share: float) -> str:
    """A share as per cent, to two decimals."""
    return f"{100 * share:.2f} %"
