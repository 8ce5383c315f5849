"""Jinja2's environment of the report's pages: every value is escaped and on one line."""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from loaders.core.escape import html, one_line

HERE = Path(__file__).parent


def templates(folder: Path) -> Environment:
    """The environment of a folder's templates; they may extend `page.html.j2` of this folder.

    An undefined value is an error. The filter `prose` shows names between backticks as code.
    """
    loader = FileSystemLoader([folder, HERE])
    environment = Environment(autoescape=True, undefined=StrictUndefined, loader=loader, finalize=_printable)
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters["prose"] = prose
    return environment


def prose(text: str) -> Markup:
    """A sentence as HTML, with names in backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", html(text)))  # noqa: S704 (escaped just here)


def _printable(value: object) -> object:
    """Text without control characters; HTML stays as it is."""
    return one_line(value) if type(value) is str else value
