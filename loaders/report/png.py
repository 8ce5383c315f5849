"""Pictures that are the same bytes every time."""

import io
import warnings
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure


def write_png(make: Callable[[], Figure], path: Path, dpi: int) -> None:
    """Write a figure, whatever the user's own style is.

    Args:
        make: draws it.
        path: replaced only when all is written.
        dpi: dots an inch.
    """
    stream = io.BytesIO()
    with mpl.rc_context(mpl.rcParamsDefault), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # an id in a script that no font here has
        mpl.rcParams["text.parse_math"] = False  # a dollar sign in an id is a dollar sign
        make().savefig(stream, format="png", dpi=dpi, metadata={"Software": None})
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(stream.getvalue())
    partial.replace(path)
