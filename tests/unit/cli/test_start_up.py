"""What a command imports before it does anything: by the names of modules, since seconds depend on the machine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from loaders.__main__ import app
from loaders.cli.command_modules import MODULES, modules_of

ROOT = Path(__file__).resolve().parents[3]
HEAVY = {
    *("dbt", "duckdb", "dvc", "geopandas", "hamilton", "license_expression", "numpy", "pandas", "pyarrow", "pyogrio"),
    *("pyproj", "requests", "shapely", "tenacity", "urllib3"),
}
COMMAND = """
import json, sys
import loaders.__main__
from loaders.settings.project import read_project
read_project()
print(json.dumps(sorted(sys.modules)))
"""

CLIENT = "import json, sys; import loaders.cli.fork_client; print(json.dumps(sorted(sys.modules)))"


def imported(script: str) -> set[str]:
    """The packages that a script imports."""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


RESOLVED = """
import json, os, sys
os.chdir(sys.argv.pop(1))
sys.argv[0] = "eo-pv"
import loaders.__main__
try:
    loaders.__main__.main()
finally:
    sys.stdout.write("\\n" + json.dumps(sorted(sys.modules)))
"""


@pytest.fixture(scope="module")
def at_start() -> set[str]:
    return imported(COMMAND)


@pytest.mark.parametrize("package", sorted(HEAVY))
def test_no_command_waits_for_a_package_that_only_some_need(package: str, at_start: set[str]) -> None:
    assert package not in at_start


@pytest.mark.parametrize("command", ["resolve", "fetch"])
def test_a_step_that_has_nothing_to_ask_imports_no_http_client(command: str, project: Path) -> None:
    def run(*arguments: str) -> set[str]:
        line = [sys.executable, "-c", RESOLVED, str(project), *arguments]
        done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
        return {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}

    run("resolve", "north")
    assert run(command, "north") & {"requests", "urllib3", "tenacity", "numpy", "pandas", "duckdb"} == set()


def test_a_command_imports_its_own_module_and_all_commands_have_one() -> None:
    registered = {command.name or command.callback.__name__: command.callback for command in app.registered_commands}  # type: ignore[union-attr]
    modules = {name: callback.__module__ for name, callback in registered.items()}
    assert modules == {name: f"loaders.cli.{module}" for module, names in MODULES.items() for name in names}
    assert modules_of(["cells", "--quiet"]) == ["context"]
    assert modules_of(["--quiet", "cells"]) == modules_of(["clels"]) == modules_of([]) == [*MODULES]


def test_a_client_of_the_fork_server_imports_little_but_the_standard_library() -> None:
    foreign = imported(CLIENT) - {*sys.stdlib_module_names, "sitecustomize"}  # of the system
    assert {name for name in foreign if not name.startswith("_")} == {"loaders"}
