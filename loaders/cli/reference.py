"""Writes the generated pages of docs/reference: `python -m loaders.cli.reference`."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import click
import typer

from loaders.cli.app import PROGRAM
from loaders.cli.console import app
from loaders.cli.help_groups import grouped
from loaders.report.reference.markdown import header, table
from loaders.report.reference.settings import settings_page

COMMON = frozenset({"--help", "--quiet", "--verbose"})
FOLDER = Path(__file__).parents[2] / "docs" / "reference"
INTRODUCTION = """
`eo-pv` is in `.venv/bin`; after `. .venv/bin/activate` it is found without its path. `eo-pv <command> --help` prints
what is here. Exit codes: 0, all is well; 1, an error that the message explains; 2, wrong usage. `make` without a target
lists the targets, most of which are one of these commands. `--quiet` and `--verbose` may also stand after a command.
"""


def commands_page() -> str:
    """Every command with its arguments and options, in the groups of `eo-pv --help`."""
    for module in iter_modules([str(Path(__file__).parent)]):
        import_module(f"{__package__}.{module.name}")  # which registers its commands
    root = typer.main.get_command(app)
    commands: dict[str, Any] = getattr(root, "commands", {})
    listed = [name for name, command in commands.items() if not command.hidden]
    groups = (
        f"\n## {title}\n{''.join(_section(name, commands[name]) for name in names)}"
        for title, names in grouped(listed).items()
    )
    return f"{header('Commands', 'the commands in `loaders/cli`')}{INTRODUCTION}{_options(root)}{''.join(groups)}"


def _section(name: str, command: Any) -> str:
    usage = " ".join([PROGRAM, name, *command.collect_usage_pieces(click.Context(command))])
    example = f"\n{command.epilog.replace(': ', ': `', 1)}`.\n" if command.epilog else ""
    return f"\n### `{name}`\n\n`{usage}`\n\n{_help(command)}\n{example}{_options(command, COMMON)}"


def _help(command: Any) -> str:
    paragraphs = (command.help or "").replace("\b", "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _options(command: Any, hidden: frozenset[str] = frozenset({"--help"})) -> str:
    """The table of arguments and options, without those that every command has."""
    context = click.Context(command)
    shown = [each for each in command.get_params(context) if hidden.isdisjoint(each.opts)]
    records = [record for each in shown if (record := each.get_help_record(context))]
    rows = [(f"`{name}`", " ".join(text.split())) for name, text in records]
    return f"\n{table(('argument or option', 'meaning'), rows)}" if rows else ""


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "settings.md": settings_page,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
