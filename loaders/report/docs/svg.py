"""Renders a graph to SVG with Graphviz's `dot`; the colours follow the reader's light or dark setting."""

import re
from pathlib import Path

import graphviz

from loaders.core.errors import BuildError
from loaders.core.files import write_text
from loaders.report.docs.style import DARK

MISSING = (
    "The program `dot` of Graphviz draws the pictures, and it is not on this machine's PATH. Install it with "
    "`sudo apt-get install graphviz`, `brew install graphviz` or `conda install graphviz`, and run this again."
)


def as_svg(picture: graphviz.Digraph) -> str:
    """The picture as SVG, deterministic, with a style for dark mode.

    Raises:
        BuildError: `dot` is not installed, or cannot draw it.
    """
    try:
        return with_dark_mode(str(picture.pipe(format="svg", encoding="utf-8", quiet=True)))
    except graphviz.ExecutableNotFound as error:
        raise BuildError(MISSING) from error
    except graphviz.CalledProcessError as error:
        stderr = str(error.stderr or "").strip()
        raise BuildError(f"`dot` could not draw a picture: {stderr}. Is it Graphviz 2.40 or newer? `dot -V`") from error


def with_dark_mode(svg: str) -> str:
    """A picture of `dot` with a stylesheet that replaces its colours on a dark background.

    Rules of a stylesheet take precedence over the attributes in which `dot` writes colours; text without one is black.
    """
    rules = [f'[{name}="{light}"]{{{name}:{dark}}}' for light, dark in DARK.items() for name in ("fill", "stroke")]
    text = f"text:not([fill]){{fill:{DARK['black']}}}"
    style = f"<style>@media (prefers-color-scheme:dark){{{''.join([*rules, text])}}}</style>"
    return re.sub(r"(<svg\b[^>]*>)", lambda start: f"{start[1]}\n{style}", svg, count=1)


def write_svg(picture: graphviz.Digraph, path: Path) -> None:
    """Render a picture to a file.

    Raises:
        BuildError: `dot` is not installed, or cannot draw it.
    """
    write_text(as_svg(picture), path)
