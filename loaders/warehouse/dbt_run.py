"""Runs `dbt build` on a database, in a process of its own: DuckDB lets only one at a time write to a file."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
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
    "--exclude",
    "tag:on_request",
    "--no-use-colors",
    "--log-format",
    "json",
)
# the database is new, and run_results.json says what failed
SPEED_OPTIONS = ("--log-level-file", "none", "--no-populate-cache")


@contextmanager
def dbt_build(database: Path, root: Path, memory_mb: int) -> Iterator[Callable[[], dict[str, int]]]:
    """Start dbt, which imports what it needs until it is asked to build.

    Args:
        database: to build.
        root: of the project.
        memory_mb: limit for DuckDB [MB].

    Yields:
        Builds; returns the number of rows by the name of each test that warns. It raises BuildError if a model or a
        test failed; the message names it.
    """
    project = root / "dbt"
    results = project / "target" / "run_results.json"
    results.unlink(missing_ok=True)  # of an earlier run
    folders = ["--project-dir", str(project), "--profiles-dir", str(project)]
    command = [sys.executable, "-m", "loaders.warehouse.dbt_process", "build", *folders, *OPTIONS, *SPEED_OPTIONS]
    environment = os.environ | {
        "EO_PV_DATABASE": os.path.relpath(database, root),  # the same one each time: dbt parses the project once
        MEMORY_VARIABLE: str(memory_mb),
        "EO_PV_HAMILTON": "off",  # raw_data has just been written, of what DVC's stages have loaded
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    with process_on_request(command, root, environment) as run:
        yield lambda: _build(run, results, database)


def _build(run: Run, results: Path, database: Path) -> dict[str, int]:
    code, output = run()
    if code in {-signal.SIGINT, STOPPED_EXIT_CODE}:
        raise KeyboardInterrupt
    if code < 0:
        raise BuildError(f"dbt: {killed_message(-code)} The tables of the last good build stay.")
    if code:
        raise BuildError(explain_failure(results, output, database))
    return read_warnings(results)
