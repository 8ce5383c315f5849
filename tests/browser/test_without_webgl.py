"""Where a browser has no WebGL, the map page has a picture and a table."""

from collections.abc import Iterator

import duckdb
import pytest
from selenium import webdriver

from tests.browser.accessibility import violations
from tests.browser.chromium import WITHOUT_WEBGL, Page, chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with chromium(*WITHOUT_WEBGL) as started:
        yield started


@pytest.fixture
def map_page(page: Page) -> Page:
    page.show("map.html")
    return page


def test_the_picture_and_the_table_remain(map_page: Page, tables: duckdb.DuckDBPyConnection) -> None:
    map_page.screenshot("map-without-webgl")
    (count,) = tables.execute("SELECT count(*) FROM installations").fetchone() or (0,)
    assert map_page.value("eoPvMap.hasWebGL()") is False
    assert map_page.value("document.getElementById('overview').checkVisibility()")
    assert map_page.value(
        "[...document.querySelectorAll('#overview img')].every(e => e.complete && e.naturalWidth > 0)"
    )
    assert map_page.value("document.getElementById('table').checkVisibility()")
    assert map_page.value("Number(document.getElementById('table').dataset.count)") == count
    assert map_page.errors() == []
    assert violations(map_page) == []


def test_a_row_of_the_table_opens_its_installation(map_page: Page) -> None:
    map_page.run("document.querySelector('#table tr[data-number] button, #table tr[data-number] a').click()")
    map_page.wait("eoPvMap.open() !== null")
    assert map_page.value("document.querySelectorAll('#details [data-record]').length") > 0
    assert map_page.errors() == []
