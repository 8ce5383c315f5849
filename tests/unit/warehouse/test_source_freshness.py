from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from loaders.core.files import write_json
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Settings
from loaders.warehouse.source_freshness import NEVER, freshness_config, freshness_lines, freshness_of
from tests.overture import keep_extract

SOURCES = {"a": {"url": "https://example.org/a"}, "b": {"url": "https://example.org/b"}, "own": {"path": "o.csv"}}


def _settings(**stated: Any) -> Settings:
    datasets = {key: {"key": key, "source": source} for key, source in SOURCES.items()}
    return Settings.model_validate({"origin": "doi", "datasets": datasets, **stated})


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectPaths:
    monkeypatch.setenv("EO_PV_CACHE", str(tmp_path / "cache"))
    return ProjectPaths(tmp_path, "doi")


def _ask(key: str, days: int, paths: ProjectPaths) -> datetime:
    asked_at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=days)
    write_json({"asked_at": asked_at.isoformat()}, paths.last_asked(key))
    return asked_at


def test_all_records_are_as_fresh_as_the_publisher_that_was_asked_least_recently(paths: ProjectPaths) -> None:
    _ask("a", 1, paths)
    asked_at = _ask("b", 20, paths)
    freshness = freshness_of("doi_pv_features", _settings(), paths)
    assert freshness.asked_at == freshness.time == asked_at
    day = f"{asked_at:%Y-%m-%d}"
    assert freshness.explanation == f"as its least recent dataset, b, its publisher was last asked 20 days ago ({day})"


def test_a_publisher_that_was_never_asked_is_never_fresh(paths: ProjectPaths) -> None:
    _ask("b", 0, paths)
    assert freshness_of("a", _settings(), paths).time == NEVER
    assert freshness_of("doi_pv_features", _settings(), paths).time == NEVER


@pytest.mark.parametrize("kept", ["", "2026-13-45.0"])
def test_boundaries_without_a_dated_release_are_not_fresh(kept: str, paths: ProjectPaths) -> None:
    if kept:
        keep_extract(paths, kept)
    freshness = freshness_of("admin_boundaries", _settings(), paths)
    assert freshness.time == NEVER
    assert freshness.explanation == "no boundaries of Overture Maps are here (`make all` reads them)"


def test_natural_earth_has_no_publisher_in_origin_doi_either(paths: ProjectPaths) -> None:
    freshness = freshness_of("admin_boundaries", _settings(boundaries={"source": "naturalearth"}), paths)
    assert freshness.explanation == "Natural Earth, bundled, nothing to ask"
    assert datetime.now(UTC) - freshness.time < timedelta(minutes=1)


def test_a_provider_without_a_response_on_this_machine_is_not_fresh(paths: ProjectPaths) -> None:
    freshness = freshness_of("solar_irradiance", _settings(irradiance={"provider": "nsrdb"}), paths)
    assert freshness.time == NEVER
    assert freshness.explanation == "nsrdb was never asked on this machine (`eo-pv irradiance` does)"


def test_a_table_that_no_setting_knows_says_how_to_write_the_sources_again(paths: ProjectPaths) -> None:
    (line,) = freshness_lines(["raw_data.removed_2019"], _settings(), paths)
    assert "`dbt run-operation update_hamilton_sources`" in line
    assert line.endswith(": raw_data.removed_2019")


def test_tables_with_the_same_explanation_share_a_line(paths: ProjectPaths) -> None:
    samples = ProjectPaths(paths.root, "sample")
    lines = freshness_lines(["raw_data.a", "raw_data.own", "raw_data.b"], _settings(origin="sample"), samples)
    assert [line.partition(": raw_data")[2] for line in lines] == [".a, raw_data.b", ".own"]


def test_limits_follow_how_often_a_publisher_publishes() -> None:
    limits = {name: freshness_config(name)["freshness"] for name in ("a", "admin_boundaries", "solar_irradiance")}
    week, fortnight = ({"count": days, "period": "day"} for days in (7, 14))
    assert limits == {
        "a": {"warn_after": week, "error_after": fortnight},
        "admin_boundaries": {"warn_after": {"count": 60, "period": "day"}},
        "solar_irradiance": {"warn_after": {"count": 365, "period": "day"}},
    }
