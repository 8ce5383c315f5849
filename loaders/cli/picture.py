"""Command `picture`: a map or a chart for a paper or a slide."""

from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal

from loaders.cli.console import app, complete_dataset
from loaders.core.terminal import err, out
from loaders.report.picture.request import Chart, ColourBy, Request, require_path


@app.command()
def picture(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Its ending is the format: png, svg, pdf.")],
    country: Annotated[str | None, typer.Option(help="Only this country, by code or name; else the world.")] = None,
    dataset: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="Only what this dataset has; else all.", autocompletion=complete_dataset),
    ] = None,
    chart: Annotated[Chart, typer.Option(help="What to draw.")] = Chart.MAP,
    colour_by: Annotated[ColourBy, typer.Option(help="What the colours of a map stand for.")] = ColourBy.SIZE,
    title: Annotated[str, typer.Option(help="In bold above the picture; by default none.")] = "",
    width: Annotated[float, typer.Option(metavar="MM", min=60, max=600, help="Width [mm].")] = 180,
    dpi: Annotated[int, typer.Option(min=50, max=1200, help="Dots per inch.")] = 300,
    dark: Annotated[bool, typer.Option("--dark", help="For a dark background.")] = False,
) -> None:
    """Draw a map or a chart of the installations for a paper or a slide, with the licences of the data inside.

    Maps are in an equal-area projection, which the picture names. The same tables make the same bytes.
    """
    from loaders.read.published import find_project, published
    from loaders.report.picture.picture import draw_picture

    request = Request(file, chart, colour_by, country, dataset, title, width, dpi, dark)
    request.require_map_for_colours()
    _, paths = find_project()
    require_path(file, paths)
    with err.status(f"{file.name}: drawing"), published() as tables:
        drawn = draw_picture(request, tables)
    out.print(f"{drawn.installations:,} installations")
    if drawn.synthetic:
        out.print(f"SYNTHETIC: {drawn.synthetic:,} of them are made up, from the bundled samples")
    out.print(f"  {file}  ({decimal(file.stat().st_size)})")
