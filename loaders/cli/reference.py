"""Writes the generated pages of docs/reference: `python -m loaders.cli.reference`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import typer

from loaders.__main__ import app
from loaders.report.reference.markdown import header, table
from loaders.report.reference.rejections import rejections_page
from loaders.report.reference.settings import settings_page

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
INTRODUCTION = """
`eo-pv` is in `.venv/bin`; after `. .venv/bin/activate` it is found without its path. `eo-pv <command> --help` prints
what is here. Exit codes: 0, all is well; 1, an error that the message explains; 2, wrong usage. `make` without a target
lists the targets, most of which are one of these commands.
"""


def commands_page() -> str:
    """Every command with its arguments and options."""
    root = typer.main.get_command(app)
    sections = "".join(_section(name, command) for name, command in commands(root))
    return f"{header('Commands', 'the commands in `loaders/cli`')}{INTRODUCTION}{_options(root)}{sections}"


def commands(root: click.Command) -> Iterator[tuple[str, click.Command]]:
    """The commands that help lists, in its order."""
    for name, command in getattr(root, "commands", {}).items():
        if not command.hidden:
            yield name, command


def _section(name: str, command: click.Command) -> str:
    usage = " ".join(["eo-pv", name, *command.collect_usage_pieces(click.Context(command))])
    return f"\n## `{name}`\n\n`{usage}`\n\n{_help(command)}\n{_options(command)}"


def _help(command: click.Command) -> str:
    paragraphs = (command.help or "").replace("\b", "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _options(command: click.Command) -> str:
    context = click.Context(command)
    records = [record for each in command.get_params(context) if (record := each.get_help_record(context))]
    rows = [(f"`{name}`", " ".join(text.split())) for name, text in records if not name.startswith("--help")]
    return f"\n{table(('argument or option', 'meaning'), rows)}" if rows else ""


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "rejections.md": rejections_page,
    "settings.md": settings_page,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
