"""The charts of the report page: Vega-Lite by altair, compiled to Vega when the page is written.

The page then carries Vega's runtime only, and draws with its interpreter: no script is made of text, which the
Content-Security-Policy forbids. Colours are the variables of `base.css` and `report.css`, so that a chart follows dark
mode and print without being drawn again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from loaders.core.escape import one_line
from loaders.report.web.vega import compiled_chart

INK, MUTED, LINE = "var(--ink)", "var(--muted)", "var(--line)"
FIRST, SECOND, THIRD = "var(--chart-1)", "var(--chart-2)", "var(--chart-3)"
COUNTRIES_SHOWN = 20
BAR_PX, HEIGHT_PX, LABEL_PX = 24, 240, 300
FEW = 10  # categories whose labels fit side by side
FONT = "system-ui, sans-serif"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and the same as a table.

    Attributes:
        name: identifies it on the page.
        title: one line above it.
        summary: what it shows, for screen readers.
        headings: of the table; all but the first are numbers.
        rows: of the table.
        spec: for Vega; empty where charts cannot be compiled.
    """

    name: str
    title: str
    summary: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    spec: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart in words.

    Attributes:
        category: heading of the categories.
        value: heading of the values.
        data: dictionaries with `category`, `value` and, where bars are stacked, `part`.
        parts: names of the parts in their order.
        is_horizontal: whether the categories are on the vertical axis.
    """

    category: str
    value: str
    data: Sequence[Mapping[str, Any]]
    parts: tuple[str, ...] = ()
    is_horizontal: bool = False


def bar_chart(name: str, title: str, summary: str, bars: Bars) -> Chart:
    """A bar chart and its table."""
    return Chart(
        name=name,
        title=title,
        summary=summary,
        headings=(bars.category, *(bars.parts or (bars.value,))),
        rows=_table(bars),
        spec=compiled(bars, f"{title}. {summary}"),
    )


def compiled(bars: Bars, description: str) -> dict[str, Any]:
    """The chart as a specification of Vega."""
    values = [{name: _text(value) for name, value in row.items()} for row in bars.data]
    order = list(dict.fromkeys(str(row["category"]) for row in values))
    chart = (
        alt.Chart(alt.InlineData(values=values), description=description).mark_bar().encode(**_encoding(bars, order))
    )
    height: Any = alt.Step(BAR_PX) if bars.is_horizontal else HEIGHT_PX
    chart = chart.properties(width="container", height=height, background="transparent", autosize=_FIT)
    return compiled_chart(chart.configure(**_CONFIG).to_dict())


def _encoding(bars: Bars, order: list[str]) -> dict[str, Any]:
    category = alt.Y if bars.is_horizontal else alt.X
    value = alt.X if bars.is_horizontal else alt.Y
    axis = _category_axis(bars, len(order))
    encoding = {
        "y" if bars.is_horizontal else "x": category(
            "category:N", sort=order, axis=axis, title=None if bars.is_horizontal else bars.category
        ),
        "x" if bars.is_horizontal else "y": value(
            "value:Q", title=bars.value, axis=alt.Axis(format=",~r", tickCount=4), stack="zero"
        ),
        "tooltip": [
            alt.Tooltip("category:N", title=bars.category),
            alt.Tooltip("value:Q", title=bars.value, format=","),
        ],
    }
    if not bars.parts:
        return encoding | {"color": alt.value(FIRST)}
    colours = [FIRST, SECOND, THIRD][: len(bars.parts)]
    scale = alt.Scale(domain=list(bars.parts), range=colours)
    encoding["tooltip"].append(alt.Tooltip("part:N", title="of it"))
    legend = alt.Legend(orient="top", title=None, labelLimit=320, columns=1 if len(bars.parts) > 2 else 0)
    return encoding | {"color": alt.Color("part:N", scale=scale, legend=legend), "order": alt.Order("rank:Q")}


def _category_axis(bars: Bars, categories: int) -> alt.Axis:
    if bars.is_horizontal:
        return alt.Axis(labelLimit=LABEL_PX, title=None)
    return alt.Axis(labelAngle=0 if categories <= FEW else -90, labelOverlap=True)


def _table(bars: Bars) -> list[list[Any]]:
    """A row per category; a column per part."""
    table: dict[str, dict[str, Any]] = {}
    for row in bars.data:
        table.setdefault(row["category"], {})[row.get("part", "")] = row["value"]
    parts = bars.parts or ("",)
    return [[category, *(values.get(part, 0) for part in parts)] for category, values in table.items()]


def _text(value: object) -> object:
    return one_line(value) if isinstance(value, str) else value


_FIT = alt.AutoSizeParams(type="fit-x", contains="padding")
_CONFIG: dict[str, Any] = {
    "font": FONT,
    "view": alt.ViewConfig(stroke=None),
    "axis": alt.AxisConfig(
        labelColor=INK, titleColor=MUTED, domainColor=LINE, tickColor=LINE, gridColor=LINE,
        labelFontSize=12, titleFontSize=12, titleFontWeight="normal", labelFont=FONT, titleFont=FONT,
    ),
    "legend": alt.LegendConfig(labelColor=INK, labelFontSize=12, labelFont=FONT, symbolType="square"),
}  # fmt: skip
