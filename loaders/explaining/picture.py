"""Cases as a picture: who drew what, in metres."""

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import shapely
import shapely.affinity
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.path import Path as Outline

from loaders.antimeridian import joined
from loaders.explaining.evidence import Case, Row

# Okabe and Ito: told apart by every eye; styles tell them apart in print
STYLES: tuple[dict[str, Any], ...] = (
    {"color": "#0072B2", "ls": "-"},
    {"color": "#D55E00", "ls": "--"},
    {"color": "#009E73", "ls": "-."},
    {"color": "#CC79A7", "ls": ":"},
    {"color": "#E69F00", "ls": (0, (5, 1))},
    {"color": "#000000", "ls": (0, (1, 1))},
)
NEIGHBOUR: dict[str, Any] = {"color": "#888888", "ls": (0, (2, 2)), "lw": 0.8}
FILL = "#F0E442"
METRES_PER_DEGREE = 111_320
CELL_INCHES, DPI = 4.5, 110


def draw(cases: Sequence[Case], path: Path, columns: int = 4) -> None:
    """Write a PNG with a drawing a case; the same cases give the same bytes."""
    with mpl.rc_context(mpl.rcParamsDefault):
        content = _png(cases, min(columns, len(cases)))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)


def _png(cases: Sequence[Case], columns: int) -> bytes:
    rows = -(-len(cases) // columns)
    inches = CELL_INCHES if len(cases) > 1 else 2 * CELL_INCHES
    figure = Figure(figsize=(inches * columns, inches * rows), layout="constrained")
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for place, case in zip(places, cases, strict=False):
        _draw_case(place, case)
    for place in places[len(cases) :]:
        place.set_axis_off()
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=DPI, metadata={"Software": None})
    return stream.getvalue()


def _draw_case(axes: Axes, case: Case) -> None:
    own = {row["record_id"] for row in case.own}
    lon, lat = case.own[0]["centroid_lon"], case.own[0]["centroid_lat"]
    for row in case.installations:
        _fill(axes, _in_metres(row, lon, lat))
    styles = dict(zip(sorted({row["dataset_key"] for row in case.own}), STYLES * 10, strict=False))
    for row in case.records:
        is_own = row["record_id"] in own
        style = {"lw": 1.6, **styles[row["dataset_key"]]} if is_own else NEIGHBOUR
        _outline(axes, _in_metres(row, lon, lat), {**style, "label": _label(row, is_own)})
    axes.set(title=_title(case), xlabel="east [m]", ylabel="north [m]", aspect="equal")
    axes.title.set_fontsize("small")
    handles, labels = axes.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    axes.legend(once.values(), once.keys(), fontsize="x-small", framealpha=0.9)


def _label(row: Row, is_own: bool) -> str:
    return str(row["dataset_key"]) if is_own else "another installation"


def _title(case: Case) -> str:
    lines = [f"{row['installation_id']}, confidence {row['confidence']}" for row in case.installations]
    if any(row["is_synthetic"] for row in case.own):
        lines.append("SYNTHETIC, no real installation")
    return "\n".join(lines)


def _in_metres(row: Row, lon: float, lat: float) -> shapely.Geometry:
    """The shape around a position, on a plane that is right in the middle."""
    shape = joined(np.array([shapely.from_wkb(row["wkb"])], dtype=object))[0]
    centre = shapely.centroid(shape).x
    east = lon + 360 * round((centre - lon) / 360)
    narrow = math.cos(math.radians(lat)) * METRES_PER_DEGREE
    matrix = (narrow, 0, 0, METRES_PER_DEGREE, -east * narrow, -lat * METRES_PER_DEGREE)
    moved: shapely.Geometry = shapely.affinity.affine_transform(shape, matrix)
    return moved


def _outline(axes: Axes, shape: shapely.Geometry, style: dict[str, Any]) -> None:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Point":
            axes.plot(part.x, part.y, marker="o", **{**style, "ls": ""})
        else:
            for ring in (part.exterior, *part.interiors):
                axes.plot(*ring.xy, **style)


def _fill(axes: Axes, shape: shapely.Geometry) -> None:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            rings = [Outline(np.asarray(ring.coords), closed=True) for ring in (part.exterior, *part.interiors)]
            patch = mpl.patches.PathPatch(Outline.make_compound_path(*rings), facecolor=FILL, alpha=0.4, lw=0)
            axes.add_patch(patch)
