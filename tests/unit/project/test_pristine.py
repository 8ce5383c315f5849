"""Tests take the published settings, not what a user has made of them by the examples of the docs."""

import yaml

from tests.pristine import ROOT, overrides_text, settings_text


def test_settings_that_a_user_has_changed_are_again_the_published_ones() -> None:
    published = settings_text((ROOT / "params.yaml").read_text("utf-8"))
    changed = published.replace("origin: sample", "origin: doi").replace("h3_resolution: 8", "h3_resolution: 9")
    changed = changed.replace("share_alike, non_commercial, unknown]", "share_alike]").replace(
        "near_m: 50", "near_m: 60"
    )
    changed += "\n  my_farms:\n    source: {path: ../farms.gpkg}\n"
    assert len(set(changed.splitlines()) - set(published.splitlines())) == 6
    assert yaml.safe_load(settings_text(changed)) == yaml.safe_load(published)
    assert settings_text(published) == published


def test_overrides_of_a_user_are_left_out() -> None:
    assert overrides_text("# why\norigin,verdict\nsample,same\n") == "# why\norigin,verdict\n"
