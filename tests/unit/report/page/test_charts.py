"""Charts: Vega-Lite as JSON, compiled once."""

from pathlib import Path
from typing import Any

import pytest

from loaders.report.page import charts
from loaders.report.page.charts import Bars, compiled
from loaders.report.web import vega

STACKED = [{"category": "a", "part": part, "value": rank, "rank": rank} for rank, part in enumerate("pqs")]


@pytest.fixture
def specification(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def noted(chart: dict[str, Any]) -> dict[str, Any]:
        found.append(chart)
        return {}

    monkeypatch.setattr(charts, "compiled_chart", noted)
    return found


def test_categories_of_horizontal_bars_are_on_the_left_in_their_order(specification: list[dict[str, Any]]) -> None:
    compiled(Bars("step", "number", [{"category": "b", "value": 2}, {"category": "a", "value": 1}], (), True), "Told.")
    (chart,) = specification
    assert chart["encoding"] == {
        "x": {
            "field": "value", "type": "quantitative", "title": "number", "stack": "zero",
            "axis": {"format": ",~r", "tickCount": 4},
        },
        "y": {
            "field": "category", "type": "nominal", "title": None, "sort": ["b", "a"],
            "axis": {"labelLimit": 300, "title": None},
        },
        "color": {"value": "var(--chart-1)"},
        "tooltip": [
            {"field": "category", "type": "nominal", "title": "step"},
            {"field": "value", "type": "quantitative", "title": "number", "format": ","},
        ],
    }  # fmt: skip
    assert (chart["description"], chart["height"]) == ("Told.", {"step": 24})


@pytest.mark.parametrize(("parts", "columns"), [(("p", "q"), 0), (("p", "q", "s"), 1)])
def test_parts_of_bars_have_colours_a_legend_and_their_order(
    specification: list[dict[str, Any]], parts: tuple[str, ...], columns: int
) -> None:
    compiled(Bars("dataset", "number", STACKED, parts), "")
    encoding = specification[0]["encoding"]
    colours = [f"var(--chart-{number})" for number in range(1, len(parts) + 1)]
    assert encoding["color"] == {
        "field": "part", "type": "nominal", "scale": {"domain": list(parts), "range": colours},
        "legend": {"orient": "top", "title": None, "labelLimit": 320, "columns": columns},
    }  # fmt: skip
    assert encoding["order"] == {"field": "rank", "type": "quantitative"}
    assert encoding["tooltip"][2] == {"field": "part", "type": "nominal", "title": "of it"}
    assert (encoding["x"]["title"], encoding["y"]["title"]) == ("dataset", "number")


@pytest.mark.parametrize(("count", "angle"), [(10, 0), (11, -90)])
def test_labels_of_many_categories_are_turned(specification: list[dict[str, Any]], count: int, angle: int) -> None:
    compiled(Bars("year", "number", [{"category": str(year), "value": 1} for year in range(count)]), "")
    assert specification[0]["encoding"]["x"]["axis"] == {"labelAngle": angle, "labelOverlap": True}


def test_the_data_of_a_compiled_chart_are_named_by_their_content() -> None:
    """The name is that of altair 6.3: a page has the same bytes as when altair made it."""
    bars = Bars("step", "number", [{"category": "a", "value": 3}, {"category": 'ü "b', "value": 1}], (), True)
    data = compiled(bars, "T. d")["data"]
    assert data[0]["name"] == "data-0f46a1203f49dc3c155afd2791f8b988"
    assert data[0]["values"] == bars.data


def test_vega_is_bundled_once_for_each_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled: list[str] = []
    monkeypatch.setenv("EO_PV_CACHE", str(tmp_path))

    def bundle(snippet: str) -> str:
        bundled.append(snippet)
        return "ü = 1"

    monkeypatch.setattr("vl_convert.javascript_bundle", bundle)
    assert [vega.vega_bundle(), vega.vega_bundle()] == ["ü = 1", "ü = 1"]
    assert len(bundled) == 1
    monkeypatch.setattr(vega, "version", lambda name: f"another {name}")
    assert vega.vega_bundle() == "ü = 1"
    assert bundled[0] == bundled[1]
    (tmp_path / "vega").rename(tmp_path / "other")
    (tmp_path / "vega").touch()  # no cache can be written
    assert vega.vega_bundle() == "ü = 1"
    assert len(bundled) == 3
