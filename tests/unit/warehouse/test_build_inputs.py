from pathlib import Path
from typing import Any

import yaml

from loaders.settings.params import Settings, read_settings
from loaders.warehouse.build_inputs import dataset_terms, settings_hash


def _settings(folder: Path, **entries: dict[str, Any]) -> Settings:
    datasets = {key: {"source": {"path": f"{key}.csv"}, **entry} for key, entry in entries.items()}
    (folder / "params.yaml").write_text(yaml.safe_dump({"datasets": datasets}, sort_keys=False))
    return read_settings(folder / "params.yaml")


def test_the_terms_say_what_a_dataset_descends_from_and_whose_capacity_it_states(tmp_path: Path) -> None:
    capacity = {"column": "mw", "unit": "MW", "of": "group"}
    settings = _settings(
        tmp_path,
        v1={"columns": {"group": "plant", "capacity": capacity}},
        v2={"version_of": "v1", "columns": {"capacity": {"column": "mw", "unit": "MW"}}},
        other={"derived_from": ["v1", "osm"]},
    )
    names = ("dataset_key", "version_of", "inventory", "edition", "derived_from", "capacity_of")
    assert [tuple(row[name] for name in names) for row in dataset_terms(settings)] == [
        ("v1", None, "v1", 0, [], "group"),
        ("v2", "v1", "v1", 1, [], "record"),
        ("other", None, "other", 0, ["v1", "osm"], "record"),
    ]


def test_the_year_of_a_dataset_is_the_one_at_the_end_of_its_key(tmp_path: Path) -> None:
    settings = _settings(tmp_path, gbr_repd_2020={}, gbr_repd_2020_north={}, farms={}, grid_1234={})
    assert [row["year"] for row in dataset_terms(settings)] == [2020, None, None, None]


def test_other_statuses_or_technologies_make_the_settings_of_a_warehouse_stale(tmp_path: Path) -> None:
    settings = _settings(tmp_path, farms={})
    others = ({"include_status": ("planned",)}, {"include_technology": ("pv", "csp")})
    hashes = {settings_hash(settings.model_copy(update=other), ()) for other in others}
    assert len(hashes | {settings_hash(settings, ())}) == 3


def test_another_descent_makes_the_settings_of_a_warehouse_stale(tmp_path: Path) -> None:
    plain = settings_hash(_settings(tmp_path, v1={}, v2={}), ())
    assert plain != settings_hash(_settings(tmp_path, v1={}, v2={"version_of": "v1"}), ())
    assert plain != settings_hash(_settings(tmp_path, v1={}, v2={"derived_from": ["v1"]}), ())


def test_each_licence_of_a_dataset_is_allowed_or_not_by_its_kind(tmp_path: Path) -> None:
    values = {"OSM": "ODbL-1.0", "TZSAM": "CC-BY-NC-4.0", "USPVDB": "public-domain"}
    licence = {"column": "Source", "values": values, "otherwise": "unknown"}
    settings = _settings(tmp_path, mixed={"licence": licence}, silent={})
    permissive = settings.model_copy(
        update={"licences": settings.licences.model_copy(update={"allow": ("permissive",)})}
    )
    mixed, silent = dataset_terms(permissive)
    assert {each["licence"]: each["is_allowed"] for each in mixed["licences"]} == {
        "ODbL-1.0": False,
        "CC-BY-NC-4.0": False,
        "public-domain": True,
        "not stated": False,
    }
    names = ("licence", "licence_kind", "is_allowed")
    assert [tuple(row[name] for name in names) for row in (mixed, silent)] == [
        ("CC-BY-NC-4.0", "non_commercial", True),
        ("not stated", "unknown", False),
    ]
