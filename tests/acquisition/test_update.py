"""The scheduled workflow's script, in a clone: publishers are the stand-in, `gh` is a fake that notes its arguments."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.acquisition.conftest import CONCEPT, NAME, RECORD, Checkout, farms, zenodo_farms
from tests.pipeline.conftest import ROOT, Run
from tests.publishers import Publishers

BRANCH = "update-sources"
GH = """#!/bin/sh
printf '%s|' "$@" >>"$GH_LOG"; echo >>"$GH_LOG"
case "$1 $2" in
"pr list") if [ -e "$GH_LOG.open" ]; then echo 7; fi ;;
"pr create") touch "$GH_LOG.open" ;;
esac
"""
QUIET_MAKE = """#!/bin/sh
# a build that takes no time; the update is the real one
case "$*" in
*" all "*) echo built; echo '{"installations": 3}' >figures.json; exit "${BUILD_EXIT:-0}" ;;
*) exec %s "$@" ;;
esac
"""
HOSTILE = "`$(touch pwned)` ```\n@everyone <img src=x> ${{ github.token }}"
pytestmark = pytest.mark.skipif(
    not (Path(__file__).parents[2] / ".gitignore").exists(), reason="this is no checkout: the image holds no .gitignore"
)


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone with a bare repository as its origin."""

    checkout: Checkout
    origin: Path
    log: Path

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        return subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments],
            cwd=folder or self.checkout.root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def update(self, **environment: str) -> list[Run]:
        """All three steps, as the workflow runs them: a failing step ends it."""
        path = f"{self.log.parent / 'bin'}:{self.checkout.environment()['PATH']}"
        variables = {"GH_LOG": str(self.log), "PATH": path, **environment}
        self.git("reset", "--quiet", "--hard")  # each week begins with a clean clone
        runs: list[Run] = []
        for step in ("ask", "build", "propose"):
            if not runs or runs[-1].code == 0:
                runs.append(self.checkout.run(".ci/update", step, **variables))
        return runs

    @property
    def calls(self) -> list[list[str]]:
        """The arguments of each call of `gh`."""
        return [line.split("|")[:-1] for line in self.log.read_text().splitlines()] if self.log.exists() else []

    @property
    def body(self) -> str:
        return (self.checkout.root / ".git/update-sources.d/body.md").read_text()

    @property
    def branches(self) -> list[str]:
        return self.git("branch", "--format=%(refname:short)", folder=self.origin).split()


@pytest.fixture
def clone(checkout: Checkout, tmp_path: Path) -> Clone:
    """One dataset at Zenodo, never asked; a metric that Git holds; and a build that takes no time."""
    for name in (".ci/update", ".dvc/config", ".gitignore", "Makefile"):
        (checkout.root / name).parent.mkdir(exist_ok=True)
        shutil.copy2(ROOT / name, checkout.root / name)
    (checkout.root / "dvc.yaml").write_text("metrics: [figures.json]\n")
    (checkout.root / "figures.json").write_text('{"installations": 2}')
    (checkout.root / ".dvc/.gitignore").write_text("/config.local\n/tmp\n/cache\n/site\n")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in {"gh": GH, "make": QUIET_MAKE % shutil.which("make")}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    made = Clone(checkout, tmp_path / "origin.git", tmp_path / "gh.log")
    made.git("init", "--quiet", "--bare", "--initial-branch=main", str(made.origin))
    made.git("init", "--quiet", "--initial-branch=main")
    made.git("remote", "add", "origin", str(made.origin))
    _commit(made)
    return made


def _commit(clone: Clone) -> None:
    clone.git("add", "--all")
    clone.git("commit", "--quiet", "--message", "A")
    clone.git("push", "--quiet", "origin", "main")


