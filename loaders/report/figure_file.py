"""Deterministic files of matplotlib figures: PNG, SVG, PDF."""

import io
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

# without the date and the version of matplotlib
METADATA: Mapping[str, Mapping[str, None]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
SETTINGS: Any = {
    "text.parse_math": False,  # a dollar sign in an id starts no formula
    "svg.hashsalt": "eo-pv",  # ids are random without it
    "svg.fonttype": "none",  # text stays text, for search and for editors
    "pdf.fonttype": 42,  # TrueType: journals refuse Type 3
}


def write_figure(draw_figure: Callable[[], Figure], path: Path, dpi: int) -> None:
    """Write a figure in the format of the path's ending, independent of the user's matplotlib settings.

    Args:
        draw_figure: creates the figure.
        path: ends in .png, .svg or .pdf; replaced atomically.
        dpi: dots per inch, in SVG and PDF those of rasterised parts.
    """
    stream, ending = io.BytesIO(), path.suffix.lower()
    with mpl.rc_context(mpl.rcParamsDefault), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # an id in a script without a font
        mpl.rcParams.update(SETTINGS)
        draw_figure().savefig(stream, format=ending[1:], dpi=dpi, metadata=dict(METADATA[ending]))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(stream.getvalue())
    partial.replace(path)
