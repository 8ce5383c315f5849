"""A comparison as a picture: where, how well, how large, how strong."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from loaders.core.arrays import Numbers
from loaders.report.compare.comparison import Comparison
from loaders.report.compare.table import QUARTILES
from loaders.report.png import write_png

BLUE, ORANGE, PURPLE = "#0072B2", "#E69F00", "#CC79A7"  # Okabe and Ito: told apart by every eye
PALE, GREY = "#AAAAAA", "#555555"
SIZE_INCHES = (12, 9.5)
DPI = 120
BINS = np.linspace(0, 1, 21)
FEW, MANY = 500, 50_000  # dots: between them they become smaller and fainter
NARROWEST = 0.1  # cosine of the latitude: near a pole a map would be all width
BASE_COLOURS = (BLUE, ORANGE, PURPLE, GREY)


def draw(found: Comparison, path: Path) -> None:
    """Write a PNG; the same comparison gives the same bytes, whatever the user's own style is."""
    write_png(lambda: _figure(found), path, DPI)


def _figure(found: Comparison) -> Figure:
    figure = Figure(figsize=SIZE_INCHES, layout="constrained")
    (map_, histogram), (areas, capacities) = figure.subplots(2, 2)
    figure.suptitle(_title(found))
    _draw_map(map_, found)
    _draw_iou(histogram, found.iou[~np.isnan(found.iou)])
    _draw_areas(areas, found)
    _draw_capacities(capacities, found)
    return figure


def _title(found: Comparison) -> str:
    lines = [
        f"A: {found.a.name} ({len(found.a):,} records)",
        f"B: {found.b.name} ({len(found.b):,} records)",
        f"{len(found.pairs.a):,} matching pairs in {len(found.shared_m2):,} groups",
    ]
    if found.a.is_synthetic or found.b.is_synthetic:
        lines.append("SYNTHETIC, bundled samples: no real installations")
    return "\n".join(lines)


def _draw_map(axes: Axes, found: Comparison) -> None:
    """Centroids where the extents overlap; of what both have, those of A."""
    axes.set_title("Who has what, where both look")
    axes.set(xlabel="longitude [°]", ylabel="latitude [°]")
    latitudes = np.concatenate((found.a.lat[found.inside_a], found.b.lat[found.inside_b]))
    if not len(latitudes):
        _say(axes, "nothing overlaps")
        return
    matched_a, matched_b = found.part_a.group >= 0, found.part_b.group >= 0
    only_a, only_b = found.inside_a & ~matched_a, found.inside_b & ~matched_b
    layers = (
        (f"both: {matched_a.sum():,} of A, {matched_b.sum():,} of B", found.a, matched_a, PALE, "o"),
        (f"only A: {only_a.sum():,}", found.a, only_a, ORANGE, "^"),
        (f"only B: {only_b.sum():,}", found.b, only_b, BLUE, "s"),
    )
    size, strength = _dots(len(latitudes))
    for order, (label, side, which, colour, marker) in zip((1, 3, 2), layers, strict=True):  # squares hide triangles
        style: dict[str, Any] = {"s": size, "c": colour, "marker": marker, "alpha": strength, "lw": 0, "zorder": order}
        axes.scatter(side.lon[which], side.lat[which], label=label, **style)
    middle = np.radians((latitudes.min() + latitudes.max()) / 2)
    axes.set_aspect(1 / max(np.cos(middle), NARROWEST), adjustable="datalim")
    _legend(axes, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=len(layers), columnspacing=1, handletextpad=0)


def _draw_iou(axes: Axes, iou: Numbers) -> None:
    axes.set_title("How well the outlines agree")
    axes.set(xlabel="intersection over union, by group", ylabel="groups", xlim=(0, 1))
    if not len(iou):
        _say(axes, "no group with outlines on both sides")
        return
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.hist(iou, bins=list(BINS), color=BLUE, edgecolor="white", lw=0.5)
    low, median, high = np.quantile(iou, QUARTILES)
    axes.axvspan(low, high, color=GREY, alpha=0.15, lw=0, label=f"middle half: {low:.2f} to {high:.2f}")
    axes.axvline(median, color=GREY, ls="--", label=f"median {median:.2f}")
    axes.legend(framealpha=0.9)


def _draw_areas(axes: Axes, found: Comparison) -> None:
    axes.set_title("Area of each group")
    axes.set(xlabel="A [m²]", ylabel="B [m²]")
    a, b = found.part_a.area_m2, found.part_b.area_m2
    both = (a > 0) & (b > 0)
    if not both.any():
        _say(axes, "no group with outlines on both sides")
        return
    _scatter(axes, a[both], b[both], BLUE, "")
    _diagonal(axes, np.concatenate((a[both], b[both])))


def _draw_capacities(axes: Axes, found: Comparison) -> None:
    axes.set_title("Capacity of each group")
    axes.set(xlabel="A [MW]", ylabel="B [MW]")
    a, b = found.part_a, found.part_b
    both = (a.capacity_mw > 0) & (b.capacity_mw > 0)
    if not both.any():
        _say(axes, "no capacity on both sides")
        return
    bases = sorted(set(zip(a.basis[both], b.basis[both], strict=True)))
    for number, (of_a, of_b) in enumerate(bases):
        these = both & (a.basis == of_a) & (b.basis == of_b)
        colour = BASE_COLOURS[number % len(BASE_COLOURS)]
        _scatter(axes, a.capacity_mw[these], b.capacity_mw[these], colour, f"A {of_a}, B {of_b}: {these.sum():,}")
    _diagonal(axes, np.concatenate((a.capacity_mw[both], b.capacity_mw[both])))


def _scatter(axes: Axes, a: Numbers, b: Numbers, colour: str, label: str) -> None:
    size, strength = _dots(len(a))
    axes.scatter(a, b, s=size, c=colour, alpha=strength, lw=0, label=label or f"{len(a):,} groups")


def _diagonal(axes: Axes, values: Numbers) -> None:
    """The line of agreement, in logarithmic axes of one scale that end at powers of ten."""
    ends = (10 ** np.floor(np.log10(values.min() / 1.1)), 10 ** np.ceil(np.log10(values.max() * 1.1)))
    axes.plot(ends, ends, color="black", ls="--", lw=1, zorder=3, label="equal")
    axes.set(xscale="log", yscale="log", xlim=ends, ylim=ends)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(NullFormatter())
    axes.set_aspect("equal")
    _legend(axes)


def _legend(axes: Axes, **where: Any) -> None:
    """A legend whose dots are as large and strong as need be, however faint the crowd is."""
    legend = axes.legend(**{"loc": "upper left", "framealpha": 0.9, **where})
    for handle in legend.legend_handles:
        if isinstance(handle, PathCollection):
            handle.set(alpha=1, sizes=[_dots(1)[0]])


def _dots(count: int) -> tuple[float, float]:
    """Size [pt²] and opacity of so many dots."""
    crowd = np.clip(np.log(max(count, 1) / FEW) / np.log(MANY / FEW), 0, 1)
    return float(24 * (1 - crowd) + 3 * crowd), float(0.8 * (1 - crowd) + 0.35 * crowd)


def _say(axes: Axes, text: str) -> None:
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes, color=GREY)
    axes.set(xticks=[], yticks=[], xlabel="", ylabel="")
