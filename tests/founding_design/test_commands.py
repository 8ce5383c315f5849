"""Every command of the founding design, typed in a fresh clone without environment variables."""

import os
import re
import shutil
from itertools import chain
from pathlib import Path

import pytest
import yaml

from loaders.db.connection import connect
from loaders.hamilton_dbt_bridge import generate_dbt_sources_from_hamilton
from loaders.tables import SHARED_TABLES
from tests.founding_design.commands import COMMANDS, Command
from tests.founding_design.page import MOVED, PAGE, as_markdown
from tests.founding_design.shell import run
from tests.pristine import CHANGEABLE, pristine_settings, write_pristine

ROOT = Path(__file__).resolve().parents[2]
CLONED = ("data/samples", "data/sample/locks", "dbt", "loaders", "overrides.csv", "params.yaml")
MADE_BY_RUNS = shutil.ignore_patterns("target", "logs", ".user.yml")
SETTINGS_OF_DBT = ("DBT_PROJECT_DIR", "DBT_PROFILES_DIR")
RUN = [command for command in COMMANDS if command.is_run]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is cloned."""
    root = tmp_path_factory.mktemp("clone")
    for name in CLONED:
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name in CHANGEABLE:
            write_pristine(name, root)
        elif (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=MADE_BY_RUNS)
        else:
            shutil.copy2(ROOT / name, target)
    return root


@pytest.fixture
def typed_in(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The clone, with no environment variable of ours or of dbt."""
    for name in os.environ:
        if name.startswith(("EO_PV_", "DBT_")):
            monkeypatch.delenv(name)
    return clone


@pytest.mark.parametrize("command", RUN, ids=lambda command: command.title or command.here[-1])
def test_a_command_of_the_design_does_what_the_page_says(
    command: Command, typed_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if command.program and shutil.which(command.program) is None:
        pytest.skip(f"the program {command.program} is not installed")
    if command.is_first:
        shutil.rmtree(typed_in / "data/sample")
        shutil.copytree(ROOT / "data/sample/locks", typed_in / "data/sample/locks")
    if command.file:
        _write(typed_in / command.file, command.text, command.below)
    if command.folder == ".":  # where `. .venv/bin/activate` states the folder of dbt
        for name in SETTINGS_OF_DBT:
            monkeypatch.setenv(name, str(typed_in / "dbt"))
    monkeypatch.chdir(typed_in / command.folder)
    for line in command.here:
        done = run(line, is_process=command.is_process)
        assert done.code == 0, done.output
        assert [text for text in command.prints if text not in done.output] == [], done.output
    assert _rows(typed_in, list(command.rows)) == command.rows
    assert [name for name in command.files if not (typed_in / name).stat().st_size] == []


def _write(path: Path, text: str, below: str) -> None:
    """Write a file, or put a line into it."""
    if below:
        before = path.read_text(encoding="utf-8")
        assert before.count(below) == 1
        text = before.replace(below, below + text)
    path.write_text(text, encoding="utf-8")


def _rows(root: Path, tables: list[str]) -> dict[str, int]:
    with connect(root / "data/sample/eo_pv_data.duckdb", read_only=True) as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {name}").fetchall() for name in tables]  # noqa: S608
    return {name: rows for name, ((rows,),) in zip(tables, counts, strict=True)}


@pytest.mark.parametrize("pipeline", ["doi_datasets", "overture_maps"])
def test_the_sources_in_the_repository_are_those_of_the_samples(typed_in: Path, pipeline: str) -> None:
    generate_dbt_sources_from_hamilton(pipeline, typed_in)
    name = f"dbt/sources/{pipeline}_sources.yml"
    sources = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))["sources"]
    described = {table["name"] for source in sources for table in source["tables"]}
    if described - {*SHARED_TABLES, *pristine_settings().datasets}:
        pytest.skip("`make all` has described your own datasets in this file")
    assert (typed_in / name).read_text(encoding="utf-8") == (ROOT / name).read_text(encoding="utf-8")


def test_what_is_not_run_is_a_target_of_make_or_run_elsewhere_on_the_page() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    known = {f"make {target}" for target in targets} | {". .venv/bin/activate"}
    known |= set(chain.from_iterable(command.here for command in RUN))
    assert [command.design for command in COMMANDS if not set(command.here) <= known] == []


@pytest.mark.parametrize("place", [moved.here for moved in MOVED if moved.is_committed])
def test_a_file_of_the_design_is_where_the_page_says(place: str) -> None:
    assert (ROOT / place).exists()


def test_the_page_is_written_from_these_commands() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(), "run `python -m tests.founding_design.page`"
