import re
from pathlib import Path

import pytest

from loaders.report.web import assets, vega


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(assets, "vega_bundle", lambda: "window.vega={};")  # bundling takes seconds
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "old.js").write_text("old", encoding="utf-8")
    assets.write_assets(tmp_path / "assets")
    return tmp_path / "assets"


def test_assets_are_styles_scripts_and_libraries(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    assert {"base.css", "files.js", "maplibre-gl.js", "maplibre-gl.css", "vega.js", "LICENCES.txt"} <= names
    assert "old.js" not in names


def test_no_asset_names_a_source_map_which_a_browser_would_ask_for(folder: Path) -> None:
    assert [path.name for path in folder.glob("*.js") if "sourceMappingURL" in path.read_text(encoding="utf-8")] == []


def test_licences_name_the_installed_versions(folder: Path) -> None:
    text = (folder / "LICENCES.txt").read_text(encoding="utf-8")
    assert "MapLibre GL JS 5.3.0 (maplibre-gl.js" in text
    assert "\nVega 6." in text
    assert "Copyright (c) 2023, MapLibre contributors\n" in text


def test_vega_is_its_runtime_with_the_interpreter() -> None:
    bundle = vega.vega_bundle()
    assert re.search(r"window\.vega=\{View:[\w$]+,parse:[\w$]+,expressionInterpreter:[\w$]+\};\s*$", bundle)
    assert len(bundle) < 650_000


def test_under_a_limit_of_the_address_space_there_are_no_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """V8 would end the process."""
    monkeypatch.setattr(vega, "has_address_space_limit", lambda: True)
    assert vega.vega_bundle() == ""
    assert vega.compiled_chart({"mark": "bar"}) == {}
