"""Runs `dbt build` on a database, in a process of its own: DuckDB lets only one at a time write to a file."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.core.errors import BuildError
from loaders.core.foreign_errors import STOPPED_EXIT_CODE, killed_message
from loaders.db.connection import MEMORY_VARIABLE
from loaders.warehouse.dbt_progress import WaitingProcess, process_on_request
from loaders.warehouse.dbt_results import explain_failure, read_warnings

# unit tests check the models, not these records; what no other model reads is made by `dbt run --select tag:on_request`
OPTIONS = (
    "--exclude-resource-type",
    "unit_test",
    "--no-use-colors",
    "--log-format",
    "json",
)
PARSE = ("parse", "--no-write-json", "--log-level", "none")  # the build writes the manifest, and says what is wrong
ON_REQUEST = "tag:on_request"
NO_LOG = ("--log-level-file", "none")  # run_results.json says what failed
NEW_DATABASE = ("--no-populate-cache",)
RunDbt = Callable[[Mapping[str, str]], dict[str, int]]


@dataclass(frozen=True, slots=True)
class DbtBuild:
    """dbt, which imports what it needs and can parse its project before it is asked to build.

    Attributes:
        process: of dbt.
        project: folder of `dbt_project.yml`.
        database: to build.
    """

    process: WaitingProcess
    project: Path
    database: Path

    def parse_after(self, raw_tables: "Future[Any] | None") -> None:
        """Parse the project as soon as its sources are described, ahead of the build.

        Args:
            raw_tables: are being written, and described then; null if they are described.
        """
        if raw_tables is None:
            self.process.prepare([*PARSE, *NO_LOG, *_folders(self.project)])
        else:
            raw_tables.add_done_callback(self._parse_if_written)

    def _parse_if_written(self, raw_tables: "Future[Any]") -> None:
        if not raw_tables.cancelled() and raw_tables.exception() is None:
            self.parse_after(None)

    def __call__(self, variables: Mapping[str, str]) -> dict[str, int]:
        """Build, with more variables of the environment.

        Returns:
            The number of rows by the name of each test that warns.

        Raises:
            BuildError: a model or a test failed; the message names it.
        """
        code, output = self.process(variables)
        if code in {-signal.SIGINT, STOPPED_EXIT_CODE}:
            raise KeyboardInterrupt
        if code < 0:
            raise BuildError(f"dbt: {killed_message(-code)} The tables of the last good build stay.")
        results = _results(self.project)
        if code:
            raise BuildError(explain_failure(results, output, self.database))
        return read_warnings(results)


@contextmanager
def dbt_build(
    database: Path, root: Path, memory_mb: int, left_out: Sequence[str] = (), *, is_new: bool = True
) -> Iterator[DbtBuild]:
    """Start dbt, which imports what it needs and can parse its project before it is asked to build.

    Args:
        database: to build.
        root: of the project.
        memory_mb: limit for DuckDB [MB].
        left_out: models that are not to be built, and tests.
        is_new: whether the database has no tables of models yet.
    """
    project = root / "dbt"
    _results(project).unlink(missing_ok=True)  # of an earlier run
    command = [sys.executable, "-m", "loaders.warehouse.dbt_process", "build", *_folders(project), *OPTIONS, *NO_LOG]
    command += [*(NEW_DATABASE if is_new else ()), "--exclude", ON_REQUEST, *left_out]
    environment = dbt_environment(database, root) | {MEMORY_VARIABLE: str(memory_mb)}
    with process_on_request(command, root, environment) as process:
        yield DbtBuild(process, project, database)


def dbt_environment(database: Path, root: Path) -> dict[str, str]:
    """The environment of dbt, for this database."""
    return os.environ | {
        "EO_PV_DATABASE": os.path.relpath(database, root),  # the same one each time: dbt parses the project once
        "EO_PV_HAMILTON": "off",  # raw_data has just been written, of what DVC's stages have loaded
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def _folders(project: Path) -> list[str]:
    return ["--project-dir", str(project), "--profiles-dir", str(project)]


def _results(project: Path) -> Path:
    return project / "target" / "run_results.json"
