"""Runs `dbt build` on a database, in a process of its own: DuckDB lets only one at a time write to a file."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from loaders.core.errors import BuildError
from loaders.core.foreign_errors import STOPPED_EXIT_CODE, killed_message
from loaders.db.connection import MEMORY_VARIABLE
from loaders.warehouse.dbt_progress import Run, process_on_request
from loaders.warehouse.dbt_results import explain_failure, read_warnings

# unit tests check the models, not these records; what no other model reads is made by `dbt run --select tag:on_request`
OPTIONS = (
    "--exclude-resource-type",
    "unit_test",
    "--no-use-colors",
    "--log-format",
    "json",
)
ON_REQUEST = "tag:on_request"
NO_LOG = ("--log-level-file", "none")  # run_results.json says what failed
NEW_DATABASE = ("--no-populate-cache",)
RunDbt = Callable[[Mapping[str, str]], dict[str, int]]


@contextmanager
def dbt_build(
    database: Path, root: Path, memory_mb: int, left_out: Sequence[str] = (), *, is_new: bool = True
) -> Iterator[RunDbt]:
    """Start dbt, which imports what it needs until it is asked to build.

    Args:
        database: to build.
        root: of the project.
        memory_mb: limit for DuckDB [MB].
        left_out: models that are not to be built, and tests.
        is_new: whether the database has no tables of models yet.

    Yields:
        Builds, with more variables of the environment; returns the number of rows by the name of each test that warns.
        It raises BuildError if a model or a test failed; the message names it.
    """
    project = root / "dbt"
    results = project / "target" / "run_results.json"
    results.unlink(missing_ok=True)  # of an earlier run
    folders = ["--project-dir", str(project), "--profiles-dir", str(project)]
    command = [sys.executable, "-m", "loaders.warehouse.dbt_process", "build", *folders, *OPTIONS, *NO_LOG]
    command += [*(NEW_DATABASE if is_new else ()), "--exclude", ON_REQUEST, *left_out]
    environment = dbt_environment(database, root) | {MEMORY_VARIABLE: str(memory_mb)}
    with process_on_request(command, root, environment) as run:
        yield lambda variables: _build(run, results, database, variables)


def dbt_environment(database: Path, root: Path) -> dict[str, str]:
    """The environment of dbt, for this database."""
    return os.environ | {
        "EO_PV_DATABASE": os.path.relpath(database, root),  # the same one each time: dbt parses the project once
        "EO_PV_HAMILTON": "off",  # raw_data has just been written, of what DVC's stages have loaded
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def _build(run: Run, results: Path, database: Path, variables: Mapping[str, str]) -> dict[str, int]:
    code, output = run(variables)
    if code in {-signal.SIGINT, STOPPED_EXIT_CODE}:
        raise KeyboardInterrupt
    if code < 0:
        raise BuildError(f"dbt: {killed_message(-code)} The tables of the last good build stay.")
    if code:
        raise BuildError(explain_failure(results, output, database))
    return read_warnings(results)
