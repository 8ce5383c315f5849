"""Shared by all commands: the Typer app, argument types, project lookup and output helpers."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal

from loaders.cli.app import PROGRAM, App, Group, Quiet, Verbose
from loaders.core.errors import EoPvError
from loaders.core.paths import ProjectPaths
from loaders.core.terminal import err, out
from loaders.settings.params import Dataset, Settings
from loaders.settings.project import read_project

app = App(
    cls=Group,
    help="Published datasets of solar installations in, one documented table out.",
    epilog="`eo-pv COMMAND --help` explains a command.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(value: bool) -> None:
    if value:
        from loaders.core.version import program_version

        typer.echo(f"{PROGRAM} {program_version()}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Take options that concern no single command; their callbacks do what they ask for."""


def key_of_stage(name: str) -> str:
    """The dataset of a DVC stage (`load@<key>`, `dvc.yaml:load@<key>`); a key or alias stays as it is."""
    return name.rpartition("@")[2]


def complete_dataset(incomplete: str) -> Iterator[tuple[str, str]]:
    """The keys and aliases that a word may become, each with the other name, for the completion of the shell."""
    try:
        settings, _ = open_project()
    except EoPvError:  # no project here, or settings that the next command will complain about
        return
    for key, dataset in settings.datasets.items():
        for name, other in ((dataset.alias, key), (key, dataset.alias or "")):
            if name and name.startswith(incomplete):
                yield name, other


Key = Annotated[
    str,
    typer.Argument(
        metavar="KEY", help="Key or alias of the dataset.", callback=key_of_stage, autocompletion=complete_dataset
    ),
]
Keys = Annotated[
    list[str] | None,
    typer.Argument(metavar="KEY", help="Keys or aliases; by default all datasets.", autocompletion=complete_dataset),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document, errors too.")]


def open_project() -> tuple[Settings, ProjectPaths]:
    """The settings and paths of the project around the working directory."""
    return read_project()


def open_dataset(name: str) -> tuple[Dataset, Settings, ProjectPaths]:
    """A dataset by its key or alias, with the settings and paths of its project."""
    settings, paths = open_project()
    return settings.dataset(name), settings, paths


def display_path(path: Path, paths: ProjectPaths) -> str:
    """A path for display, relative to the project."""
    return str(path.relative_to(paths.root))


def print_errors(errors: Iterable[EoPvError]) -> None:
    """Print errors, each message once: without a network, all datasets have the same one."""
    for sentence in dict.fromkeys(map(str, errors)):
        err.print(f"Error: {sentence}", style="red")


def print_json(value: object) -> None:
    """Print a document as JSON, alone on stdout."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=str) + "\n")


def list_files(files: Iterable[Path], paths: ProjectPaths) -> None:
    """Print files with their sizes, unless quiet."""
    for path in files:
        out.info(f"  {display_path(path, paths)}  ({decimal(path.stat().st_size)})")
