"""A project of its own for each test: the sources of this one, few and small datasets, the real DVC."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.pristine import CHANGEABLE, write_pristine
from tests.step_server import WITHOUT_SERVER, server_variable, step_server

__all__ = ["step_server"]

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    ".dvc/config",
    ".dvcignore",
    "Makefile",
    "data/samples",
    "dbt",
    "dvc.yaml",
    "loaders",
    "local/dvc.yaml",
    "overrides.csv",
    "params.yaml",
    "requirements.lock",
)
OF_ANOTHER_MAKE = ("MAKE", "MFLAGS", "ARGS", "KEY")  # `make test ARGS=…` passes them on to every make below it
# Python runs a module of this name when it starts. For DVC, a build has then made the tables that are there already.
NO_BUILD = """
import os, sys
if sys.argv[1:2] == ["warehouse"]:
    print("built:", *sys.argv[1:], flush=True)
    os._exit(0)
"""
NOT_SOURCES = ("target", "logs", ".user.yml", "*.pyc.*")  # with the compiled ones, but not what is being written there
SKIPPED = shutil.ignore_patterns(*NOT_SOURCES)


@dataclass(frozen=True, slots=True)
class Run:
    """A finished command."""

    code: int
    output: str

    @property
    def stages(self) -> set[str]:
        """The stages that ran, `report` aside: it follows every `build` whose tables changed."""
        started = [line for line in self.output.splitlines() if line.startswith("Running stage '")]
        return {line.split("'")[1] for line in started} - {"report"}


@dataclass(frozen=True, slots=True)
class Project:
    """A copy of the project in a folder of its own."""

    root: Path

    def run(self, *command: str, **environment: str) -> Run:
        """Run a command as a user would, in the project's folder."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.environment() | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            start_new_session=True,
        )
        return Run(done.returncode, done.stdout)

    def repro(self, *arguments: str, **environment: str) -> Run:
        """`dvc repro`."""
        return self.run("dvc", "repro", *arguments, **environment)

    def repro_without_build(self, folder: Path) -> Run:
        """`dvc repro` for what is before the tables: the warehouse stays as it is. The folder is for the test's own."""
        return self.repro(**without_build(folder))

    def environment(self) -> dict[str, str]:
        """This interpreter's environment, and nothing of DVC's shared with other projects."""
        virtual = Path(sys.executable).parent.parent
        path = f"{virtual / 'bin'}{os.pathsep}{os.environ['PATH']}"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(OF_ANOTHER_MAKE)}
        return inherited | {
            **server_variable(),
            "PATH": path,
            "EO_PV_VENV": str(virtual),
            "DVC_NO_ANALYTICS": "1",
            "DVC_SITE_CACHE_DIR": str(self.root / ".dvc" / "site"),
        }

    def edit(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the settings."""
        path = self.root / "params.yaml"
        settings = yaml.safe_load(path.read_text())
        change(settings)
        path.write_text(yaml.safe_dump(settings, sort_keys=False))

    def data(self, *parts: str) -> Path:
        """A place below data/sample."""
        return self.root.joinpath("data", "sample", *parts)


def without_build(folder: Path) -> dict[str, str]:
    """An environment in which `loaders warehouse` only prints that it was called. The folder is for the test's own."""
    (folder / "sitecustomize.py").write_text(NO_BUILD)
    return {"PYTHONPATH": str(folder)}


def copy_sources(root: Path) -> Project:
    """The sources as a fresh clone would hold them, without Git."""
    for name in SOURCES:
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name in CHANGEABLE:
            write_pristine(name, root)
        elif source.is_dir():
            shutil.copytree(source, target, ignore=SKIPPED)
        else:
            shutil.copy2(source, target)
    (root / ".dvc" / "config.local").write_text("[core]\n    no_scm = true\n")
    return Project(root)


def run_by_hand(project: Project) -> None:
    """All steps of the workflow, without DVC."""
    for step in ("ingest --all", "cells", "boundaries", "irradiance", "warehouse", "report"):
        done = project.run(sys.executable, "-m", "loaders", *step.split())
        assert done.code == 0, done.output


def square(lon: float, lat: float, size: float = 0.01) -> dict[str, Any]:
    """A polygon in GeoJSON [°]."""
    corners = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Polygon", "coordinates": [corners]}


def write_farms(path: Path, *farms: tuple[int, float, float]) -> None:
    """A GeoJSON file of farms: id, longitude and latitude of a square, and 1 MW for each id."""
    features = [
        {"type": "Feature", "properties": {"id": id_, "kw": 1000 * id_, "mw": id_}, "geometry": square(lon, lat)}
        for id_, lon, lat in farms
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def entry(name: str) -> dict[str, Any]:
    """The settings of a file of farms below own/."""
    capacity = {"column": "kw", "unit": "kW"}
    return {"source": {"path": f"own/{name}.geojson"}, "columns": {"source_id": "id", "capacity": capacity}}


def build_farms(root: Path) -> None:
    """Two datasets, north (2 records) and south (1 record)."""
    project = copy_sources(root)
    write_farms(project.root / "own" / "north.geojson", (1, 10.0, 52.0), (2, 10.1, 52.0))
    write_farms(project.root / "own" / "south.geojson", (3, 20.0, -30.0))
    project.edit(lambda settings: settings.update(datasets={name: entry(name) for name in ("north", "south")}))
    run = project.repro()
    assert run.code == 0, run.output


@pytest.fixture(scope="session")
def built(made_once: Callable[..., Path]) -> Project:
    """The project of two datasets, built once. Copy it, do not change it."""
    return Project(made_once("built", build_farms))


def make_all(root: Path) -> None:
    """A clone after `make all` on the bundled samples, and what that printed."""
    project = copy_sources(root / "deeper")
    run = project.run("make", "all", **WITHOUT_SERVER)
    (root / "run.json").write_text(json.dumps([run.code, run.output]))


@pytest.fixture(scope="session")
def made_all(made_once: Callable[..., Path]) -> tuple[Project, Run]:
    """A clone after `make all`, made once, and what that printed. Copy it, do not change it."""
    root = made_once("made_all", make_all)
    return Project(root / "deeper"), Run(*json.loads((root / "run.json").read_text()))


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    """A copy of the built project that a test may change."""
    root = tmp_path / "project"
    shutil.copytree(built.root, root, symlinks=True)
    return Project(root)
