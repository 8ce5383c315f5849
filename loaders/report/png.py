"""Deterministic PNG files of matplotlib figures."""

import io
import warnings
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure


def write_png(draw_figure: Callable[[], Figure], path: Path, dpi: int) -> None:
    """Write a figure, independent of the user's matplotlib settings.

    Args:
        draw_figure: creates the figure.
        path: of the PNG; replaced atomically.
        dpi: dots per inch.
    """
    stream = io.BytesIO()
    with mpl.rc_context(mpl.rcParamsDefault), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # an id in a script without a font
        mpl.rcParams["text.parse_math"] = False  # a dollar sign in an id starts no formula
        draw_figure().savefig(stream, format="png", dpi=dpi, metadata={"Software": None})
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(stream.getvalue())
    partial.replace(path)
