"""What the commands share: the terminal, and the settings and folders of the project around it."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.filesize import decimal

from loaders.catalog import Catalog, Dataset
from loaders.errors import EoPvError
from loaders.project import read_project
from loaders.redact import redact
from loaders.workspace import Workspace

WIDE = 165  # columns, where the output is not a terminal

app = typer.Typer(
    help="Published datasets of solar installations in, one documented table out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Terminal(Console):
    """Prints no credential, whoever wrote it into a title, a name or an address."""

    def print(self, *objects: Any, **options: Any) -> None:
        """As rich does."""
        super().print(*(redact(each) if isinstance(each, str) else each for each in objects), **options)


out = Terminal(width=None if sys.stdout.isatty() else WIDE, highlight=False, markup=False)
err = Terminal(stderr=True, highlight=False, markup=False, soft_wrap=True)

Key = Annotated[str, typer.Argument(help="Key or alias of the dataset.")]
Keys = Annotated[list[str] | None, typer.Argument(help="Keys or aliases; by default all datasets.")]


def settings() -> tuple[Catalog, Workspace]:
    """The settings of the project around the working directory, and its folders."""
    return read_project()


def project(name: str) -> tuple[Dataset, Catalog, Workspace]:
    """A dataset by its key or alias, with what it belongs to."""
    catalog, workspace = settings()
    return catalog.dataset(name), catalog, workspace


def shown(path: Path, workspace: Workspace) -> str:
    """A path as messages show it: below the project."""
    return str(path.relative_to(workspace.root))


def print_errors(errors: Iterable[EoPvError]) -> None:
    """What went wrong, each sentence once: without a network, that is the same for all datasets."""
    for sentence in dict.fromkeys(map(str, errors)):
        err.print(f"Error: {sentence}", style="red")


def list_files(files: Iterable[Path], workspace: Workspace) -> None:
    """Name files, with their sizes."""
    for path in files:
        out.print(f"  {shown(path, workspace)}  ({decimal(path.stat().st_size)})")
