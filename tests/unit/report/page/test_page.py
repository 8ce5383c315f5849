"""The page as HTML: its policy, its banner, its figures, and hostile text of publishers as text."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from loaders.core.paths import ProjectPaths
from loaders.report.page.chart_list import charts
from loaders.report.page.content import Content
from loaders.report.page.datasets import Entry
from loaders.report.page.figures import Figures, read_figures
from loaders.report.page.funnel import funnel
from loaders.report.page.page import as_html
from loaders.report.summary import DatasetSummary
from loaders.report.web.security import content_security_policy
from loaders.settings.params import Settings
from tests.unit.report.page.world import BUILD, HOSTILE, write_world

SETTINGS = Settings.model_validate(
    {"origin": "doi", "datasets": {"a_north_2020": {"key": "a_north_2020", "source": {"path": "farms.geojson"}}}}
)
CURATED = {"folder": "data/doi/curated", "tables": ["curated_pv_installations.parquet"]}


class Elements(HTMLParser):
    """The elements of a page with their attributes, and scripts that the browser would run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    paths = ProjectPaths(tmp_path_factory.mktemp("world"), "doi")
    write_world(paths)
    return _content(read_figures(paths))


def _content(figures: Figures) -> Content:
    summaries = [
        DatasetSummary("a_north_2020", 5, 3, 2, 1.01, 50.0, "CC-BY-4.0", installations=3, only_here=1),
        DatasetSummary("b_south_2021", 6, 6, 0, 0.02, 1.0, "CC-BY-4.0 ?", True, installations=3, only_here=1),
    ]
    datasets = [
        Entry("a_north_2020", summaries[0], {}, HOSTILE, "javascript:alert(1)", HOSTILE, HOSTILE, 2020, "10.1/<b>"),
        Entry("b_south_2021", summaries[1], {}, "DOI 10.1/2", "https://doi.org/10.1/2", "x" * 10_000),
    ]
    steps = funnel(figures, [{"rejected": {HOSTILE: 2}}], BUILD)
    return Content(summaries, BUILD, figures, steps, datasets, charts(figures, steps, datasets))


@pytest.fixture(scope="module")
def page(content: Content) -> str:
    return as_html(content, SETTINGS, CURATED)


def test_the_policy_is_the_first_element_of_the_head(page: str) -> None:
    elements = Elements(page).found
    first = elements[[tag for tag, _ in elements].index("head") + 1]
    assert first == ("meta", {"http-equiv": "Content-Security-Policy", "content": content_security_policy()})


def test_hostile_text_makes_no_element_and_no_address(page: str) -> None:
    elements = Elements(page).found
    images = [attributes for tag, attributes in elements if tag == "img"]
    assert [image["src"] for image in images] == ["assets/overview.svg"]
    assert [name for _, attributes in elements for name in attributes if name.startswith("on") or name == "style"] == []
    assert not [a["href"] for tag, a in elements if tag == "a" and (a["href"] or "").startswith("javascript")]
    assert page.count("&lt;/script&gt;&lt;img src=x") >= 3


def test_scripts_are_files_of_the_folder_or_data(page: str) -> None:
    scripts = [attributes for tag, attributes in Elements(page).found if tag == "script"]
    assert all(each.get("type") == "application/json" or (each["src"] or "").startswith("assets/") for each in scripts)
    specifications = re.findall(r'<script type="application/json" class="spec">(.*?)</script>', page, re.DOTALL)
    assert len(specifications) == 7
    assert all(json.loads(each)["$schema"].endswith("vega/v6.json") for each in specifications)


def test_the_big_figures_are_machine_readable(page: str) -> None:
    figures = {a["data-figure"]: a["value"] for _, a in Elements(page).found if "data-figure" in a}
    assert figures == {
        "installations": "4",
        "panel_capacity_mw": "51.86",
        "area_km2": "1.03",
        "countries": "2",
        "confirmed": "2",
    }


def test_the_banner_names_the_datasets_whose_rows_are_synthetic(page: str, content: Content) -> None:
    assert '<p class="banner" role="note" data-synthetic="some">' in page
    assert "1 of 4 installations have records of bundled samples" in page
    figures = replace(content.figures, synthetic=[{"dataset_key": "a_north_2020", "records": 3, "synthetic": 0}])
    assert "data-synthetic" not in as_html(replace(content, figures=figures), SETTINGS, CURATED)


def test_a_long_title_is_cut(page: str) -> None:
    assert "x" * 200 + "…" in page
    assert "x" * 201 not in page


def test_the_page_has_no_time_and_no_path_of_this_machine(page: str, tmp_path: Path) -> None:
    assert str(tmp_path.parent) not in page
    assert page.count("data-asked=") == 2


def test_the_same_content_is_the_same_page(page: str, content: Content) -> None:
    assert as_html(_content(content.figures), SETTINGS, CURATED) == page


def test_every_table_has_a_caption_and_every_heading_a_scope(page: str) -> None:
    tags = [tag for tag, _ in Elements(page).found]
    assert tags.count("table") == tags.count("caption")
    assert all("scope" in attributes for tag, attributes in Elements(page).found if tag == "th")


def test_a_chart_that_cannot_be_compiled_is_an_open_table(content: Content) -> None:
    drawn = {name: replace(chart, spec={}) for name, chart in content.charts.items()}
    page = as_html(replace(content, charts=drawn), SETTINGS, CURATED)
    assert 'class="spec"' not in page
    assert page.count("<details open>") == 7
