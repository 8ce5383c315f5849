"""A project for the user's own data: what it has of this checkout, and what it leaves out."""

import sys
from pathlib import Path

import pytest
import yaml

from loaders.add import new_project
from loaders.add.new_project import CHECKOUT, OWN_CHOICES, create_project, own_settings
from loaders.core.errors import EoPvError
from loaders.settings.project import read_project
from tests.pristine import settings_text
from tests.unit.conftest import Run

TEXT = """\
# top
origin: sample   # or doi
dedup:
  priority: [a_2020]
  near_m: 60
boundaries:
  # how
  source: overture   # or naturalearth
  release: latest
datasets:
  a_2020:
    source: {path: a.csv}

  # of b
  b_2020:
    source: {path: b.csv}
not_loaded: {}
"""


def test_its_settings_are_those_of_the_checkout_with_real_data_and_without_datasets() -> None:
    assert own_settings(TEXT).splitlines() == [
        *("# top", "origin: doi   # or doi", "dedup:", "  priority: []", "  near_m: 60", "boundaries:", "  # how"),
        *("  source: naturalearth   # or naturalearth", "  release: latest", "datasets: {}", "not_loaded: {}"),
    ]


def test_each_change_finds_its_place_in_the_projects_own_settings() -> None:
    text = settings_text((CHECKOUT / "params.yaml").read_text(encoding="utf-8"))
    before, after = yaml.safe_load(text), yaml.safe_load(own_settings(text))
    before |= {"origin": "doi", "datasets": {}}
    before["boundaries"] |= {"source": "naturalearth"}
    before["dedup"] |= {"priority": []}
    assert (after, len(OWN_CHOICES)) == (before, 4)


def test_it_has_the_program_and_neither_samples_nor_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "my farms"
    monkeypatch.setattr(sys, "prefix", str(CHECKOUT / ".venv"))
    create_project(folder)
    settings, paths = read_project(folder / "params.yaml", may_be_empty=True)
    assert (settings.origin, settings.boundary_source, dict(settings.datasets)) == ("doi", "naturalearth", {})
    assert [path.name for path in paths.samples("").iterdir()] == ["admin_boundaries"]
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == [
        ".dvc",
        "data",
        "dbt",
        "loaders",
        "local",
    ]
    assert (folder / "overrides.csv").read_text().splitlines()[-1].startswith("origin,verdict,record_id_a")
    assert (folder / ".venv").read_text() == f"{CHECKOUT / '.venv'}\n"
    assert not [path for path in folder.rglob("*") if path.name in {"__pycache__", "target"}]


def test_a_folder_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(EoPvError, match=r"exists already, and is not empty\. Name a new folder: `eo-pv init my-farms`"):
        create_project(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_without_a_checkout_there_is_nothing_to_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_project, "CHECKOUT", tmp_path)
    with pytest.raises(EoPvError, match=r"from a checkout of eo-pv; .* has no \.dvc/config\. Clone the repository"):
        create_project(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_the_command_says_what_to_type_next(eo_pv: Run, project: Path) -> None:
    code, out, _ = eo_pv("init", "my farms")
    assert (code, "  cd 'my farms'\n  eo-pv add FILE " in out, (project / "my farms" / "dvc.yaml").exists()) == (
        0,
        True,
        True,
    )
