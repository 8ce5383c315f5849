"""The map page: what it says before any script runs, what it may ask for, and what a stranger's text can do in it."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loaders.core.errors import BuildError
from loaders.report.map.page.map_files import MapFiles
from loaders.report.map.page.overview import Frame, overview_svg
from loaders.report.map.page.page import SCRIPTS, map_html
from loaders.report.web.assets import REPORT
from loaders.report.web.script_files import as_json_bytes, write_script_file
from loaders.settings.report import TileServer

PAGE = REPORT / "map" / "page"
SERVER = TileServer(url="https://tiles.example.org/{z}/{x}/{y}.png", attribution="© Example")
HOSTILE = "</script><img src=x onerror=alert(1)>\u202e\n"


def dataset(**fields: Any) -> dict[str, Any]:
    return {
        "key": "here_made_2020",
        "label": "made",
        "title": "Plants",
        "doi": "10.1/abc",
        "url": "https://doi.org/10.1/abc",
        "version": "1",
        "licence": "CC-BY-4.0",
        "licence_verified": True,
    } | fields


def written(
    folder: Path, *, synthetic: str = "none", sizes: tuple[float, ...] = (1500.0, 2.5), **fields: Any
) -> MapFiles:
    """The data of a map with two installations, one hexagon and one square country."""
    corners = np.array([[[0, 0], [1, 0], [1.5, 1], [1, 2], [0, 2], [-0.5, 1]]], "<f4")
    square = [[[[-5, -5], [5, -5], [5, 5], [-5, 5], [-5, -5]]]]
    country = {"properties": {"kind": "country"}, "geometry": {"type": "MultiPolygon", "coordinates": square}}
    meta = {
        "count": len(sizes),
        "is_synthetic": synthetic,
        "bounds": [-5, -5, 5, 5],
        "datasets": [dataset(**fields)],
        "columns": {"size_mw": {"type": "f32"}, "hex": {"type": "u32"}},
        "hexagons": [{"resolution": 2, "count": 1}],
    }
    files = {
        "meta": as_json_bytes(meta),
        "land": as_json_bytes({"features": [country]}),
        "columns/size_mw": np.array(sizes, "<f4").tobytes(),
        "columns/hex": np.zeros(len(sizes), "<u4").tobytes(),
        "hexagons/2": corners.tobytes(),
    }
    for name, content in files.items():
        write_script_file(folder, f"map/{name}", content)
    return MapFiles(folder)


def policy(page: str) -> str:
    return re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")  # type: ignore[index]


def test_first_screen_says_how_many_installations_and_megawatts(tmp_path: Path) -> None:
    page = map_html(written(tmp_path))
    assert "<h1>2 solar installations, 1.50 GW</h1>" in page
    assert "1 published inventory" in page


def test_unknown_sizes_add_nothing_to_the_capacity(tmp_path: Path) -> None:
    assert "<h1>2 solar installations, 3.00 MW</h1>" in map_html(written(tmp_path, sizes=(3.0, float("nan"))))


@pytest.mark.parametrize(("synthetic", "start"), [("all", "Synthetic:"), ("some", "Partly synthetic:")])
def test_synthetic_installations_have_a_banner(tmp_path: Path, synthetic: str, start: str) -> None:
    assert f'id="banner">{start}' in map_html(written(tmp_path, synthetic=synthetic))


def test_published_installations_have_no_banner(tmp_path: Path) -> None:
    assert 'id="banner"' not in map_html(written(tmp_path))


def test_policy_comes_first_and_lets_nothing_be_asked_of_a_network(tmp_path: Path) -> None:
    page = map_html(written(tmp_path))
    assert page.index("Content-Security-Policy") < page.index("<script") < page.index("<body>")
    assert "connect-src 'none'" in policy(page)
    assert "https:" not in policy(page)
    assert "data-tile-server" not in page


def test_tile_server_of_the_settings_is_in_page_policy_and_attribution(tmp_path: Path) -> None:
    page = map_html(written(tmp_path), SERVER)
    assert "connect-src https://tiles.example.org;" in policy(page)
    assert 'data-tile-server="https://tiles.example.org/{z}/{x}/{y}.png"' in page
    assert "© Example" in page
    assert "except the tiles of tiles.example.org" in page


def test_text_of_publishers_is_text(tmp_path: Path) -> None:
    page = map_html(written(tmp_path, title=HOSTILE, version=HOSTILE, licence=HOSTILE, label=HOSTILE))
    assert "<img src=x" not in page
    assert "\u202e" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_address_that_is_no_web_page_is_no_link(tmp_path: Path) -> None:
    page = map_html(written(tmp_path, url="javascript:alert(1)", doi=None))
    assert "javascript:" not in page


def test_page_has_no_inline_script_style_or_handler(tmp_path: Path) -> None:
    page = map_html(written(tmp_path))
    assert not re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", page)
    assert "<style" not in page
    assert not re.findall(r"<[^>]*\s(?:style|on\w+)=", page)


def test_page_loads_each_script_of_its_folder_once_and_the_start_last() -> None:
    assert sorted(SCRIPTS) == sorted(path.name for path in PAGE.glob("*.js"))
    assert SCRIPTS[-1] == "map.js"


def test_scripts_write_no_html_and_run_no_text() -> None:
    code = "\n".join(re.sub(r"//.*", "", path.read_text(encoding="utf-8")) for path in sorted(PAGE.glob("*.js")))
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.setHTML\("
    assert re.findall(forbidden, code) == []


def test_every_element_that_a_script_looks_for_is_on_the_page_or_made_by_a_script(tmp_path: Path) -> None:
    page = map_html(written(tmp_path))
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PAGE.glob("*.js")))
    wanted = set(re.findall(r'getElementById\("([\w-]+)"\)', code))
    made = set(re.findall(r'id: "([\w-]+)"|button\("([\w-]+)"', code))
    on_page = set(re.findall(r'id="([\w-]+)"', page))
    assert wanted - on_page - {name for pair in made for name in pair} == set()


def test_missing_data_of_the_map_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"map/meta.js is missing from .*`eo-pv report`"):
        map_html(MapFiles(tmp_path))


def test_picture_shows_land_and_hexagons_within_its_frame(tmp_path: Path) -> None:
    picture = overview_svg(written(tmp_path))
    width, height = re.search(r'viewBox="0 0 (\d+) (\d+)"', picture).groups()  # type: ignore[union-attr]
    corners = re.search(r'class="land"[^>]* d="M([^Z]*)Z', picture)[1]  # type: ignore[index]
    xs, ys = zip(*(map(float, corner.split(",")) for corner in corners.split()), strict=True)
    assert 0 < min(xs) < max(xs) < int(width)
    assert 0 < min(ys) < max(ys) < int(height)
    assert picture.count('<path class="c') == 1


def test_picture_is_the_same_text_each_time(tmp_path: Path) -> None:
    assert overview_svg(written(tmp_path)) == overview_svg(MapFiles(tmp_path))


def test_world_fits_the_width_of_its_picture() -> None:
    frame = Frame.around([-179, -50, 179, 70])
    left, right = frame.pixels(np.array([[-180.0, 0.0], [180.0, 0.0]]))[:, 0]
    assert (round(left), round(right)) == (0, 1200)


@pytest.mark.parametrize(
    ("licence", "verified", "shown"),
    [
        ("CC-BY-4.0", True, "CC-BY-4.0 · "),
        ("CC-BY-4.0", False, "CC-BY-4.0 (not verified at its source) · "),
        (None, False, "not stated · "),
    ],
)
def test_licence_that_nobody_has_read_at_its_source_says_so(
    tmp_path: Path, licence: str | None, verified: bool, shown: str
) -> None:
    page = map_html(written(tmp_path, licence=licence, licence_verified=verified))
    assert f"Plants, version 1:\n{shown}" in page
