"""Terminal output of `eo-pv add`: the inspected file, the entry, and the next steps."""

from itertools import islice

from loaders.add.draft import Draft
from loaders.add.inspection import Inspection
from loaders.add.render_yaml import render
from loaders.add.source import SourceSpec
from loaders.add.values import MAX_EXAMPLES, distinct_values
from loaders.core.escape import one_line
from loaders.core.fitted_table import Column, FittedTable
from loaders.core.terminal import out
from loaders.settings.params import Settings

MAX_EXAMPLE_CHARACTERS, MAX_NAME_CHARACTERS = 40, 100  # characters
MAX_COLUMNS = 100  # in the table


def show_inspection(name: str, inspection: Inspection, draft: Draft) -> None:
    """Print the inspected file and the drafted entry."""
    layers = f", layers {', '.join(map(one_line, inspection.layers))}" if len(inspection.layers) > 1 else ""
    shapes = ", ".join(f"{count:,} {kind}" for kind, count in inspection.shapes.items()) or "no shape"
    sample_size = max((len(column) for column in inspection.columns.values()), default=len(inspection.area_m2))
    crs = one_line(inspection.crs)
    out.print(f"{one_line(name)}: {inspection.format}{layers}; {inspection.features:,} records; CRS {crs}")
    out.print(f"In {sample_size:,} of them: {shapes}")
    out.print(_columns_table(inspection))
    if len(inspection.columns) > MAX_COLUMNS:
        out.print(f"and {len(inspection.columns) - MAX_COLUMNS:,} more columns")
    out.print(render(draft), soft_wrap=True)


def show_next_steps(spec: SourceSpec, draft: Draft, settings: Settings) -> None:
    """Print the points to review and the commands to type."""
    if draft.doubts:
        out.print("Look at these before you use it:")
    for doubt in draft.doubts:
        out.print(f"  - {one_line(doubt)}", soft_wrap=True)
    if "licence" not in draft.settings:
        out.print("No licence is stated in the entry: read what the publisher says before you use the data.")
    if settings.origin == "sample" and spec.kind != "path":
        out.print(
            "The origin is sample, and there is no bundled sample of this dataset: set `origin: doi` in params.yaml.",
            soft_wrap=True,
        )
    out.print("Next: `make plan` says what would be downloaded and run, and `make all` does it.")


def _columns_table(inspection: Inspection) -> FittedTable:
    rows = []
    for column, values in islice(inspection.columns.items(), MAX_COLUMNS):
        examples = [one_line(value)[:MAX_EXAMPLE_CHARACTERS] for value in distinct_values(values)[:MAX_EXAMPLES]]
        names = (column, inspection.types[column])
        rows.append((*(one_line(name)[:MAX_NAME_CHARACTERS] for name in names), ", ".join(examples)))
    columns = (Column("column", min_width=16), Column("type", 2, min_width=8), Column("for example", min_width=20))
    return FittedTable(columns, rows)
