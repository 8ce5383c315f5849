"""From a graph to an SVG file, with the program `dot`."""

from pathlib import Path

import graphviz

from loaders.core.errors import BuildError
from loaders.core.files import write_text

MISSING = (
    "The program `dot` of Graphviz draws the pictures, and it is not on this machine's PATH. Install it with "
    "`sudo apt-get install graphviz`, `brew install graphviz` or `conda install graphviz`, and run this again."
)


def as_svg(picture: graphviz.Digraph) -> str:
    """The picture as SVG; the same picture gives the same text.

    Raises:
        BuildError: `dot` is not installed, or cannot draw it.
    """
    try:
        return str(picture.pipe(format="svg", encoding="utf-8", quiet=True))
    except graphviz.ExecutableNotFound as error:
        raise BuildError(MISSING) from error
    except graphviz.CalledProcessError as error:
        said = str(error.stderr or "").strip()
        raise BuildError(f"`dot` could not draw a picture: {said}. Is it Graphviz 2.40 or newer? `dot -V`") from error


def write_svg(picture: graphviz.Digraph, path: Path) -> None:
    """Draw it and put it in its place.

    Raises:
        BuildError: `dot` is not installed, or cannot draw it.
    """
    write_text(as_svg(picture), path)
