"""What holds for every page of the report, from disk and from a web server: safe, accessible, on any screen."""

from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from loaders.report.web.security import content_security_policy
from tests.browser.accessibility import violations
from tests.browser.chromium import NARROW, Page
from tests.browser.conftest import Windows

PAGES = ("index.html", "map.html")
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(18, 23, 29)"
INLINE = """
    const all = [...document.querySelectorAll("*")];
    const isCode = e => e.tagName === "STYLE" || e.tagName === "SCRIPT" && !e.src && e.type !== "application/json";
    const isHandler = name => name.startsWith("on") || name === "style";
    const inHtml = new DOMParser().parseFromString(arguments[0], "text/html");
    const written = [...inHtml.querySelectorAll("*")].filter(e => e.getAttributeNames().some(isHandler));
    return [...all.filter(isCode), ...written].map(e => e.outerHTML.slice(0, 200));
"""
LINKS = "return [...document.querySelectorAll('a[href]')].map(e => [e.protocol, e.href, e.target, e.rel])"
OVERFLOWING = """
    const width = document.documentElement.clientWidth;
    const clips = ["auto", "scroll", "hidden", "clip"];
    const isInside = e => e && (clips.includes(getComputedStyle(e).overflowX) || isInside(e.parentElement));
    return [...document.body.querySelectorAll("*")]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > width + 1 && !isInside(e.parentElement))
        .map(e => e.outerHTML.slice(0, 120));
"""
FOCUS = """
    const e = document.activeElement, box = e.getBoundingClientRect();
    const isShown = box.width * box.height > 0 && box.left >= 0 && box.top >= 0;
    return {tag: e.tagName, text: e.textContent.trim(), href: e.getAttribute("href"), isShown};
"""
SHOWN_CONTROLS = """
    [...document.querySelectorAll("header nav, button:not(th > button), select, input")]
        .filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 99))
"""


@pytest.fixture(scope="module", params=["disk", "server"])
def source(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=PAGES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest, windows: Windows, folder: Path, source: str, name: str) -> Page:
    """Each page from each source, opened once for the tests that only look."""
    base = f"{folder.as_uri()}/" if source == "disk" else request.getfixturevalue("site")
    page = windows(base)
    page.show(name)
    page.wait("document.querySelectorAll('iframe').length === 0 || performance.now() > 1500")  # of the map within
    return page


def test_it_opens_without_an_error_or_a_request_elsewhere(opened: Page) -> None:
    assert opened.errors() == []
    assert opened.requests_outside() == []
    assert len(opened.requests()) > 3  # they are logged


def test_hostile_text_is_text(opened: Page) -> None:
    assert opened.value("window.PWNED === undefined && document.title.includes('solar installations')")
    assert opened.value("document.querySelectorAll('img[src=x], svg[onload]').length") == 0
    links = opened.run(LINKS)
    assert {scheme for scheme, *_ in links} <= {"file:", "http:", "https:"}
    assert [href for _, href, target, rel in links if target == "_blank" and "noopener" not in rel] == []


def test_the_policy_comes_first_and_nothing_is_inline(opened: Page, folder: Path, name: str) -> None:
    first = opened.value("document.head.firstElementChild.outerHTML")
    assert first.startswith('<meta http-equiv="Content-Security-Policy"')
    assert opened.value("document.head.firstElementChild.content") == content_security_policy()
    assert "unsafe" not in content_security_policy()
    assert opened.run(INLINE, (folder / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", PAGES)
def test_it_is_accessible_in_light_and_dark_and_on_paper_black_on_white(page: Page, name: str) -> None:
    page.show(name)
    found = {}
    for scheme, ground in (("light", LIGHT), ("dark", DARK)):
        page.emulate(prefers_color_scheme=scheme)
        page.wait(f"getComputedStyle(document.body).backgroundColor === '{ground}'")
        page.screenshot(f"{name.removesuffix('.html')}-{scheme}")
        found[scheme] = violations(page)
    assert found == {"light": [], "dark": []}
    page.emulate("print", prefers_color_scheme="dark")
    page.screenshot(f"{name.removesuffix('.html')}-print")
    assert page.value("getComputedStyle(document.body).backgroundColor") == LIGHT
    assert page.value(SHOWN_CONTROLS) == []
    assert page.errors() == []


@pytest.mark.parametrize("name", PAGES)
def test_400_pixels_are_wide_enough_and_nothing_moves_unasked(page: Page, name: str) -> None:
    page.resize(NARROW)
    page.emulate(prefers_reduced_motion="reduce")
    page.show(name)
    page.screenshot(f"{name.removesuffix('.html')}-narrow")
    assert page.run(OVERFLOWING) == []
    assert page.value("document.documentElement.scrollWidth") == NARROW[0]
    assert page.value("document.getAnimations().map(each => each.effect.target.outerHTML.slice(0, 99))") == []


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_reaches_the_content_first_and_then_all_pages(page: Page, name: str) -> None:
    page.show(name)
    page.press(Keys.TAB)
    skip = page.run(FOCUS)
    assert (skip["tag"], skip["isShown"]) == ("A", True)
    assert page.value(f"document.querySelector({skip['href']!r}) !== null")
    page.press(Keys.TAB, Keys.TAB)
    assert page.run(FOCUS)["href"] in {*PAGES, "docs/index.html"}
