"""Bar charts of measurements as SVG, drawn by Vega-Lite."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import vl_convert

WIDTH_PX, BAR_PX, LABEL_PX = 560, 22, 320
Picture = dict[str, Any]


def bar_picture(title: str, unit: str, values: Mapping[str, float]) -> Picture:
    """One bar for each name, in this order."""
    rows = [{"name": name, "value": value} for name, value in values.items()]
    return _bars(title, unit, rows, BAR_PX)


def stacked_picture(title: str, unit: str, values: Mapping[str, Mapping[str, float]]) -> Picture:
    """One bar for each name, of parts in the order of the one that has most."""
    by_parts = sorted(values.values(), key=len, reverse=True)
    parts = list(dict.fromkeys(part for each in by_parts for part in each))
    rows = [
        {"name": name, "part": part, "value": value, "place": parts.index(part)}
        for name, each in values.items()
        for part, value in each.items()
    ]
    picture = _bars(title, unit, rows, 2 * BAR_PX)
    colour: Picture = {
        "field": "part",
        "type": "nominal",
        "sort": parts,
        "title": None,
        "scale": {"scheme": "tableau20"},
    }
    colour["legend"] = {"labelLimit": LABEL_PX}
    picture["encoding"] |= {"color": colour, "order": {"field": "place", "type": "quantitative"}}
    return picture


def write_svg(picture: Picture, path: Path) -> None:
    """Draw it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(vl_convert.vegalite_to_svg(picture), encoding="utf-8")


def _bars(title: str, unit: str, rows: list[dict[str, Any]], bar_px: int) -> Picture:
    names = list(dict.fromkeys(row["name"] for row in rows))
    axis = {"labelLimit": LABEL_PX}
    return {
        "title": title,
        "background": "white",
        "width": WIDTH_PX,
        "height": {"step": bar_px},
        "data": {"values": rows},
        "mark": "bar",
        "encoding": {
            "y": {"field": "name", "type": "nominal", "sort": names, "title": None, "axis": axis},
            "x": {"field": "value", "type": "quantitative", "title": unit},
        },
    }
