"""The effective settings: what DVC compares, defaults included."""

import json
from typing import Any

from loaders.core.paths import ProjectPaths
from loaders.settings.effective import effective_settings, write_effective_settings
from loaders.settings.params import Settings


def settings(**more: Any) -> Settings:
    datasets = {key: {"key": key, "source": {"path": f"{key}.geojson"}} for key in ("north", "south")}
    return Settings.model_validate({"datasets": datasets} | more)


def test_what_is_left_out_has_its_default() -> None:
    document: Any = effective_settings(settings())
    assert (document["h3_resolution"], document["boundaries"]["release"]) == (8, "latest")
    assert document["include_status"] == ["operating", "unknown"]
    assert document == effective_settings(settings(h3_resolution=8, boundaries={"release": None}))


def test_the_size_limit_and_the_downloads_are_no_part_of_it() -> None:
    assert effective_settings(settings(max_mb=1.0, download={"attempts": 2}, executor="dask")) == effective_settings(
        settings()
    )


def test_another_entry_or_another_order_of_datasets_is_another_document() -> None:
    document: Any = effective_settings(settings())
    entries = {key: {"key": key, "source": {"path": f"{key}.geojson"}} for key in ("south", "north")}
    turned: Any = effective_settings(settings(datasets=entries))
    assert (turned["datasets"], turned["precedence"]) == (document["datasets"], ["south", "north"])
    entries["south"] |= {"licence": "CC0-1.0"}
    changed: Any = effective_settings(settings(datasets=entries))
    assert [changed["datasets"][key] == document["datasets"][key] for key in ("north", "south")] == [True, False]


def test_own_datasets_are_no_part_of_it(paths: ProjectPaths) -> None:
    document: Any = effective_settings(settings(), own={"south"})
    assert (list(document["datasets"]), document["precedence"]) == (["north"], ["north"])
    (paths.root / "local").mkdir()
    (paths.root / "local" / "params.yaml").write_text("datasets: {south: {source: {path: south.geojson}}}")
    write_effective_settings(settings(), paths)
    assert list(json.loads(paths.settings.read_text())["datasets"]) == ["north"]
    before = paths.settings.stat().st_ino
    write_effective_settings(settings(), paths)
    assert paths.settings.stat().st_ino == before, "it is written only if it changes"
