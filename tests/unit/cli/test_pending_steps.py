"""The steps that would run, as `eo-pv plan` lists them."""

from pathlib import Path

import pytest
import yaml
from dvc.repo import Repo

from loaders.cli.pending_steps import PendingSteps, pending_steps
from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.settings.project import read_project

ECHO = "python -c 0"
STAGES = {
    "settings": {"cmd": ECHO, "deps": ["params.yaml"], "outs": ["data/sample/settings.json"]},
    "load": {
        "foreach": "${datasets}",
        "do": {
            "cmd": ECHO,
            "params": ["datasets.${key}", {"data/sample/settings.json": ["h3_resolution"]}],
            "outs": ["${key}.out"],
        },
    },
    "build": {"cmd": ECHO, "deps": ["a.out", "b.out"], "params": [{"data/sample/settings.json": ["dedup"]}]},
}


@pytest.fixture
def workflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project of DVC of which all is up to date."""
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(tmp_path / "site"))
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")
    edit(tmp_path)
    (tmp_path / "dvc.yaml").write_text(yaml.safe_dump({"stages": STAGES}))
    for name in ("a", "b"):
        (tmp_path / f"{name}.out").write_text(name)
    with Repo.init(str(tmp_path), no_scm=True) as repo:
        pending_steps(*read_project(tmp_path / "params.yaml"))  # writes the effective settings
        with monkeypatch.context() as there:
            there.chdir(tmp_path)  # where it looks for stages
            repo.commit(force=True)
    return tmp_path


def edit(root: Path, **more: object) -> None:
    entries = {name: {"source": {"path": f"{name}.geojson"}} for name in ("a", "b")}
    (root / "params.yaml").write_text(yaml.safe_dump({"origin": "sample", "datasets": entries} | more))


def planned(root: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    steps = pending_steps(*read_project(root / "params.yaml"))
    return steps.certain, steps.possible


def test_only_what_a_setting_touches_would_run(workflow: Path) -> None:
    assert planned(workflow) == ((), ())
    edit(workflow, max_mb=3)
    assert planned(workflow) == (("settings",), ())
    edit(workflow, include_status=["operating"])
    assert planned(workflow) == (("settings",), ())
    edit(workflow, h3_resolution=7)
    assert planned(workflow) == (("settings", "load@a", "load@b"), ("build",))
    edit(workflow, dedup={"near_m": 10.0})
    assert planned(workflow) == (("settings", "build"), ())


def test_datasets_with_the_same_steps_share_a_line() -> None:
    every = tuple(f"{step}@{key}" for key in "abcd" for step in ("resolve", "fetch"))
    assert PendingSteps(("settings", *every, "load@e", "build"), ("report",)).lines() == [
        "would run: resolve, fetch of 4 datasets",
        "would run: load of e",
        "would run: settings, build",
        "would run if anything changes for it: report",
    ]
    assert PendingSteps((), ()).lines() == ["Nothing would run."]


def test_a_folder_without_dvc_is_an_error_in_one_sentence(paths: ProjectPaths, tmp_path: Path) -> None:
    edit(tmp_path)
    with pytest.raises(BuildError, match="DVC cannot say which steps would run: "):
        pending_steps(*read_project(tmp_path / "params.yaml"))
    assert not paths.settings.exists()
