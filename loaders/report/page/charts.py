"""The charts of the report page: Vega-Lite, compiled to Vega when the page is written.

The page then carries Vega's runtime only, and draws with its interpreter: no script is made of text, which the
Content-Security-Policy forbids. Colours are the variables of `base.css` and `report.css`, so that a chart follows dark
mode and print without being drawn again. They are written as Vega-Lite's own JSON: altair takes longer to import and to
check seven charts than Vega-Lite to compile them.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loaders.core.escape import one_line
from loaders.report.web.vega import compiled_chart

INK, MUTED, LINE = "var(--ink)", "var(--muted)", "var(--line)"
FIRST, SECOND, THIRD = "var(--chart-1)", "var(--chart-2)", "var(--chart-3)"
COUNTRIES_SHOWN = 20
BAR_PX, HEIGHT_PX, LABEL_PX = 24, 240, 300
FEW = 10  # categories whose labels fit side by side
FONT = "system-ui, sans-serif"
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.4.1.json"
NOMINAL, QUANTITY = "nominal", "quantitative"


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
    data_name = f"data-{hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]}"
    chart = {
        "$schema": SCHEMA,
        "config": _CONFIG,
        "description": description,
        "data": {"name": data_name},
        "datasets": {data_name: values},
        "mark": {"type": "bar"},
        "encoding": _encoding(bars, order),
        "width": "container",
        "height": {"step": BAR_PX} if bars.is_horizontal else HEIGHT_PX,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "background": "transparent",
    }
    return compiled_chart(chart)


def _encoding(bars: Bars, order: list[str]) -> dict[str, Any]:
    category = _field("category", NOMINAL, sort=order, axis=_category_axis(bars, len(order)))
    value = _field("value", QUANTITY, bars.value, axis={"format": ",~r", "tickCount": 4}, stack="zero")
    tooltip = [_field("category", NOMINAL, bars.category), _field("value", QUANTITY, bars.value, format=",")]
    if bars.is_horizontal:
        axes = {"x": value, "y": category | {"title": None}}
    else:
        axes = {"x": category | {"title": bars.category}, "y": value}
    if not bars.parts:
        return axes | {"color": {"value": FIRST}, "tooltip": tooltip}
    scale = {"domain": list(bars.parts), "range": [FIRST, SECOND, THIRD][: len(bars.parts)]}
    legend = {"orient": "top", "title": None, "labelLimit": 320, "columns": 1 if len(bars.parts) > 2 else 0}
    return axes | {
        "color": _field("part", NOMINAL, scale=scale, legend=legend),
        "order": _field("rank", QUANTITY),
        "tooltip": [*tooltip, _field("part", NOMINAL, "of it")],
    }


def _field(name: str, kind: str, title: str | None = None, **options: Any) -> dict[str, Any]:
    """What an encoding channel shows of a column."""
    return {"field": name, "type": kind, **({"title": title} if title else {}), **options}


def _category_axis(bars: Bars, categories: int) -> dict[str, Any]:
    if bars.is_horizontal:
        return {"labelLimit": LABEL_PX, "title": None}
    return {"labelAngle": 0 if categories <= FEW else -90, "labelOverlap": True}


def _table(bars: Bars) -> list[list[Any]]:
    """A row per category; a column per part."""
    table: dict[str, dict[str, Any]] = {}
    for row in bars.data:
        table.setdefault(row["category"], {})[row.get("part", "")] = row["value"]
    parts = bars.parts or ("",)
    return [[category, *(values.get(part, 0) for part in parts)] for category, values in table.items()]


def _text(value: object) -> object:
    return one_line(value) if isinstance(value, str) else value


_CONFIG: dict[str, Any] = {
    "font": FONT,
    "view": {"continuousWidth": 300, "continuousHeight": 300, "stroke": None},
    "axis": {
        "domainColor": LINE, "gridColor": LINE, "labelColor": INK, "labelFont": FONT, "labelFontSize": 12,
        "tickColor": LINE, "titleColor": MUTED, "titleFont": FONT, "titleFontSize": 12, "titleFontWeight": "normal",
    },
    "legend": {"labelColor": INK, "labelFont": FONT, "labelFontSize": 12, "symbolType": "square"},
}  # fmt: skip