def test_a_new_version_becomes_a_pull_request_with_locks_and_results(clone: Clone, web: Publishers) -> None:
    checkout = clone.checkout
    assert checkout.run("make", "update").code == 0
    _commit(clone)
    web.zenodo.publish(RECORD + 1, concept=CONCEPT, files={NAME: farms(1, 2, 3)}, title=HOSTILE, licence="cc-by-4.0")
    runs = clone.update()
    assert [run.code for run in runs] == [0, 0, 0], runs[-1].output
    assert clone.git("diff", "--name-only", "main", BRANCH, folder=clone.origin) == "data/doi/locks/farms.json\n"
    assert f"{RECORD + 1}" in clone.git("show", f"{BRANCH}:data/doi/locks/farms.json", folder=clone.origin)
    body_file = clone.calls[-1][-1]
    assert clone.calls[-1][:-2] == ["pr", "create", "--head", BRANCH, "--base", "main", "--title", "Update the sources"]
    assert (checkout.root / body_file).read_text() == clone.body
    assert re.search(rf"^    farms: id changed \({RECORD} → {RECORD + 1}\)", clone.body, re.MULTILINE)
    assert re.search(r"^    figures\.json +installations +2 +3 +1$", clone.body, re.MULTILINE)
    texts = [line for line in clone.body.splitlines() if "@everyone" in line or "pwned" in line]
    assert texts
    assert all(line.startswith("    ") for line in texts)
    assert not list(checkout.root.rglob("pwned"))
    assert clone.git("branch", "--show-current").strip() == "main"


def test_without_a_change_nothing_is_built_pushed_or_proposed(clone: Clone) -> None:
    assert clone.checkout.run("make", "update").code == 0
    _commit(clone)
    runs = clone.update()
    assert [run.code for run in runs] == [0, 0, 0], runs[-1].output
    assert "farms: nothing changed" in runs[0].output
    assert [run.output for run in runs[1:]] == [
        "No lock has changed: nothing to build.\n",
        "No lock has changed: nothing to propose.\n",
    ]
    assert clone.calls == []
    assert clone.branches == ["main"]


def test_a_second_week_renews_the_open_pull_request(clone: Clone, web: Publishers) -> None:
    failed = clone.update(BUILD_EXIT="1")  # no lock is committed yet: the first one is a change
    assert [run.code for run in failed] == [0, 0, 1]  # the locks are proposed all the same
    assert "## A step failed. The end of make all:\n\n    built\n" in clone.body
    web.zenodo.publish(RECORD + 1, concept=CONCEPT, files={NAME: farms(1, 2, 3)}, title="Farms", licence="cc-by-4.0")
    assert [run.code for run in clone.update()] == [0, 0, 0]
    assert "A step failed" not in clone.body
    assert str(RECORD + 1) in clone.git("show", f"{BRANCH}:data/doi/locks/farms.json", folder=clone.origin)
    assert clone.git("rev-list", "--count", f"main..{BRANCH}", folder=clone.origin).strip() == "1"
    second = clone.git("rev-parse", BRANCH, folder=clone.origin)
    assert [run.code for run in clone.update()] == [0, 0, 0]
    assert clone.git("rev-parse", BRANCH, folder=clone.origin) == second  # the same change is not pushed again
    assert [call[1] for call in clone.calls] == ["list", "create", "list", "edit", "list", "edit"]


def test_a_publisher_that_is_down_fails_the_workflow_without_a_pull_request(clone: Clone) -> None:
    clone.checkout.settings({"farms": zenodo_farms(doi="10.5281/zenodo.1")})
    _commit(clone)
    runs = clone.update()
    assert runs[-1].code == 1
    assert "10.5281/zenodo.1" in runs[0].output
    assert clone.calls == []


def test_changes_that_are_not_committed_are_never_swept_up(clone: Clone) -> None:
    (clone.checkout.root / "notes.txt").write_text("mine")
    (run,) = clone.update()
    assert run.code == 1
    assert "not committed" in run.output


def test_the_workflow_pastes_no_text_into_a_shell_and_gives_each_step_its_own_secrets() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/update.yml").read_text())
    assert workflow["permissions"] == {"contents": "write", "pull-requests": "write"}
    steps = workflow["jobs"]["update"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == [
        *("make install", ".ci/update ask", ".ci/update build", ".ci/update propose"),
    ]
    assert all("${{" not in step.get("run", "") for step in steps)
    (build,) = [step for step in steps if step.get("run") == ".ci/update build"]
    assert "github.token" not in str(build)  # it reads files of strangers
    assert steps[0]["with"] == {"persist-credentials": False}
