"""Command `view`: the report in a browser, from a web server on this machine."""

import os
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from loaders.cli.console import app, display_path, open_project
from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.core.terminal import err, out

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME")


@app.command()
def view(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="By default a free one.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """Open the report and its map in the browser, served to this machine alone; Ctrl-C ends it.

    The report also opens without this command, by a double-click on its index.html.
    """
    import asyncio

    from loaders.report.serve import address, listen, serve

    settings, paths = open_project()
    folder = _report_folder(paths)
    listener = listen(port)
    location = address(listener)
    tiles = settings.report.tile_server

    def announce() -> None:
        out.print(f"{display_path(folder, paths)}: {location}")
        out.info("Ctrl-C ends it.")
        if not no_browser:
            _open_browser(location)

    try:
        asyncio.run(serve(folder, listener, announce, tiles.url if tiles else None))
    except KeyboardInterrupt:  # the way to end it
        out.info("")


def _report_folder(paths: ProjectPaths) -> Path:
    """The folder of the report.

    Raises:
        BuildError: it holds no report.
    """
    if not paths.report_page.is_file():
        raise BuildError(
            f"There is no report of origin {paths.origin} yet: {display_path(paths.report_page, paths)} is missing. "
            f"Run `make all`."
        )
    return paths.report_folder


def _open_browser(location: str) -> None:
    """Open the address without waiting; on a machine without a display, a browser would take this terminal over."""
    import webbrowser

    if sys.platform == "linux" and not any(os.environ.get(name) for name in DISPLAYS):
        err.warn("This machine has no display: open the address in a browser yourself.")
        return
    threading.Thread(target=webbrowser.open, args=(location,), daemon=True).start()
