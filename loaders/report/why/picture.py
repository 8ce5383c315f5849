"""Cases as a picture: who drew what, in metres."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.path import Path as Outline

from loaders.core.escape import one_line
from loaders.report.png import write_png
from loaders.report.why.evidence import Case
from loaders.report.why.plane import in_metres

# Okabe and Ito: told apart by every eye; lines and markers tell them apart in print
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#000000")
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1, 1, 1)))
MARKERS = ("o", "^", "s", "D", "v", "P", "X")
NEIGHBOUR: dict[str, Any] = {"color": "#888888", "ls": (0, (2, 2)), "lw": 0.8, "marker": "."}
FILL = "#F0E442"
LEAST_WIDTH_M = 20.0  # of a drawing: else a single point fills none
MARGIN = 0.15  # of the width, around what is drawn
NAMED = 8  # records that a legend can name; more are named by their datasets
CELL_INCHES, DPI = 4.5, 110


def draw(cases: Sequence[Case], path: Path, columns: int = 4) -> None:
    """Write a PNG with a drawing a case; the same cases give the same bytes."""
    write_png(lambda: _figure(cases, min(columns, len(cases))), path, DPI)


def _figure(cases: Sequence[Case], columns: int) -> Figure:
    rows = -(-len(cases) // columns)
    inches = CELL_INCHES if len(cases) > 1 else 2 * CELL_INCHES
    figure = Figure(figsize=(inches * columns, inches * rows), layout="constrained")
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for place, case in zip(places, cases, strict=False):
        _draw_case(place, case)
    for place in places[len(cases) :]:
        place.set_axis_off()
    return figure


def _draw_case(axes: Axes, case: Case) -> None:
    lon, lat = case.own[0]["centroid_lon"], case.own[0]["centroid_lat"]
    for row in case.installations:
        _fill(axes, in_metres(row, lon, lat))
    own = {row["record_id"]: in_metres(row, lon, lat) for row in case.own}
    styles = _styles(sorted({row["dataset_key"] for row in case.own}))
    names_records = len(own) <= NAMED
    for row in case.own:
        style = {
            "lw": 1.6,
            **styles[row["dataset_key"]],
            "label": one_line(row["record_id" if names_records else "dataset_key"]),
        }
        _outline(axes, own[row["record_id"]], style)
    neighbours = [in_metres(row, lon, lat) for row in case.records if row["record_id"] not in own]
    for shape in neighbours:
        _outline(axes, shape, {**NEIGHBOUR, "label": "of another installation"})
    axes.set(title=_title(case), xlabel="east [m]", ylabel="north [m]", aspect="equal")
    axes.title.set_fontsize("small")
    _look_at(axes, list(own.values()), neighbours)
    _scale_bar(axes)
    _legend(axes)


def _styles(keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """A colour, a line and a marker for each dataset; no two have all three in common."""
    return {
        key: {
            "color": COLOURS[number % len(COLOURS)],
            "ls": LINES[number % len(LINES)],
            "marker": MARKERS[number % len(MARKERS)],
        }
        for number, key in enumerate(keys)
    }


def _look_at(axes: Axes, own: Sequence[shapely.Geometry], neighbours: Sequence[shapely.Geometry]) -> None:
    """Show the records, and of each neighbour its nearest end: it may be an outline around a whole valley."""
    all_own = shapely.GeometryCollection(own)
    ends = [shapely.shortest_line(all_own, shape) for shape in neighbours]
    west, south, east, north = shapely.bounds(shapely.GeometryCollection([all_own, *ends]))
    half = max(east - west, north - south, LEAST_WIDTH_M) * (0.5 + MARGIN)
    x, y = (west + east) / 2, (south + north) / 2
    axes.set(xlim=(x - half, x + half), ylim=(y - half, y + half))


def _scale_bar(axes: Axes) -> None:
    """A bar of a round length [m], below on the left."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    third = (east - west) / 3
    power = 10.0 ** np.floor(np.log10(third))
    length = float(max(step for step in (1, 2, 5) if step * power <= third) * power)
    x, y = west + 0.05 * (east - west), south + 0.05 * (north - south)
    axes.plot((x, x + length), (y, y), color="black", lw=3, solid_capstyle="butt")
    axes.text(x + length / 2, y + 0.012 * (north - south), f"{length:,.0f} m", ha="center", fontsize="x-small")


def _legend(axes: Axes) -> None:
    """Below the drawing, each name once."""
    handles, labels = axes.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    where: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.14)}
    axes.legend(once.values(), once.keys(), fontsize="x-small", frameon=False, **where)


def _title(case: Case) -> str:
    lines = [f"{one_line(row['installation_id'])}, confidence {row['confidence']}" for row in case.installations]
    if any(row["is_synthetic"] for row in case.own):
        lines.append("SYNTHETIC, no real installation")
    return "\n".join(lines)


def _outline(axes: Axes, shape: shapely.Geometry, style: dict[str, Any]) -> None:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Point":
            axes.plot(part.x, part.y, **{**style, "ls": ""})
        else:
            for ring in (part.exterior, *part.interiors):
                axes.plot(*ring.xy, **{**style, "marker": ""})


def _fill(axes: Axes, shape: shapely.Geometry) -> None:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            rings = [Outline(np.asarray(ring.coords), closed=True) for ring in (part.exterior, *part.interiors)]
            patch = mpl.patches.PathPatch(Outline.make_compound_path(*rings), facecolor=FILL, alpha=0.4, lw=0)
            axes.add_patch(patch)
