"""The report page says what the tables hold."""

from pathlib import Path

import duckdb
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from tests.browser.chromium import NARROW, Page
from tests.browser.conftest import Windows

FIGURES = {
    "installations": "SELECT count(*) FROM installations",
    "countries": "SELECT count(DISTINCT country) FROM installations",
    "confirmed": "SELECT count(*) FROM installations WHERE independent_inventories >= 2",
    "area_km2": "SELECT sum(area_m2) / 1e6 FROM installations",
    "panel_capacity_mw": "SELECT sum(panel_capacity_mw) FROM yield",
}
ROWS = """
    const numbers = row => [...row.querySelectorAll("td[data-value]")].map(cell => Number(cell.dataset.value));
    return [...document.querySelectorAll(arguments[0])].map(row => [row.getAttribute(arguments[1]), ...numbers(row)]);
"""
CUT_OFF = """
    const isOutside = (inner, outer) => inner.width && (inner.right > outer.right + 1 || inner.left < outer.left - 1);
    return [...document.querySelectorAll("figure[data-chart] svg text")]
        .filter(text => isOutside(text.getBoundingClientRect(), text.closest("svg").getBoundingClientRect()))
        .map(text => text.textContent);
"""
COUNTRIES = """
    SELECT coalesce(country, ''), count(*), count(*) FILTER (confidence = 'high') FROM installations
    GROUP BY ALL ORDER BY ALL
"""
DATASETS = """
    SELECT dataset_key, count(*), count(DISTINCT installation_id) FROM records
    GROUP BY ALL ORDER BY ALL
"""


@pytest.fixture(scope="module")
def report(windows: Windows, folder: Path) -> Page:
    """The page, opened once."""
    page = windows(f"{folder.as_uri()}/")
    page.show("index.html")
    return page


def test_the_big_figures_are_those_of_the_tables(report: Page, tables: duckdb.DuckDBPyConnection) -> None:
    for name, query in FIGURES.items():
        (expected,) = tables.execute(query).fetchone() or (None,)
        found = [
            float(value)
            for value in report.run(
                f"return [...document.querySelectorAll('data[data-figure={name}]')].map(e => e.value)"
            )
        ]
        assert found, name
        assert found == pytest.approx([float(expected)] * len(found), rel=1e-6), name


def test_each_country_has_the_counts_of_the_tables(report: Page, tables: duckdb.DuckDBPyConnection) -> None:
    expected = [list(row) for row in tables.execute(COUNTRIES).fetchall()]
    found = sorted(row[:3] for row in report.run(ROWS, "#country-table tbody tr", "data-country"))
    assert found == expected


def test_each_dataset_has_the_counts_of_the_tables(report: Page, tables: duckdb.DuckDBPyConnection) -> None:
    expected = [list(row) for row in tables.execute(DATASETS).fetchall()]
    found = sorted([row[0], *row[1:3]] for row in report.run(ROWS, "#dataset-table tbody tr", "data-dataset"))
    assert found == expected


def test_a_banner_says_that_all_rows_are_synthetic(report: Page) -> None:
    assert report.texts(".banner[data-synthetic=all] strong") == ["Synthetic."]


def test_every_chart_is_drawn_and_has_its_table(report: Page) -> None:
    script = """
        return [...document.querySelectorAll("figure[data-chart]")].map(figure => [figure.dataset.chart,
            figure.querySelectorAll(".plot svg path").length, figure.querySelectorAll("tbody tr").length]);
    """
    charts = report.run(script)
    assert {"funnel", "inventories", "datasets", "countries", "sizes", "years", "density"} <= {
        name for name, *_ in charts
    }
    assert [name for name, marks, rows in charts if not marks or not rows] == []


def test_a_chart_that_cannot_be_drawn_shows_its_table_and_paper_the_warnings(report: Page) -> None:
    report.show("index.html")
    report.run("""
        const figure = document.querySelector("figure[data-chart]").cloneNode(true);
        figure.querySelector("details").open = false;
        figure.querySelector(".spec").textContent = "{";
        document.querySelector("main").append(figure);
        window.failed = figure;
        const script = document.createElement("script");
        script.src = "assets/charts.js?again";
        document.head.append(script);
        dispatchEvent(new Event("beforeprint"));
    """)
    report.wait("failed.querySelector('details').open && failed.querySelector('.plot').hidden")
    assert report.value("document.querySelector('.problems').open")


def test_no_text_of_a_chart_is_cut_off_at_400_pixels(page: Page) -> None:
    page.resize(NARROW)
    page.show("index.html")
    assert page.run(CUT_OFF) == []


def test_the_run_is_named(report: Page) -> None:
    assert "un of 20" in report.text("#run-line")
    assert report.texts("[data-asked]")[0] != ""


def test_a_table_is_sorted_by_the_button_of_its_heading(report: Page, tables: duckdb.DuckDBPyConnection) -> None:
    report.run("document.querySelectorAll('#country-table thead button')[2].click()")
    counts = [row[1] for row in report.run(ROWS, "#country-table tbody tr", "data-country")]
    assert counts == sorted(counts, reverse=True)
    report.run("document.querySelectorAll('#country-table thead button')[2].click()")
    counts = [row[1] for row in report.run(ROWS, "#country-table tbody tr", "data-country")]
    assert counts == sorted(counts)
    assert report.value("document.querySelector('#country-table th:nth-child(3)').ariaSort") == "ascending"


def test_the_matrix_shows_the_measure_that_is_chosen(report: Page) -> None:
    cells = "[...document.querySelectorAll('#matrix td')].map(e => e.textContent)"
    matched = report.value(cells)
    Select(report.driver.find_element(By.ID, "measure")).select_by_value("share")
    assert report.value(cells) != matched
    assert report.value("[...document.querySelectorAll('#matrix td')].every(e => e.textContent === e.dataset.share)")


def test_examples_of_flags_open_on_the_map(report: Page, tables: duckdb.DuckDBPyConnection) -> None:
    addresses = report.run("return [...document.querySelectorAll('.examples a')].map(e => e.getAttribute('href'))")
    assert addresses
    assert all(address.startswith("map.html#") for address in addresses)
    report.show(addresses[0])
    report.wait("eoPvMap.open() !== null")
    opened = report.value("eoPvMap.open().id")
    assert tables.execute("SELECT count(*) FROM installations WHERE installation_id = ?", [opened]).fetchone() == (1,)
