"""A reader's copy of the project, in which the blocks of a page are typed."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from loaders.db.connection import connect
from tests.docs.pages import Block
from tests.pipeline.conftest import Project, Run, made_all
from tests.step_server import server_variable, step_server

__all__ = ["made_all", "step_server"]

PROGRAMS = Path(sys.executable).parent
EO_PV = f'#!/bin/sh\nexec "{sys.executable}" -m loaders "$@"\n'  # its own script would import for itself
ACTIVATE = 'export PATH="$PWD/.venv/bin:$PATH" DBT_PROJECT_DIR="$PWD/dbt" DBT_PROFILES_DIR="$PWD/dbt"\n'


@dataclass(frozen=True, slots=True)
class Reader(Project):
    """Somebody who types what a page says, in an environment without variables of ours.

    Attributes:
        network: variables that lead to the stand-in for the publishers; empty for none.
    """

    network: Mapping[str, str] = field(default_factory=dict)

    def type(self, block: Block) -> Run:
        """Run a block."""
        if block.language == "sql":
            return self._query(block.text)
        if block.language == "python":
            return self.run(sys.executable, "-c", block.text)
        return self.run("bash", "-euo", "pipefail", "-c", block.text)

    def _query(self, text: str) -> Run:
        with connect(self.data("eo_pv_data.duckdb"), read_only=True) as connection:
            rows = connection.execute(text).fetchall()
        return Run(0 if rows else 1, f"{len(rows)} rows")

    def environment(self) -> dict[str, str]:
        """An activated environment, and nothing else that begins with EO_PV or DBT."""
        inherited = Project.environment(self)
        kept = {name: text for name, text in inherited.items() if not name.startswith(("DBT_", "EO_PV_"))}
        path = f"{self.root / '.venv' / 'bin'}{os.pathsep}{inherited['PATH']}"
        ours = server_variable() | {"EO_PV_VENV": inherited["EO_PV_VENV"], "COLUMNS": "80", "PATH": path}
        return kept | ours | dict(self.network)


@pytest.fixture
def reader(made_all: tuple[Project, Run], tmp_path: Path) -> Reader:
    """The project after `make all`, with a `.venv` that leads to this one's programs."""
    root = tmp_path / "eo-pv"
    shutil.copytree(made_all[0].root, root, symlinks=True)
    _make_venv(root / ".venv" / "bin")
    return Reader(root)


def _make_venv(folder: Path) -> None:
    folder.mkdir(parents=True)
    for program in PROGRAMS.iterdir():
        if not program.name.startswith(("activate", "eo-pv")) and os.access(program, os.X_OK):
            (folder / program.name).symlink_to(program)
    (folder / "eo-pv").write_text(EO_PV, encoding="utf-8")
    (folder / "eo-pv").chmod(0o755)
    (folder / "activate").write_text(ACTIVATE, encoding="utf-8")
