"""Command `export`: a published table as a file for other programs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal

from loaders.cli.console import app
from loaders.core.errors import SelectionError
from loaders.core.terminal import err, out


class Model(StrEnum):
    """Energy system models with columns of their own."""

    POWERPLANTMATCHING = "powerplantmatching"
    PYPSA_EUR = "pypsa-eur"
    PYPSA = "pypsa"


@app.command()
def export(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Its ending is the format: gpkg, csv, xlsx, geojson, fgb, kml, parquet."),
    ],
    table: Annotated[
        str | None, typer.Option(help="installations, records, …; by default as the file is named, else installations.")
    ] = None,
    country: Annotated[list[str] | None, typer.Option(help="Only this country, such as DE; may be repeated.")] = None,
    bbox: Annotated[str | None, typer.Option(metavar="W,S,E,N", help="Only what meets this box [°].")] = None,
    where: Annotated[str | None, typer.Option(metavar="SQL", help='A condition, such as "capacity_mw > 5".')] = None,
    columns: Annotated[str | None, typer.Option(metavar="A,B,C", help="Only these columns, in this order.")] = None,
    wkt: Annotated[bool, typer.Option("--wkt", help="In csv and xlsx: also the outlines, as WKT.")] = False,
    model: Annotated[
        Model | None,
        typer.Option("--for", help="Installations in the columns and units of this model, as csv or xlsx."),
    ] = None,
) -> None:
    """Write a table for QGIS, Excel, LibreOffice or a model; a note on licences and attribution goes with it.

    A file of that name is replaced once the new one is complete.
    """
    from loaders.export.export import Request, require_path
    from loaders.export.export import export as write
    from loaders.read.published import find_project, published
    from loaders.read.selection import Selection
    from loaders.report.summary import missing_datasets, read_figures

    if model and (columns or table or wkt):
        raise typer.BadParameter(
            f"--for {model} has a table and columns of its own: leave out --table, --columns, --wkt"
        )
    selection = Selection.of(
        _names(columns), where, _numbers(bbox), [code for text in country or () for code in _names(text) or ()]
    )
    request = Request(file, table, selection, model, wkt)
    _, paths = find_project()
    require_path(request, paths)
    with err.status(f"{file.name}: writing"), published() as tables:
        written = write(request, tables)
    replaced = written.without_capacity + written.not_operating
    out.print(f"{written.table}: {written.rows:,} rows, {written.columns} columns")
    if replaced:
        out.print(
            f"Left out: {written.without_capacity:,} without a stated capacity, {written.not_operating:,} not operating"
        )
    if written.synthetic:
        out.print(f"SYNTHETIC: {written.synthetic:,} of these rows are made up, from the bundled samples")
    missing = missing_datasets(read_figures(paths)) if paths.build_metrics.exists() else {}
    if missing:
        err.warn(f"The tables were built without {', '.join(missing)}: `make all` tries again.")
    for path in (file, written.note):
        out.print(f"  {path}  ({decimal(path.stat().st_size)})")


def _names(text: str | None) -> list[str] | None:
    return None if text is None else [name.strip() for name in text.split(",")]


def _numbers(text: str | None) -> list[float] | None:
    """Four numbers between commas.

    Raises:
        SelectionError: one is no number.
    """
    try:
        return None if text is None else [float(number) for number in text.split(",")]
    except ValueError:
        raise SelectionError(
            f"The box {text!r} is not four numbers. Expected W,S,E,N, such as 5.9,47.3,15.0,55.1."
        ) from None
