"""The map shows what the tables hold: counts under every filter, the record that is clicked, what is searched for."""

from collections.abc import Mapping
from typing import Any

import duckdb
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from tests.browser.chromium import IS_STILL, NARROW, Page

PANELS = "SELECT installation_id, panel_capacity_mw AS size FROM yield"
FILTERED = f"""
    SELECT count(*), coalesce(sum(size), 0) FROM installations LEFT JOIN ({PANELS}) USING (installation_id)
    WHERE {{condition}}
"""  # noqa: S608 (constants)
FILTERS: Mapping[str, tuple[str, str]] = {
    # the most frequent value of each, and which installations it stands for
    "country": ("SELECT mode(country) FROM installations", "country = $value"),
    "dataset": ("SELECT mode(dataset_key) FROM records", "list_contains(dataset_keys, $value)"),
    "status": ("SELECT mode(status) FROM installations", "status = $value"),
    "licence": ("SELECT mode(licence) FROM installations", "licence = $value"),
    "confidence": ("SELECT mode(confidence) FROM installations", "confidence = $value"),
}
PAIRS = "SELECT count(*) FROM pairs WHERE $id IN (installation_id_a, installation_id_b)"
INSIDE = """
    SELECT count(*) FROM installations
    WHERE centroid_lon BETWEEN $1 AND $2 AND centroid_lat BETWEEN $3 AND $4
"""
DRAWN_NUMBERS = """
    const features = eoPvMap.map().queryRenderedFeatures({layers: arguments[0]});
    return [...new Set(features.map(feature => feature.properties.i))];
"""
DRAWN = "eoPvMap.map().getSource('hexagons').serialize().data.features"


def _totals(page: Page) -> tuple[int, float]:
    shown = page.value("({...document.getElementById('shown').dataset})")
    return int(shown["count"]), float(shown["megawatts"])


def _expected(tables: duckdb.DuckDBPyConnection, condition: str, **values: Any) -> tuple[int, Any]:
    count, megawatts = tables.execute(FILTERED.format(condition=condition), values).fetchone() or (0, 0.0)
    return count, pytest.approx(megawatts, rel=1e-5, abs=1e-3)


def test_it_starts_with_every_installation(map_page: Page, tables: duckdb.DuckDBPyConnection) -> None:
    assert _totals(map_page) == _expected(tables, "true")
    map_page.screenshot("map-far")


def test_the_hexagons_hold_every_installation_once(map_page: Page, tables: duckdb.DuckDBPyConnection) -> None:
    map_page.run("eoPvMap.map().jumpTo({zoom: 1, center: [0, 20]})")
    map_page.wait(IS_STILL)
    count, megawatts = map_page.value(
        f"{DRAWN}.reduce(([n, mw], {{properties: p}}) => [n + p.count, mw + p.megawatts], [0, 0])"
    )
    assert (count, megawatts) == _expected(tables, "true")


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_leaves_what_the_tables_count(name: str, map_page: Page, tables: duckdb.DuckDBPyConnection) -> None:
    query, condition = FILTERS[name]
    (value,) = tables.execute(query).fetchone() or ("",)
    expected = _expected(tables, condition, value=value)
    assert expected[0] > 0
    Select(map_page.driver.find_element(By.ID, f"filter-{name}")).select_by_value(value)
    map_page.wait(f"document.getElementById('shown').dataset.count === '{expected[0]}'")
    assert _totals(map_page) == expected
    map_page.wait(IS_STILL)
    assert map_page.value(f"{DRAWN}.reduce((n, {{properties: p}}) => n + p.count, 0)") == expected[0]
    assert f"{name}=" in map_page.value("location.hash")


def test_sizes_and_a_second_filter_narrow_it_further(map_page: Page, tables: duckdb.DuckDBPyConnection) -> None:
    expected = _expected(tables, "size >= 1 AND size <= 20 AND confidence = 'high'")
    for name, text in (("min", "1"), ("max", "20")):
        field = map_page.driver.find_element(By.ID, f"filter-{name}")
        field.send_keys(text, Keys.TAB)
    Select(map_page.driver.find_element(By.ID, "filter-confidence")).select_by_value("high")
    map_page.wait(f"document.getElementById('shown').dataset.count === '{expected[0]}'")
    assert _totals(map_page) == expected
    map_page.driver.find_element(By.ID, "filter-clear").click()
    map_page.wait(f"document.getElementById('shown').dataset.count === '{_expected(tables, 'true')[0]}'")
    assert map_page.wait("!location.hash.includes('min=')")


