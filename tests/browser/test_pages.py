"""What holds for every page of the report, from disk and from a web server: safe, accessible, on any screen."""

from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from loaders.report.web.security import content_security_policy
from tests.browser.accessibility import ground, violations
from tests.browser.chromium import NARROW, Page
from tests.browser.hostile import ATTACK

PAGES = ("index.html", "map.html")
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


@pytest.fixture(params=PAGES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_it_opens_without_an_error_or_a_request_elsewhere(page_from_each: Page, name: str) -> None:
    page = page_from_each
    page.show(name)
    assert page.errors() == []
    assert page.requests_outside() == []
    assert len(page.requests()) > 3  # they are seen


def test_hostile_text_is_text(page_from_each: Page, name: str) -> None:
    page = page_from_each
    page.show(name)
    assert page.value("window.PWNED === undefined && ({}).n === undefined")
    assert page.value("document.querySelectorAll('img[src=x], svg[onload]').length") == 0
    links = page.run(LINKS)
    assert {scheme for scheme, *_ in links} <= {"file:", "http:", "https:"}
    assert [href for _, href, *_ in links if ATTACK in href] == []
    assert [href for _, href, target, rel in links if target == "_blank" and "noopener" not in rel] == []


def test_the_policy_comes_first_and_nothing_is_inline(page: Page, folder: Path, name: str) -> None:
    page.show(name)
    first = page.value("document.head.firstElementChild.outerHTML")
    assert first.startswith('<meta http-equiv="Content-Security-Policy"')
    assert page.value("document.head.firstElementChild.content") == content_security_policy()
    assert "unsafe" not in content_security_policy()
    assert page.run(INLINE, (folder / name).read_text(encoding="utf-8")) == []


def test_400_pixels_are_wide_enough(page: Page, name: str) -> None:
    page.resize(NARROW)
    page.show(name)
    page.screenshot(f"{name.removesuffix('.html')}-narrow")
    assert page.run(OVERFLOWING) == []
    assert page.value("document.documentElement.scrollWidth") == NARROW[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_in_light_and_dark(page: Page, name: str, scheme: str) -> None:
    page.emulate(prefers_color_scheme=scheme)
    page.show(name)
    page.screenshot(f"{name.removesuffix('.html')}-{scheme}")
    assert violations(page) == []


def test_dark_is_dark(page: Page, name: str) -> None:
    page.show(name)
    light = ground(page)
    page.emulate(prefers_color_scheme="dark")
    assert (light, ground(page)) == ("rgb(255, 255, 255)", "rgb(18, 23, 29)")


def test_nothing_moves_where_less_motion_is_wanted(page: Page, name: str) -> None:
    page.emulate(prefers_reduced_motion="reduce")
    page.show(name)
    assert page.value("document.getAnimations().map(each => each.effect.target.outerHTML.slice(0, 99))") == []


def test_on_paper_it_is_black_on_white_without_controls(page: Page, name: str) -> None:
    page.emulate("print", prefers_color_scheme="dark")
    page.show(name)
    page.screenshot(f"{name.removesuffix('.html')}-print")
    assert ground(page) == "rgb(255, 255, 255)"
    assert (
        page.value("[...document.querySelectorAll('header nav, button')].filter(e => e.checkVisibility()).length") == 0
    )


def test_the_keyboard_reaches_the_content_first_and_then_all_pages(page: Page, name: str) -> None:
    page.show(name)
    page.press(Keys.TAB)
    skip = page.run(FOCUS)
    assert (skip["tag"], skip["isShown"]) == ("A", True)
    assert page.value(f"document.querySelector({skip['href']!r}) !== null")
    page.press(Keys.TAB, Keys.TAB)
    assert page.run(FOCUS)["href"] in {*PAGES, "docs/index.html"}
