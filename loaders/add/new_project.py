"""New project for the user's own data: the program of this checkout, and its settings without datasets."""

import re
import shutil
import sys
from pathlib import Path

from loaders.core.errors import EoPvError, SettingsError
from loaders.core.files import write_text
from loaders.settings.params import read_settings
from loaders.settings.project import require_usable_folder

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = (
    *(
        ".dvc/config",
        ".dvc/.gitignore",
        ".dvc/plots/ordered_bars.json",
        ".dvcignore",
        "LICENSE",
        "Makefile",
        "dvc.yaml",
        "local/dvc.yaml",
    ),
    *("pyproject.toml", "requirements.lock", "requirements-build.lock"),
    *("dbt", "loaders", "data/samples/admin_boundaries"),
)
OPTIONAL = (".dvc/.gitignore", "LICENSE", "pyproject.toml", "requirements-build.lock")  # an image has only some of them
SKIPPED = shutil.ignore_patterns("__pycache__", "target", "logs", ".user.yml", "doi_datasets_sources.yml")
README = """\
# {name}

A table of solar installations, made with eo-pv. `eo-pv add FILE` adds a dataset, `make all` builds the tables in
`data/doi/curated`; its `COLUMNS.md` explains each column. `params.yaml` holds all settings.
"""
GITIGNORE = """\
# all outputs of a run, except the locks, which make it repeatable
/data/*/*
/data/.dvc-cache/
/data/.download-cache/
!/data/*/locks/
!/data/samples/*
/.venv
__pycache__/
*.egg-info/
dbt/target/
dbt/logs/
dbt/.user.yml
"""
NO_DATASETS = "datasets: {}\n"
# real data with bundled boundaries: no network is needed for a file of one's own
OWN_CHOICES = {
    r"(?m)^origin: *\w+": "origin: doi",
    r"(?m)^(boundaries:(?:[^\n]*\n[ #][^\n]*)*?\n  source: *)\w+": r"\1naturalearth",
    r"(?m)^(  priority:)[^\n]*(?:\n  +-[^\n]*)*": r"\1 []",
    r"(?m)^datasets:[^\n]*(?:\n(?:[ #][^\n]*)?)*\n?": NO_DATASETS,
}


def create_project(folder: Path) -> None:
    """Make a project without datasets.

    Args:
        folder: does not exist yet, or is empty.

    Raises:
        EoPvError: the folder is in use or cannot hold a project, or this is no checkout.
    """
    root = folder.expanduser().absolute()
    require_usable_folder(root)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise EoPvError(f"{folder} exists already, and is not empty. Name a new folder: `eo-pv init my-farms`.")
    if missing := [
        name for name in (*PROGRAM, "params.yaml") if name not in OPTIONAL and not (CHECKOUT / name).exists()
    ]:
        raise EoPvError(
            f"`eo-pv init` copies the program from a checkout of eo-pv; {CHECKOUT} has no {missing[0]}. Clone the "
            "repository, and run `eo-pv init` there."
        )
    for name in PROGRAM:
        _copy(CHECKOUT / name, root / name)
    _write_own_files(root)


def own_settings(text: str) -> str:
    """Settings for the user's own data: as they are here, with real data, bundled boundaries and no datasets."""
    for pattern, replacement in OWN_CHOICES.items():
        text = re.sub(pattern, replacement, text, count=1)
    return text


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=SKIPPED)
    elif source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def _write_own_files(root: Path) -> None:
    """Write what is the project's own: settings, an empty list of overrides, and its description."""
    write_text(own_settings((CHECKOUT / "params.yaml").read_text(encoding="utf-8")), root / "params.yaml")
    try:
        read_settings(root / "params.yaml", may_be_empty=True)
    except SettingsError as error:
        shutil.rmtree(root)
        raise EoPvError(f"Nothing was made, for the settings of {CHECKOUT} cannot be used: {error}") from error
    overrides = (CHECKOUT / "overrides.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    write_text("".join(line for line in overrides if line.startswith(("#", "origin,"))), root / "overrides.csv")
    write_text(README.format(name=root.name), root / "README.md")
    write_text(GITIGNORE, root / ".gitignore")
    write_text("[core]\n    no_scm = true\n", root / ".dvc" / "config.local")
    if Path(sys.prefix) == CHECKOUT / ".venv":  # the Makefile uses it as long as both have the same lock
        write_text(f"{sys.prefix}\n", root / ".venv")
