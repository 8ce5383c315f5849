"""Command `add`: inspect a source and add it to `params.yaml`."""

from typing import Annotated

import typer

from loaders.cli.console import app
from loaders.settings.project import read_project

Source = Annotated[
    str,
    typer.Argument(
        help="A DOI, a file at GitHub (owner/repository@commit:path, or the address of its page), another http(s) "
        "address of a file, or a file of your own."
    ),
]


@app.command()
def add(
    source: Source,
    key: Annotated[str | None, typer.Option(help="Name of the dataset; by default made from its title.")] = None,
    file: Annotated[
        str | None, typer.Option(help="Which file, as a pattern: 'farms.geojson', 'archive.zip/*.shp'.")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="Which layer, of a file with several.")] = None,
    max_mb: Annotated[float | None, typer.Option(help="Largest file to download [MB]; kept in the entry.")] = None,
    local: Annotated[
        bool | None,
        typer.Option(
            "--local/--shared",
            help="Write to local/params.yaml, the file of your own datasets, which Git ignores; or to params.yaml. By "
            "default to the first one if it exists.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask: take the likeliest file, and write.")] = False,
) -> None:
    """Inspect a source and add an entry for it to params.yaml or local/params.yaml, each guess with its reason.

    On a terminal it asks before it writes. Elsewhere, without --yes, it only shows the entry and exits with 1. What it
    downloads stays in the cache for `eo-pv fetch`; no lock is written, and no other byte of params.yaml changes.
    """
    from loaders.add.run import AddOptions, run

    settings, paths = read_project(may_be_empty=True)
    run(source, AddOptions(key, file, layer, max_mb, yes, local), settings, paths)
