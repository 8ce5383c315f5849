"""Tables for the terminal, as the benchmarks print them."""

from collections.abc import Sequence

from rich.table import Table


def table(headings: Sequence[str], rows: Sequence[Sequence[str | float]]) -> Table:
    """Texts on the left, numbers on the right; shares in per cent."""
    found = Table(header_style="bold")
    for column, heading in enumerate(headings):
        is_text = all(isinstance(row[column], str) for row in rows)
        found.add_column(heading, justify="left" if is_text else "right", overflow="fold")
    for row in rows:
        found.add_row(*(_cell(value) for value in row))
    return found


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else percent(value)


def percent(share: float) -> str:
    """A share as per cent, to two decimals."""
    return f"{100 * share:.2f} %"
