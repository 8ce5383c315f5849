from pathlib import Path
from typing import Any

import pytest
import yaml

from loaders.core.errors import SettingsError
from loaders.settings.params import Settings, read_settings


def _read(folder: Path, **entries: dict[str, Any]) -> Settings:
    datasets = {key: {"source": {"path": f"{key}.csv"}, **entry} for key, entry in entries.items()}
    (folder / "params.yaml").write_text(yaml.safe_dump({"datasets": datasets}, sort_keys=False))
    return read_settings(folder / "params.yaml")


def test_editions_are_counted_from_the_first_one(tmp_path: Path) -> None:
    settings = _read(tmp_path, v3={"version_of": "v2"}, v1={}, v2={"version_of": "v1"}, other={})
    found = {key: settings.inventory_and_edition(key) for key in settings.datasets}
    assert found == {"v3": ("v1", 2), "v1": ("v1", 0), "v2": ("v1", 1), "other": ("other", 0)}


def test_a_dataset_derives_from_datasets_and_from_namespaces(tmp_path: Path) -> None:
    cases = {"columns": {"identifiers": {"state_case": "id"}}}
    settings = _read(tmp_path, a=cases, b={"derived_from": ["a", "osm", "state_case"]}, c={"derived_from": "eia_plant"})
    assert settings.datasets["b"].derived_from == ("a", "osm", "state_case")
    assert settings.datasets["c"].derived_from == ("eia_plant",)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"v1": {}, "v2": {"version_of": "v0"}}, "datasets.v2.version_of: there is no dataset 'v0'. Did you mean v1?"),
        (
            {"farms": {}, "b": {"derived_from": ["frams"]}},
            "datasets.b.derived_from: there is no dataset or namespace 'frams'. Did you mean farms?",
        ),
        (
            {"b": {"derived_from": ["ocm"]}},
            "datasets.b.derived_from: there is no dataset or namespace 'ocm'. Did you mean osm?",
        ),
        ({"a": {"version_of": "a"}}, "a dataset descends from itself: a from a"),
        ({"a": {"derived_from": ["a"]}}, "a dataset descends from itself: a from a"),
        ({"a": {"version_of": "b"}, "b": {"derived_from": ["a"]}}, "from itself: a from b from a"),
        (
            {"v1": {}, "v2": {"version_of": "v1"}, "v3": {"version_of": "v1"}},
            "v2 and v3 both have version_of: v1; each edition names the one before it",
        ),
    ],
)
def test_a_descent_that_cannot_be_meant_is_refused(
    entries: dict[str, dict[str, Any]], message: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError) as refused:
        _read(tmp_path, **entries)
    assert message in str(refused.value)
