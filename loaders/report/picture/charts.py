"""The charts of pictures: sizes, years, countries, datasets."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator

from loaders.core.arrays import Flags, Numbers
from loaders.core.escape import one_line
from loaders.report.picture.palette import Theme
from loaders.report.picture.plants import Plants
from loaders.report.picture.sheet import Key, text_width_mm

BINS_PER_DECADE = 4
MOST_BARS = 20
SIZE_TICKS = {
    0.001: "1 kW",
    0.01: "10 kW",
    0.1: "100 kW",
    1: "1 MW",
    10: "10 MW",
    100: "100 MW",
    1e3: "1 GW",
    1e4: "10 GW",
}
LABEL_CHARACTERS = 34
Bars = Sequence[tuple[str, int, int]]  # label, first and second part of each bar


def size_keys(theme: Theme) -> list[Key]:
    """The legend of the sizes."""
    return [Key("stated by a publisher", theme.first), Key("estimated from the outline", theme.second)]


def draw_sizes(axes: Axes, plants: Plants, theme: Theme, size: float) -> None:
    """Draw a histogram of the capacities, on a logarithmic axis."""
    known = plants.size_mw > 0
    parts = [plants.size_mw[known & plants.is_stated], plants.size_mw[known & ~plants.is_stated]]
    logs = np.log10(plants.size_mw[known])
    low, high = (np.floor(logs.min()), np.ceil(logs.max())) if len(logs) else (0, 1)
    bins = np.logspace(low, high + (low == high), int((high - low or 1) * BINS_PER_DECADE) + 1)
    axes.hist(parts, bins=list(bins), stacked=True, color=[theme.first, theme.second], ec=theme.paper, lw=0.5)
    axes.set(xscale="log", xlim=(bins[0], bins[-1]), ylabel="installations")
    axes.set_xlabel("capacity of the panels, direct current")
    ticks = [tick for tick in SIZE_TICKS if bins[0] <= tick <= bins[-1]]
    axes.set_xticks(ticks, [SIZE_TICKS[tick] for tick in ticks])
    axes.minorticks_off()
    count_axis(axes.yaxis)
    style_axes(axes, theme, size)


def draw_years(axes: Axes, plants: Plants, theme: Theme, size: float) -> None:
    """Draw a bar for each year."""
    years = plants.year[~np.isnan(plants.year)].astype(int)
    first = years.min(initial=years.max(initial=2020))
    counts = np.bincount(years - first)
    axes.bar(np.arange(len(counts)) + first, counts, width=0.8, color=theme.first)
    axes.set(xlabel="year, the last in which it may have been installed", ylabel="installations")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    count_axis(axes.yaxis)
    style_axes(axes, theme, size)


def country_keys(theme: Theme) -> list[Key]:
    """The legend of the countries."""
    return [Key("high confidence", theme.first), Key("others", theme.second)]


def country_bars(plants: Plants, names: Mapping[str, str]) -> Bars:
    """Installations by country, the most frequent first: those of high confidence, and the others."""
    labels = np.array([names.get(code, code) or "no country" for code in plants.country], dtype=object)
    return _largest(_count(labels, plants.confidence == "high"))


def dataset_keys(theme: Theme) -> list[Key]:
    """The legend of the datasets."""
    return [Key("also in other datasets", theme.first), Key("only in this dataset", theme.second)]


def dataset_bars(plants: Plants, labels: Mapping[str, str]) -> Bars:
    """Installations by dataset, the largest first: those that others have too, and the others."""
    owners = pc.list_parent_indices(plants.dataset_keys).to_numpy()
    keys = pc.list_flatten(plants.dataset_keys).cast(pa.string()).to_pylist()
    names = np.array([labels.get(key, key) for key in keys], dtype=object)
    return _largest(_count(names, plants.dataset_count[owners] > 1))


def draw_bars(axes: Axes, bars: Bars, theme: Theme, size: float) -> None:
    """Draw horizontal bars in two parts, each with its sum."""
    places = np.arange(len(bars))
    first, second = (np.array([bar[part] for bar in bars], dtype=float) for part in (1, 2))
    axes.barh(places, first, color=theme.first, height=0.72)
    axes.barh(places, second, left=first, color=theme.second, height=0.72)
    axes.set_yticks(places, [bar[0] for bar in bars])
    axes.set(ylim=(len(bars) - 0.5, -0.5), xlim=(0, (first + second).max() * 1.14), xlabel="installations")
    count_axis(axes.xaxis)
    for place, total in zip(places, first + second, strict=True):
        axes.annotate(
            f"{total:,.0f}", (total, place), (2, 0), textcoords="offset points", va="center", size=size, color=theme.ink
        )
    style_axes(axes, theme, size)
    axes.tick_params(axis="y", length=0)


def left_label_mm(bars: Bars, size: float) -> float:
    """Width of the longest label of bars [mm]."""
    return max(text_width_mm(label, size, "normal") for label, _, _ in bars)


def count_axis(axis: Axis) -> None:
    """Label whole numbers only."""
    axis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axis.set_major_formatter("{x:,.0f}")


def style_axes(axes: Axes, theme: Theme, size: float) -> None:
    """Set colours and sizes of the axes: two lines, no frame."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set(color=theme.muted, lw=0.6)
    axes.tick_params(colors=theme.muted, labelcolor=theme.ink, labelsize=size, width=0.6, length=2.5)
    axes.tick_params(axis="x", pad=size * 0.7)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set(color=theme.ink, fontsize=size)


def _count(labels: Flags, is_first: Flags) -> Bars:
    names, rows = np.unique(labels.astype(str), return_inverse=True)
    first = np.bincount(rows, weights=is_first, minlength=len(names))
    every = np.bincount(rows, minlength=len(names))
    return [
        (_short(str(name)), int(one), int(total - one)) for name, one, total in zip(names, first, every, strict=True)
    ]


def _largest(bars: Bars) -> Bars:
    """The largest bars; the sum of the others is the last."""
    ordered = sorted(bars, key=lambda bar: (-bar[1] - bar[2], bar[0]))
    rest = ordered[MOST_BARS:]
    others = [(f"{len(rest)} others", sum(bar[1] for bar in rest), sum(bar[2] for bar in rest))] if rest else []
    return [*ordered[:MOST_BARS], *others]


def _short(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= LABEL_CHARACTERS else f"{text[:LABEL_CHARACTERS]}…"


def unknown_note(values: Numbers, word: str) -> str:
    """How many values are not known, as a sentence; empty where all are."""
    unknown = int(np.isnan(values).sum())
    return f"{unknown:,} of unknown {word} are left out." if unknown else ""
