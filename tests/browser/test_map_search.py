"""Ways to a place on the map: its address, and the search by id, name and coordinates."""

from typing import Any

import duckdb
import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.chromium import IS_STILL, Page


def _type(page: Page, question: str) -> None:
    """Type into the search field, and wait for its results."""
    page.run("document.getElementById('search').focus()")
    page.press(question)
    page.wait("document.querySelectorAll('#search-results [role=option]').length > 0", seconds=10)


def test_a_permalink_opens_the_same_again(map_window: Page, roof: dict[str, Any]) -> None:
    map_window.show(f"map.html#12.5/{roof['lat']:.5f}/{roof['lon']:.5f}/{roof['id']}?colour=confidence&confidence=high")
    map_window.wait("eoPvMap.open() !== null")
    assert map_window.value("document.getElementById('details').dataset.installation") == roof["id"]
    center = map_window.value("[eoPvMap.map().getZoom(), eoPvMap.map().getCenter().lat, eoPvMap.map().getCenter().lng]")
    assert center == pytest.approx([12.5, roof["lat"], roof["lon"]], abs=1e-4)
    assert map_window.value("document.getElementById('filter-confidence').value") == "high"
    assert map_window.value("document.getElementById('colour').value") == "confidence"
    assert roof["id"] in map_window.value("location.hash")


def test_an_id_alone_is_an_address_that_goes_there(map_window: Page, roof: dict[str, Any]) -> None:
    map_window.emulate(prefers_reduced_motion="reduce")
    map_window.show(f"map.html#{roof['id']}")
    map_window.wait("eoPvMap.open() !== null && eoPvMap.map().getZoom() > 10")
    assert map_window.value("document.getElementById('details').dataset.installation") == roof["id"]
    map_window.wait(IS_STILL)
    assert map_window.value(f"eoPvMap.map().getBounds().contains([{roof['lon']}, {roof['lat']}])")


def test_an_address_of_nonsense_shows_the_whole_map(map_window: Page) -> None:
    map_window.show(
        "map.html#99/abc/%ff/<img src=x onerror=window.PWNED=1>?colour=__proto__&country=%00&min=x&sources=,,"
    )
    map_window.wait(IS_STILL)
    assert map_window.value("window.PWNED") is None
    assert map_window.errors() == []


@pytest.mark.parametrize("kind", ["installation", "record"])
def test_an_id_is_found_by_keyboard_alone(kind: str, map_page: Page, roof: dict[str, Any]) -> None:
    question = roof["id"] if kind == "installation" else sorted(roof["records"])[0]
    _type(map_page, question)
    map_page.press(Keys.ARROW_DOWN, Keys.ENTER)
    map_page.wait("eoPvMap.open() !== null")
    assert map_page.value("document.getElementById('details').dataset.installation") == roof["id"]
    map_page.wait("document.getElementById('details').contains(document.activeElement)")
    map_page.press(Keys.ESCAPE)
    map_page.wait("eoPvMap.open() === null")
    map_page.wait("document.getElementById('details').hidden")


def test_a_hostile_name_is_found_as_it_is_written(map_page: Page, tables: duckdb.DuckDBPyConnection) -> None:
    _type(map_page, "<img src=x")
    map_page.screenshot("map-search")
    map_page.press(Keys.ARROW_DOWN, Keys.ENTER)
    map_page.wait("eoPvMap.open() !== null")
    name = map_page.value("eoPvMap.open().name")
    assert name.startswith("<img src=x onerror=")
    assert map_page.text("#details-title") == name
    assert map_page.value("window.PWNED") is None
    assert tables.execute("SELECT count(*) > 0 FROM installations WHERE name = ?", [name]).fetchone() == (True,)


def test_coordinates_are_a_place(map_page: Page) -> None:
    _type(map_page, "51.5, -10.25")
    map_page.press(Keys.ENTER)
    map_page.wait(f"eoPvMap.map().getZoom() > 10 && {IS_STILL}")
    assert map_page.value("[eoPvMap.map().getCenter().lat, eoPvMap.map().getCenter().lng]") == pytest.approx(
        [51.5, -10.25], abs=1e-4
    )
