"""Renders a graph to SVG with Graphviz's `dot`."""

from pathlib import Path

import graphviz

from loaders.core.errors import BuildError
from loaders.core.files import write_text

MISSING = (
    "The program `dot` of Graphviz draws the pictures, and it is not on this machine's PATH. Install it with "
    "`sudo apt-get install graphviz`, `brew install graphviz` or `conda install graphviz`, and run this again."
)


def as_svg(picture: graphviz.Digraph) -> str:
    """The picture as SVG, deterministic.

    Raises:
        BuildError: `dot` is not installed, or cannot draw it.
    """
    try:
        return str(picture.pipe(format="svg", encoding="utf-8", quiet=True))
    except graphviz.ExecutableNotFound as error:
        raise BuildError(MISSING) from error
    except graphviz.CalledProcessError as error:
        stderr = str(error.stderr or "").strip()
        raise BuildError(f"`dot` could not draw a picture: {stderr}. Is it Graphviz 2.40 or newer? `dot -V`") from error


def write_svg(picture: graphviz.Digraph, path: Path) -> None:
    """Render a picture to a file.

    Raises:
        BuildError: `dot` is not installed, or cannot draw it.
    """
    write_text(as_svg(picture), path)
