"""A project of real inventories: loaded and built by the commands that a user types."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.measure import Figures, measured
from benchmarks.world import BOUNDARIES, DBT, ORIGIN

PROGRAM = [sys.executable, "-m", "loaders"]


def write_project(folder: Path, datasets: Mapping[str, Mapping[str, Any]]) -> None:
    """Make the project, or give it other datasets; the first of them take precedence."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {"origin": ORIGIN, "boundaries": {"source": "naturalearth"}, "datasets": dict(datasets)}
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
    (folder / "params.yaml").write_text(text, encoding="utf-8")
    shutil.copytree(DBT, folder / "dbt", dirs_exist_ok=True, ignore=shutil.ignore_patterns("target", "logs"))
    shutil.copytree(BOUNDARIES, folder / "data" / "samples" / BOUNDARIES.name, dirs_exist_ok=True)


def load(folder: Path, keys: Sequence[str]) -> Figures:
    """Load some of the project's datasets."""
    return measured([*PROGRAM, "ingest", *keys], folder)


def build(folder: Path) -> Figures:
    """Build the tables of the project; only the build is measured."""
    for step in ("cells", "boundaries", "irradiance"):
        measured([*PROGRAM, step], folder)
    return measured([*PROGRAM, "warehouse"], folder)
