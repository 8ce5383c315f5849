"""Command `repro`: run DVC, with our own messages for interruptions, busy locks and full disks."""

import typer

from loaders.cli.console import app, open_project
from loaders.cli.dvc_run import run_dvc
from loaders.cli.exclusive_run import exclusive_run

CONTEXT_SETTINGS = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command(context_settings=CONTEXT_SETTINGS)
def repro(context: typer.Context) -> None:
    """Run what has changed with DVC; further arguments are passed on to `dvc repro`."""
    _, paths = open_project()
    with exclusive_run(paths.root):
        raise typer.Exit(run_dvc(context.args).code)
