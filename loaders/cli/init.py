"""Command `init`: make a project for the user's own data."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from loaders.cli.console import app
from loaders.core.terminal import out

NEXT_STEPS = """\
{folder} is a project without datasets. Next:
  cd {folder}
  eo-pv add FILE       # your own file (GeoPackage, Shapefile, GeoJSON, CSV, Excel, …) or a DOI
  make all"""


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder.")],
) -> None:
    """Make a project for your own data in a new folder: this program and its settings, without the samples."""
    from loaders.add.new_project import create_project

    create_project(folder)
    out.print(NEXT_STEPS.format(folder=shlex.quote(str(folder))), soft_wrap=True, markup=False)
