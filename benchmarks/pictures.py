"""Bar charts of measurements as SVG."""

from collections.abc import Mapping
from pathlib import Path

import altair as alt
import vl_convert

WIDTH_PX, BAR_PX, LABEL_PX = 560, 22, 320


def bar_picture(title: str, unit: str, values: Mapping[str, float]) -> alt.Chart:
    """One bar for each name, in this order."""
    rows = [{"name": name, "value": value} for name, value in values.items()]
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows), title=title)
        .mark_bar()
        .encode(y=_names(list(values)), x=alt.X("value:Q", title=unit))
        .properties(width=WIDTH_PX, height=alt.Step(BAR_PX))
    )
    return chart


def stacked_picture(title: str, unit: str, values: Mapping[str, Mapping[str, float]]) -> alt.Chart:
    """One bar for each name, of parts in their order."""
    parts = list(dict.fromkeys(part for each in values.values() for part in each))
    rows = [
        {"name": name, "part": part, "value": value, "place": parts.index(part)}
        for name, each in values.items()
        for part, value in each.items()
    ]
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows), title=title)
        .mark_bar()
        .encode(
            y=_names(list(values)),
            x=alt.X("value:Q", title=unit),
            color=alt.Color("part:N", sort=parts, title=None),
            order=alt.Order("place:Q"),
        )
        .properties(width=WIDTH_PX, height=alt.Step(2 * BAR_PX))
    )
    return chart


def write_svg(chart: alt.Chart, path: Path) -> None:
    """Draw it, on white."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(vl_convert.vegalite_to_svg(chart.configure(background="white").to_dict()), encoding="utf-8")


def _names(names: list[str]) -> alt.Y:
    return alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=LABEL_PX))
