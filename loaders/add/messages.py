"""What the user is shown: what the file holds, the entry, and what to do next."""

from itertools import islice

from rich.table import Table

from loaders.add.draft import Draft
from loaders.add.inspection import Look
from loaders.add.render_yaml import render
from loaders.add.source import Given
from loaders.add.values import EXAMPLES, distinct
from loaders.core.escape import one_line
from loaders.core.terminal import out
from loaders.settings.params import Settings

LONGEST_EXAMPLE, LONGEST_NAME = 40, 100  # characters
MOST_COLUMNS = 100  # shown


def show(name: str, look: Look, entry: Draft) -> None:
    """What was found in the file, and the entry that comes of it."""
    layers = f", layers {', '.join(map(one_line, look.layers))}" if len(look.layers) > 1 else ""
    shapes = ", ".join(f"{count:,} {kind}" for kind, count in look.shapes.items()) or "no shape"
    looked_at = max((len(column) for column in look.columns.values()), default=len(look.area_m2))
    out.print(f"{one_line(name)}: {look.format}{layers}; {look.features:,} records; CRS {one_line(look.crs)}")
    out.print(f"In {looked_at:,} of them: {shapes}")
    out.print(_as_table(look))
    if len(look.columns) > MOST_COLUMNS:
        out.print(f"and {len(look.columns) - MOST_COLUMNS:,} more columns")
    out.print(render(entry), soft_wrap=True)


def next_steps(given: Given, entry: Draft, settings: Settings) -> None:
    """What to look at, and which commands to type."""
    if entry.doubts:
        out.print("Look at these before you use it:")
    for doubt in entry.doubts:
        out.print(f"  - {one_line(doubt)}", soft_wrap=True)
    if "licence" not in entry.settings:
        out.print("No licence is stated in the entry: read what the publisher says before you use the data.")
    if settings.origin == "sample" and given.kind != "path":
        out.print(
            "The origin is sample, and there is no bundled sample of this dataset: set `origin: doi` in params.yaml.",
            soft_wrap=True,
        )
    out.print("Next: `make plan` says what would be downloaded and run, and `make all` does it.")


def _as_table(look: Look) -> Table:
    table = Table(header_style="bold")
    for heading in ("column", "type", "for example"):
        table.add_column(heading, overflow="fold")
    for column, values in islice(look.columns.items(), MOST_COLUMNS):
        examples = [one_line(value)[:LONGEST_EXAMPLE] for value in distinct(values)[:EXAMPLES]]
        table.add_row(one_line(column)[:LONGEST_NAME], one_line(look.types[column])[:LONGEST_NAME], ", ".join(examples))
    return table
