"""What a command imports before it does anything: by the names of modules, since seconds depend on the machine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.fixture(scope="module")
def at_start() -> set[str]:
    return imported(COMMAND)


@pytest.mark.parametrize("package", sorted(HEAVY))
def test_no_command_waits_for_a_package_that_only_some_need(package: str, at_start: set[str]) -> None:
    assert package not in at_start


def test_a_client_of_the_fork_server_imports_little_but_the_standard_library() -> None:
    foreign = imported(CLIENT) - {*sys.stdlib_module_names, "sitecustomize"}  # of the system
    assert {name for name in foreign if not name.startswith("_")} == {"loaders"}
