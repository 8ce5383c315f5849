"""Shared by all commands: the Typer app, argument types, project lookup and output helpers."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal

from loaders.core.errors import EoPvError
from loaders.core.paths import ProjectPaths
from loaders.core.terminal import err, out
from loaders.settings.params import Dataset, Settings
from loaders.settings.project import read_project

app = typer.Typer(
    help="Published datasets of solar installations in, one documented table out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def key_of_stage(name: str) -> str:
    """The dataset of a DVC stage (`load@<key>`, `dvc.yaml:load@<key>`); a key or alias stays as it is."""
    return name.rpartition("@")[2]


Key = Annotated[str, typer.Argument(help="Key or alias of the dataset.", callback=key_of_stage)]
Keys = Annotated[list[str] | None, typer.Argument(help="Keys or aliases; by default all datasets.")]
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


def list_files(files: Iterable[Path], paths: ProjectPaths) -> None:
    """Print files with their sizes."""
    for path in files:
        out.print(f"  {display_path(path, paths)}  ({decimal(path.stat().st_size)})")


def print_json(value: object) -> None:
    """Print one JSON document to the standard output: nulls for unknown values, no NaN."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=str) + "\n")