def test_a_click_opens_the_installation_with_its_records_and_pairs(
    map_window: Page, roof: dict[str, Any], tables: duckdb.DuckDBPyConnection
) -> None:
    map_window.show(f"map.html#15/{roof['lat']}/{roof['lon']}")
    map_window.wait(IS_STILL)
    map_window.screenshot("map-near")
    x, y = map_window.run(
        "const p = eoPvMap.map().project(arguments[0]), box = eoPvMap.map().getCanvas().getBoundingClientRect();"
        "return [p.x + box.left, p.y + box.top]",
        [roof["lon"], roof["lat"]],
    )
    map_window.click_at(x, y)
    map_window.wait("eoPvMap.open() !== null")
    map_window.screenshot("map-installation")
    assert map_window.value("document.getElementById('details').dataset.installation") == roof["id"]
    assert sorted(
        map_window.run("return [...document.querySelectorAll('#details [data-record]')].map(e => e.dataset.record)")
    ) == sorted(roof["records"])
    (pairs,) = tables.execute(PAIRS, {"id": roof["id"]}).fetchone() or (0,)
    assert map_window.value("document.querySelectorAll('#details tr[data-joined]').length") == min(pairs, 30)
    reasons = {reason.replace("_", " ") for (reason,) in tables.execute("SELECT reason FROM pairs").fetchall()}
    shown = map_window.texts("#details tr[data-joined] td p:first-child")
    assert {reason.replace("_", " ") for reason in shown} <= reasons
    osm = map_window.value("document.getElementById('details-osm').href")
    assert osm.startswith(f"https://www.openstreetmap.org/?mlat={roof['lat']:.5f}&mlon={roof['lon']:.5f}#map=")
    assert map_window.errors() == []
    assert map_window.requests_outside() == []
    assert map_window.value("window.PWNED") is None


def test_the_tiles_hold_every_installation_in_view(
    map_page: Page, roof: dict[str, Any], tables: duckdb.DuckDBPyConnection
) -> None:
    for zoom, layers in ((7, ["points"]), (10, ["outlines-fill", "outlines-points"])):
        map_page.run(
            "eoPvMap.map().jumpTo({zoom: arguments[0], center: arguments[1]})", zoom, [roof["lon"], roof["lat"]]
        )
        map_page.wait(IS_STILL)
        drawn = map_page.run(DRAWN_NUMBERS, layers)
        west, south, east, north = map_page.value("eoPvMap.map().getBounds().toArray().flat()")
        (inside,) = tables.execute(INSIDE, [west, east, south, north]).fetchone() or (0,)
        assert inside > 0
        assert inside <= len(drawn) <= inside + 3  # the edge of one may be in view, its centroid not


def test_every_colour_is_drawn_without_an_error(map_page: Page) -> None:
    map_page.forget()
    colours = map_page.run("return [...document.getElementById('colour').options].map(option => option.value)")
    assert set(colours) >= {"size", "confidence", "status", "year"}
    legends = set()
    for colour in colours:
        Select(map_page.driver.find_element(By.ID, "colour")).select_by_value(colour)
        map_page.wait(f"eoPvMap.state().colour === '{colour}' && {IS_STILL}")
        legends.add(map_page.text("#legend"))
    assert len(legends) == len(colours)
    assert map_page.errors() == []


def test_the_outlines_of_a_source_lie_over_ours(
    map_window: Page, roof: dict[str, Any], tables: duckdb.DuckDBPyConnection
) -> None:
    key = tables.execute("SELECT dataset_key FROM records WHERE record_id = ?", [roof["records"][0]]).fetchone()
    assert key
    map_window.show(f"map.html#15/{roof['lat']}/{roof['lon']}?sources={key[0]}")
    map_window.wait(IS_STILL)
    drawn = (
        "eoPvMap.map().queryRenderedFeatures().filter(f => f.layer.id.startsWith('source-')).map(f => f.properties.r)"
    )
    assert roof["records"][0] in map_window.value(drawn)
    map_window.screenshot("map-sources")
    map_window.run("document.getElementById(arguments[0]).click()", f"source-{key[0]}")
    map_window.wait(f"{drawn}.length === 0")


def test_the_table_beside_the_map_holds_what_is_in_view(map_page: Page, tables: duckdb.DuckDBPyConnection) -> None:
    map_page.driver.find_element(By.ID, "table-toggle").click()
    count, _ = _totals(map_page)
    map_page.wait("!document.getElementById('table').hidden")
    assert int(map_page.wait("document.getElementById('table').dataset.count")) == count
    map_page.run("document.querySelector('#table tr[data-number] button, #table tr[data-number] a').click()")
    map_page.wait("eoPvMap.open() !== null")
    opened = map_page.value("eoPvMap.open().id")
    assert tables.execute("SELECT count(*) FROM installations WHERE installation_id = ?", [opened]).fetchone() == (1,)


def test_an_installation_fits_a_narrow_screen(map_window: Page, roof: dict[str, Any]) -> None:
    map_window.resize(NARROW)
    map_window.show(f"map.html#15/{roof['lat']}/{roof['lon']}/{roof['id']}")
    map_window.wait("eoPvMap.open() !== null")
    map_window.wait(IS_STILL)
    map_window.screenshot("map-installation-narrow")
    assert map_window.value("document.documentElement.scrollWidth") == NARROW[0]
