"""What the project's files promise of themselves."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from loaders.core.errors import SettingsError
from tests.pristine import pristine_settings

ROOT = Path(__file__).resolve().parents[3]
TARGETS = (
    *(
        "all",
        "audit",
        "bench",
        "chaos",
        "clean",
        "container-check",
        "docs",
        "help",
        "hooks",
        "image",
        "install",
        "lint",
        "lock",
    ),
    *("plan", "publish", "pull", "quality", "samples", "sbom", "test", "update", "upgrade", "verify"),
)


def test_the_bundled_settings_describe_thirteen_datasets_and_five_that_are_not_loaded() -> None:
    catalog = pristine_settings()
    assert (len(catalog.datasets), len(catalog.not_loaded)) == (13, 5)
    assert catalog.origin == "sample"
    assert all((ROOT / "data" / "samples" / key).is_dir() for key in catalog.datasets)
    assert [key for key, dataset in catalog.datasets.items() if dataset.licence_verified] == ["ind_pv_solar_farms_2022"]


def test_make_lists_every_target_with_a_line_of_help() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert set(lines) == set(TARGETS)


@pytest.mark.parametrize("name", ["KEY", "IMAGE", "TAG"])
@pytest.mark.parametrize("is_typed", [True, False])
def test_make_runs_nothing_that_stands_in_a_variable(tmp_path: Path, name: str, is_typed: bool) -> None:
    hostile = f"$(shell touch {tmp_path}/pwned)"
    typed, environment = ([f"{name}={hostile}"], {}) if is_typed else ([], {name: hostile})
    subprocess.run(["make", "help", *typed], cwd=ROOT, env=os.environ | environment, capture_output=True, check=True)
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-build.lock"])
def test_every_locked_package_is_pinned_by_hash_and_names_no_registry(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    pinned = [number for number, line in enumerate(lines) if re.match(r"[a-z0-9][\w.\[\], -]*==", line)]
    assert len(pinned) > 1
    assert all(lines[number + 1].strip().startswith("--hash=sha256:") for number in pinned)
    assert not [line for line in lines if "://" in line or line.startswith(("-i", "--index", "--find-links"))]


@pytest.mark.parametrize(
    ("refused", "advice"),
    [
        ("ensurepip", "On Debian or Ubuntu: sudo apt-get install python3-venv"),
        ("version_info", "eo-pv needs Python 3.11 or newer"),
    ],
)
def test_a_machine_without_what_an_environment_needs_is_told_what_to_install(
    tmp_path: Path, refused: str, advice: str
) -> None:
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-build.lock"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / "python3"
    python.write_text(f'#!/bin/sh\ncase "$*" in *{refused}*) exit 1;; esac\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    outside = {name: value for name, value in os.environ.items() if name != "EO_PV_VENV"}
    make = ["make", f"PYTHON={python}", "install"]
    done = subprocess.run(make, cwd=tmp_path, env=outside, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert advice in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_an_environment_is_made_inside_a_folder_with_a_space_and_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "My Documents"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-build.lock"):
        shutil.copy(ROOT / name, folder)
    outside = {name: value for name, value in os.environ.items() if name != "EO_PV_VENV"}
    make = ["make", "--no-print-directory", "--dry-run", "install"]
    done = subprocess.run(make, cwd=folder, env=outside, capture_output=True, text=True, check=True)
    assert "-m venv .venv && " in done.stdout
    assert "My Documents" not in done.stdout


@pytest.mark.parametrize(
    ("made_in", "python", "is_made_again"),
    [
        (".", sys.executable, False),
        ("elsewhere", sys.executable, True),  # moved: its programs name the other folder
        (".", "/gone/python3", True),
        (".", "false", True),  # another Python, without the packages
    ],
)
def test_an_environment_that_was_moved_or_lost_its_python_is_made_again(
    tmp_path: Path, made_in: str, python: str, is_made_again: bool
) -> None:
    folder = tmp_path / "it's [a] f\u00f6lder"
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name in ("pyproject.toml", "requirements.lock", "requirements-build.lock", "Makefile"):
        shutil.copy(ROOT / name, folder)
        os.utime(folder / name, (0, 0))
    (folder / ".venv" / "bin" / "python").symlink_to(shutil.which(python) or python)
    (folder / ".venv" / ".ready").write_text(f"{(folder / made_in).resolve()}\n")
    outside = {name: value for name, value in os.environ.items() if name != "EO_PV_VENV"}
    outside["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path)) if python == sys.executable else ""
    make = ["make", "--no-print-directory", "--dry-run", "plan"]
    done = subprocess.run(make, cwd=folder, env=outside, capture_output=True, text=True, check=True)
    assert ("-m venv .venv && " in done.stdout) is is_made_again
    assert done.stdout.endswith("python -m loaders plan $KEY\n")


@pytest.mark.parametrize("has_same_lock", [True, False])
def test_a_project_of_init_uses_the_environment_of_its_checkout_while_both_have_one_lock(
    tmp_path: Path, has_same_lock: bool
) -> None:
    clone, folder = tmp_path / "it's a clone", tmp_path / "my farms"
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to(sys.executable)
    folder.mkdir()
    for name in ("pyproject.toml", "requirements.lock", "requirements-build.lock", "Makefile"):
        shutil.copy(ROOT / name, folder)
    (clone / "requirements.lock").write_bytes((ROOT / "requirements.lock").read_bytes() if has_same_lock else b"other")
    (folder / ".venv").write_text(f"{clone / '.venv'}\n")
    outside = {name: value for name, value in os.environ.items() if name != "EO_PV_VENV"}
    make = ["make", "--no-print-directory", "--dry-run", "plan"]
    done = subprocess.run(make, cwd=folder, env=outside, capture_output=True, text=True, check=True)
    assert (done.stderr, "-m venv .venv && " in done.stdout) == ("", not has_same_lock)


def test_the_limit_of_a_run_is_checked_like_the_one_in_the_settings() -> None:
    catalog = pristine_settings()
    assert (catalog.max_mb, catalog.with_limit(50).max_mb) == (250, 50)
    with pytest.raises(SettingsError, match="max_mb is -1; expected a positive number"):
        catalog.with_limit(-1)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="without Git there is nothing to check out")
def test_a_checkout_on_a_machine_that_rewrites_line_ends_has_the_bytes_of_the_locks(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "."], cwd=tmp_path, check=True)
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    written = {
        "data/samples/farms/farms.csv": b"id\r\n1\r\n",
        "Makefile": b"all:\n\ttrue\n",
        "requirements.lock": b"a==1\n",
    }
    for name, content in written.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    git = ["git", "-c", "core.autocrlf=true", "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["add", "."], ["commit", "--quiet", "--message", "all"], ["rm", "--quiet", "-r", "."]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True, capture_output=True)
    subprocess.run([*git, "checkout", "HEAD", "--", "."], cwd=tmp_path, check=True, capture_output=True)
    assert {name: (tmp_path / name).read_bytes() for name in written} == written


def test_the_version_is_the_same_in_the_package_the_citation_and_the_changelog() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    newest = re.findall(r"^## .*?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)[0]
    assert (citation["version"], newest) == (package["version"], package["version"])
    assert citation["license"] == package["license"]


def test_hooks_run_the_tools_of_the_lock_and_download_none() -> None:
    repositories = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    hooks = [hook for repository in repositories for hook in repository["hooks"]]
    tools = {hook["entry"].split()[0] for hook in hooks if hook["language"] == "system"}
    assert [repository["repo"] for repository in repositories] == ["local"]
    assert tools == {
        ".ci/commit-subject",
        *(f".venv/bin/{name}" for name in ("lint-imports", "mypy", "ruff", "sqlfluff")),
    }
    assert all(hook["language"] == "system" for hook in hooks)


@pytest.mark.parametrize(
    ("message", "exit_code"),
    [("ü" * 72 + "\n\n" + "x" * 90, 0), ("ü" * 73, 1), ("\n# a comment of Git\n" + "x" * 73, 1)],
)
def test_a_commit_subject_has_at_most_72_characters(tmp_path: Path, message: str, exit_code: int) -> None:
    (tmp_path / "message").write_text(message, encoding="utf-8")
    done = subprocess.run([ROOT / ".ci" / "commit-subject", tmp_path / "message"], capture_output=True, check=False)
    assert done.returncode == exit_code
    assert (b"has 73 characters; expected at most 72" in done.stderr) == bool(exit_code)
