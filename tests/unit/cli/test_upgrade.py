"""`eo-pv upgrade`: the new version arrives, own settings and results stay, and only what changed would run."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from dvc.repo import Repo

from loaders.cli.pending_steps import pending_steps
from loaders.core.paths import find_root
from loaders.settings.project import read_project
from tests.unit.conftest import Run

GITATTRIBUTES = find_root(Path(__file__)) / ".gitattributes"
STAGES = {
    "load": {"cmd": "cat own.txt > load.out", "deps": ["own.txt"], "outs": ["load.out"]},
    "build": {"cmd": "cat load.out code.txt > build.out", "deps": ["code.txt", "load.out"], "outs": ["build.out"]},
}
PARAMS = "# choices\norigin: sample\n\n{}\n\ndatasets:\n  farms:\n    source: {{path: own.txt}}\n"
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")


def git(root: Path, *arguments: str) -> str:
    return subprocess.run([*GIT, *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


def commit(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_", ".", 1)
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "a change")


@pytest.fixture
def upstream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The published project, with the results of its own build in dvc.lock."""
    if shutil.which("git") is None:
        pytest.skip("Git is not installed")
    for name, value in {"DVC_SITE_CACHE_DIR": str(tmp_path / "site"), "DVC_NO_ANALYTICS": "1"}.items():
        monkeypatch.setenv(name, value)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "a")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "a@example.org")
    root = tmp_path / "upstream"
    root.mkdir()
    git(root, "init", "--quiet")
    (root / ".gitattributes").write_text(GITATTRIBUTES.read_text())
    (root / "dvc.yaml").write_text(yaml.safe_dump({"stages": STAGES}))
    Repo.init(str(root)).close()
    (root / ".gitignore").write_text("*.out\nown.txt\n/data\n")
    (root / "own.txt").write_text("sample")
    build(root, monkeypatch)
    commit(root, params_yaml=PARAMS.format("max_mb: 250"), dbt__sources__farms_yml="farms: 1\n")
    return root


@pytest.fixture
def clone(upstream: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with own records, a setting of its own, and results that differ from the published ones."""
    root = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(upstream), str(root))
    (root / "own.txt").write_text("my own records")
    (root / "params.yaml").write_text((root / "params.yaml").read_text().replace("# choices", "# my choices"))
    (root / "dbt" / "sources" / "farms.yml").write_text("farms: mine\n")
    build(root, monkeypatch)
    monkeypatch.chdir(root)
    return root


def build(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "code.txt").touch()
    with monkeypatch.context() as there, Repo(str(root)) as repo:
        there.chdir(root)
        repo.reproduce()


def release(upstream: Path, monkeypatch: pytest.MonkeyPatch, setting: str = "max_mb: 300") -> None:
    """A new version: other code of `build`, so another dvc.lock, and another default."""
    (upstream / "code.txt").write_text("new code")
    build(upstream, monkeypatch)
    commit(upstream, params_yaml=PARAMS.format(setting), dbt__sources__farms_yml="farms: 2\n")


def would_run(root: Path) -> tuple[str, ...]:
    return pending_steps(*read_project(root / "params.yaml")).certain


def test_a_plain_pull_is_refused_and_an_upgrade_keeps_what_is_ours(
    upstream: Path, clone: Path, eo_pv: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone)
    release(upstream, monkeypatch)
    own_lock = (clone / "dvc.lock").read_text()
    assert subprocess.run(["git", "pull"], cwd=clone, capture_output=True, check=False).returncode != 0
    code, out, _ = eo_pv("upgrade")
    assert (code, out) == (0, "The newest version is here. `make all` runs what has changed (`make plan` lists it).\n")
    assert (clone / "params.yaml").read_text() == PARAMS.format("max_mb: 300").replace("# choices", "# my choices")
    assert (clone / "code.txt").read_text() == "new code"
    assert (clone / "dvc.lock").read_text() == own_lock
    assert (clone / "dbt" / "sources" / "farms.yml").read_text() == "farms: mine\n"
    assert would_run(clone) == ("build",), "the own records are loaded already"
    assert git(clone, "stash", "list") == ""


def test_results_that_were_committed_do_not_conflict_either(
    upstream: Path, clone: Path, eo_pv: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone)
    own_lock = (clone / "dvc.lock").read_text()
    commit(clone)
    release(upstream, monkeypatch)
    assert eo_pv("upgrade")[0] == 0
    assert (clone / "dvc.lock").read_text() == own_lock
    assert would_run(clone) == ("build",)


def test_who_has_built_nothing_takes_the_published_lock(
    upstream: Path, tmp_path: Path, eo_pv: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "fresh"
    git(tmp_path, "clone", "--quiet", str(upstream), str(root))
    monkeypatch.chdir(root)
    release(upstream, monkeypatch)
    assert eo_pv("upgrade")[0] == 0
    assert git(root, "status", "--porcelain") == ""


def test_a_setting_that_both_changed_is_not_lost(
    upstream: Path, clone: Path, eo_pv: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone)
    path = clone / "params.yaml"
    path.write_text(path.read_text().replace("max_mb: 250", "max_mb: 9"))
    release(upstream, monkeypatch)
    code, _, err = eo_pv("upgrade")
    assert (code, "your changes wait in Git's stash" in err) == (1, True)
    assert "max_mb: 300" in path.read_text()
    assert "max_mb: 9" in git(clone, "stash", "show", "--patch")
    assert subprocess.run(["git", "stash", "pop"], cwd=clone, capture_output=True, check=False).returncode == 1
    assert "max_mb: 9" in path.read_text(), "as a conflict, to be corrected"


def test_commits_that_contradict_the_new_version_are_corrected_and_the_upgrade_goes_on(
    upstream: Path, clone: Path, eo_pv: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone)
    own_lock = (clone / "dvc.lock").read_text()
    commit(clone, params_yaml=PARAMS.format("max_mb: 9"))
    release(upstream, monkeypatch)
    code, _, err = eo_pv("upgrade")
    assert (code, "`git rebase --continue`, and run `eo-pv upgrade` again" in err) == (1, True)
    (clone / "params.yaml").write_text(PARAMS.format("max_mb: 9"))
    git(clone, "add", "params.yaml")
    git(clone, "-c", "core.editor=true", "rebase", "--continue")
    assert eo_pv("upgrade")[0] == 0
    assert (clone / "dvc.lock").read_text() == own_lock


def test_a_pull_that_fails_changes_nothing(
    upstream: Path, clone: Path, eo_pv: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone)
    before = {name: (clone / name).read_text() for name in ("dvc.lock", "params.yaml", "dbt/sources/farms.yml")}
    upstream.rename(upstream.with_name("gone"))
    code, _, err = eo_pv("upgrade")
    assert (code, "`git pull` failed, see its message above. Nothing has changed here." in err) == (1, True)
    assert {name: (clone / name).read_text() for name in before} == before


def test_a_folder_that_is_no_clone_says_how_to_upgrade(eo_pv: Run) -> None:
    code, _, err = eo_pv("upgrade")
    assert (code, "copy params.yaml, overrides.csv, local/, data/ and your own files into it" in err) == (1, True)
