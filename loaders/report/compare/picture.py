"""Draws a comparison: map, IoU histogram, areas and capacities."""

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
from loaders.report.figure_file import write_figure

BLUE, ORANGE, PURPLE = "#0072B2", "#E69F00", "#CC79A7"  # Okabe and Ito: safe for colour blindness
PALE, GREY = "#AAAAAA", "#555555"
SIZE_INCHES = (12, 9.5)
DPI = 120
BINS = np.linspace(0, 1, 21)
FEW_DOTS, MANY_DOTS = 500, 50_000  # between these counts, dots become smaller and fainter
MIN_COSINE = 0.1  # of the latitude: limits the aspect ratio of maps near a pole
BASE_COLOURS = (BLUE, ORANGE, PURPLE, GREY)


def draw(comparison: Comparison, path: Path) -> None:
    """Write a PNG, deterministic and independent of the user's matplotlib settings."""
    write_figure(lambda: _figure(comparison), path, DPI)


def _figure(comparison: Comparison) -> Figure:
    figure = Figure(figsize=SIZE_INCHES, layout="constrained")
    (map_, histogram), (areas, capacities) = figure.subplots(2, 2)
    figure.suptitle(_title(comparison))
    _draw_map(map_, comparison)
    _draw_iou(histogram, comparison.iou[~np.isnan(comparison.iou)])
    _draw_areas(areas, comparison)
    _draw_capacities(capacities, comparison)
    return figure


def _title(comparison: Comparison) -> str:
    lines = [
        f"A: {comparison.a.name} ({len(comparison.a):,} records)",
        f"B: {comparison.b.name} ({len(comparison.b):,} records)",
        f"{len(comparison.pairs.a):,} matching pairs in {len(comparison.shared_m2):,} groups",
    ]
    if comparison.a.is_synthetic or comparison.b.is_synthetic:
        lines.append("SYNTHETIC, bundled samples: no real installations")
    return "\n".join(lines)


def _draw_map(axes: Axes, comparison: Comparison) -> None:
    """Draw centroids where the extents overlap; of matched records, those of A."""
    axes.set_title("Who has what, where both look")
    axes.set(xlabel="longitude [°]", ylabel="latitude [°]")
    latitudes = np.concatenate((comparison.a.lat[comparison.inside_a], comparison.b.lat[comparison.inside_b]))
    if not len(latitudes):
        _write_note(axes, "nothing overlaps")
        return
    matched_a, matched_b = comparison.part_a.group >= 0, comparison.part_b.group >= 0
    only_a, only_b = comparison.inside_a & ~matched_a, comparison.inside_b & ~matched_b
    layers = (
        (f"both: {matched_a.sum():,} of A, {matched_b.sum():,} of B", comparison.a, matched_a, PALE, "o"),
        (f"only A: {only_a.sum():,}", comparison.a, only_a, ORANGE, "^"),
        (f"only B: {only_b.sum():,}", comparison.b, only_b, BLUE, "s"),
    )
    size, opacity = _dot_style(len(latitudes))
    for order, (label, side, mask, colour, marker) in zip((1, 3, 2), layers, strict=True):  # squares hide triangles
        style: dict[str, Any] = {"s": size, "c": colour, "marker": marker, "alpha": opacity, "lw": 0, "zorder": order}
        axes.scatter(side.lon[mask], side.lat[mask], label=label, **style)
    middle = np.radians((latitudes.min() + latitudes.max()) / 2)
    axes.set_aspect(1 / max(np.cos(middle), MIN_COSINE), adjustable="datalim")
    _legend(axes, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=len(layers), columnspacing=1, handletextpad=0)


def _draw_iou(axes: Axes, iou: Numbers) -> None:
    axes.set_title("How well the outlines agree")
    axes.set(xlabel="intersection over union, by group", ylabel="groups", xlim=(0, 1))
    if not len(iou):
        _write_note(axes, "no group with outlines on both sides")
        return
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.hist(iou, bins=list(BINS), color=BLUE, edgecolor="white", lw=0.5)
    low, median, high = np.quantile(iou, QUARTILES)
    axes.axvspan(low, high, color=GREY, alpha=0.15, lw=0, label=f"middle half: {low:.2f} to {high:.2f}")
    axes.axvline(median, color=GREY, ls="--", label=f"median {median:.2f}")
    axes.legend(framealpha=0.9)


def _draw_areas(axes: Axes, comparison: Comparison) -> None:
    axes.set_title("Area of each group")
    axes.set(xlabel="A [m²]", ylabel="B [m²]")
    a, b = comparison.part_a.area_m2, comparison.part_b.area_m2
    both = (a > 0) & (b > 0)
    if not both.any():
        _write_note(axes, "no group with outlines on both sides")
        return
    _scatter(axes, a[both], b[both], BLUE, "")
    _draw_diagonal(axes, np.concatenate((a[both], b[both])))


def _draw_capacities(axes: Axes, comparison: Comparison) -> None:
    axes.set_title("Capacity of each group")
    axes.set(xlabel="A [MW]", ylabel="B [MW]")
    a, b = comparison.part_a, comparison.part_b
    both = (a.capacity_mw > 0) & (b.capacity_mw > 0)
    if not both.any():
        _write_note(axes, "no capacity on both sides")
        return
    bases = sorted(set(zip(a.basis[both], b.basis[both], strict=True)))
    for number, (basis_a, basis_b) in enumerate(bases):
        selection = both & (a.basis == basis_a) & (b.basis == basis_b)
        colour = BASE_COLOURS[number % len(BASE_COLOURS)]
        _scatter(
            axes,
            a.capacity_mw[selection],
            b.capacity_mw[selection],
            colour,
            f"A {basis_a}, B {basis_b}: {selection.sum():,}",
        )
    _draw_diagonal(axes, np.concatenate((a.capacity_mw[both], b.capacity_mw[both])))


def _scatter(axes: Axes, a: Numbers, b: Numbers, colour: str, label: str) -> None:
    size, opacity = _dot_style(len(a))
    axes.scatter(a, b, s=size, c=colour, alpha=opacity, lw=0, label=label or f"{len(a):,} groups")


def _draw_diagonal(axes: Axes, values: Numbers) -> None:
    """Draw the line of equality on equal logarithmic axes that end at powers of ten."""
    ends = (10 ** np.floor(np.log10(values.min() / 1.1)), 10 ** np.ceil(np.log10(values.max() * 1.1)))
    axes.plot(ends, ends, color="black", ls="--", lw=1, zorder=3, label="equal")
    axes.set(xscale="log", yscale="log", xlim=ends, ylim=ends)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(NullFormatter())
    axes.set_aspect("equal")
    _legend(axes)


def _legend(axes: Axes, **placement: Any) -> None:
    """A legend with opaque dots, however faint the plotted ones are."""
    legend = axes.legend(**{"loc": "upper left", "framealpha": 0.9, **placement})
    for handle in legend.legend_handles:
        if isinstance(handle, PathCollection):
            handle.set(alpha=1, sizes=[_dot_style(1)[0]])


def _dot_style(count: int) -> tuple[float, float]:
    """Size [pt²] and opacity of dots, by their number."""
    density = np.clip(np.log(max(count, 1) / FEW_DOTS) / np.log(MANY_DOTS / FEW_DOTS), 0, 1)
    return float(24 * (1 - density) + 3 * density), float(0.8 * (1 - density) + 0.35 * density)


def _write_note(axes: Axes, text: str) -> None:
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes, color=GREY)
    axes.set(xticks=[], yticks=[], xlabel="", ylabel="")
