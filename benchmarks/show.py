"""Mistakes for the terminal."""

from collections.abc import Sequence

from rich.console import Console

from benchmarks.causes import Cause
from benchmarks.tables import table

MOST_CAUSES = 15


def show_causes(kind: str, causes: Sequence[Cause], console: Console) -> None:
    """Print the most frequent causes of one kind of mistake."""
    if not causes:
        console.print(f"{kind}: none")
        return
    rows = [(each.count, each.what, each.why, "\n".join(each.examples)) for each in causes[:MOST_CAUSES]]
    console.print(table((kind, "of", "reason", "for instance"), rows))
    if left := sum(each.count for each in causes[MOST_CAUSES:]):
        console.print(f"and {left:,} more of other kinds")
