"""Draws cases: the shapes of their records by dataset, in metres."""

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
from loaders.report.figure_file import write_figure
from loaders.report.why.evidence import Case
from loaders.report.why.plane import to_local_metres

# Okabe and Ito: safe for colour blindness; lines and markers differ for print
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#000000")
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1, 1, 1)))
MARKERS = ("o", "^", "s", "D", "v", "P", "X")
NEIGHBOUR: dict[str, Any] = {"color": "#888888", "ls": (0, (2, 2)), "lw": 0.8, "marker": "."}
FILL = "#F0E442"
MIN_WIDTH_M = 20.0  # of a drawing: a single point has no extent
MARGIN = 0.15  # as a share of the width
MAX_NAMED_RECORDS = 8  # records that a legend lists; more are listed by dataset
CELL_INCHES, DPI = 4.5, 110


def draw(cases: Sequence[Case], path: Path, columns: int = 4) -> None:
    """Write a PNG with one drawing per case, deterministic."""
    write_figure(lambda: _figure(cases, min(columns, len(cases))), path, DPI)


def _figure(cases: Sequence[Case], columns: int) -> Figure:
    rows = -(-len(cases) // columns)
    inches = CELL_INCHES if len(cases) > 1 else 2 * CELL_INCHES
    figure = Figure(figsize=(inches * columns, inches * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, case in zip(panels, cases, strict=False):
        _draw_case(axes, case)
    for axes in panels[len(cases) :]:
        axes.set_axis_off()
    return figure


def _draw_case(axes: Axes, case: Case) -> None:
    lon, lat = case.members[0]["centroid_lon"], case.members[0]["centroid_lat"]
    for row in case.installations:
        _fill(axes, to_local_metres(row, lon, lat))
    member_shapes = {row["record_id"]: to_local_metres(row, lon, lat) for row in case.members}
    styles = _styles(sorted({row["dataset_key"] for row in case.members}))
    names_records = len(member_shapes) <= MAX_NAMED_RECORDS
    for row in case.members:
        style = {
            "lw": 1.6,
            **styles[row["dataset_key"]],
            "label": one_line(row["record_id" if names_records else "dataset_key"]),
        }
        _outline(axes, member_shapes[row["record_id"]], style)
    neighbour_shapes = [to_local_metres(row, lon, lat) for row in case.records if row["record_id"] not in member_shapes]
    for shape in neighbour_shapes:
        _outline(axes, shape, {**NEIGHBOUR, "label": "of another installation"})
    axes.set(title=_title(case), xlabel="east [m]", ylabel="north [m]", aspect="equal")
    axes.title.set_fontsize("small")
    _set_view(axes, list(member_shapes.values()), neighbour_shapes)
    _scale_bar(axes)
    _legend(axes)


def _styles(keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """A combination of colour, line and marker for each dataset, all different."""
    return {
        key: {
            "color": COLOURS[number % len(COLOURS)],
            "ls": LINES[number % len(LINES)],
            "marker": MARKERS[number % len(MARKERS)],
        }
        for number, key in enumerate(keys)
    }


def _set_view(
    axes: Axes, member_shapes: Sequence[shapely.Geometry], neighbour_shapes: Sequence[shapely.Geometry]
) -> None:
    """Set the extent to the records and the nearest point of each neighbour, which may cover a whole valley."""
    members = shapely.GeometryCollection(member_shapes)
    ends = [shapely.shortest_line(members, shape) for shape in neighbour_shapes]
    west, south, east, north = shapely.bounds(shapely.GeometryCollection([members, *ends]))
    half_width = max(east - west, north - south, MIN_WIDTH_M) * (0.5 + MARGIN)
    x, y = (west + east) / 2, (south + north) / 2
    axes.set(xlim=(x - half_width, x + half_width), ylim=(y - half_width, y + half_width))


def _scale_bar(axes: Axes) -> None:
    """Draw a scale bar of a round length [m], at the lower left."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    third = (east - west) / 3
    power = 10.0 ** np.floor(np.log10(third))
    length = float(max(step for step in (1, 2, 5) if step * power <= third) * power)
    x, y = west + 0.05 * (east - west), south + 0.05 * (north - south)
    axes.plot((x, x + length), (y, y), color="black", lw=3, solid_capstyle="butt")
    axes.text(x + length / 2, y + 0.012 * (north - south), f"{length:,.0f} m", ha="center", fontsize="x-small")


def _legend(axes: Axes) -> None:
    """Draw the legend below the drawing, each label once."""
    handles, labels = axes.get_legend_handles_labels()
    handle_by_label = dict(zip(labels, handles, strict=True))
    placement: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.14)}
    axes.legend(handle_by_label.values(), handle_by_label.keys(), fontsize="x-small", frameon=False, **placement)


def _title(case: Case) -> str:
    lines = [f"{one_line(row['installation_id'])}, confidence {row['confidence']}" for row in case.installations]
    if any(row["is_synthetic"] for row in case.members):
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
