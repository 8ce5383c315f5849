"""Commands `dag` and `docs`: pictures of the pipelines, and the documentation pages."""

from pathlib import Path
from typing import Annotated

import typer

from loaders.cli.console import Keys, app, open_project
from loaders.core.terminal import err, out


@app.command()
def dag(
    keys: Keys = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="By default data/<origin>/report/docs/hamilton.")
    ] = None,
) -> None:
    """Draw the Hamilton graphs as SVG: an overview, and each pipeline; with KEYS, the path of these datasets instead.

    Needs the program `dot` of Graphviz.
    """
    from loaders.report.docs.names import hamilton_folder
    from loaders.report.docs.pictures import draw_datasets, draw_pipelines

    settings, paths = open_project()
    folder = output or hamilton_folder(paths)
    datasets = list({(dataset := settings.dataset(name)).key: dataset for name in keys or ()}.values())
    with err.status("drawing"):
        files = draw_datasets(datasets, paths, folder) if datasets else draw_pipelines(folder)
    _list(files, paths.root)


@app.command()
def docs() -> None:
    """Write the documentation: a page of datasets, pipelines and models, and dbt's own page."""
    from loaders.report.docs.docs import write_docs

    settings, paths = open_project()
    with err.status("dbt: describing the tables; drawing"):
        files = write_docs(settings, paths)
    _list(files, paths.root)


def _list(files: list[Path], root: Path) -> None:
    for path in files:
        out.info(f"  {path.relative_to(root) if path.is_relative_to(root) else path}")
