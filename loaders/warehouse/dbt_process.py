"""The process of dbt: it imports what a build needs, and builds once a line of its standard input says so.

A line is JSON: the arguments of a `dbt parse` that is done ahead of the build, as a list, or variables of the
environment, as an object, with which it builds.

    python -m loaders.warehouse.dbt_process build --project-dir dbt …

Imports and parsing take seconds, in which shards are matched. When the parent ends or is killed, so does this process:
the end of its standard input says so.
"""

import json
import os
import sys
from queue import SimpleQueue
from threading import Thread
from typing import Any

import dbt.adapters.duckdb  # noqa: F401 (what dbt, its plugin and the models import: while there is time)
from dbt.cli.exceptions import DbtUsageException
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from loaders.db import database, h3_udfs, name_udfs, shape_udfs  # noqa: F401
from loaders.warehouse.models import prep_pv_clusters, prep_pv_near_pairs  # noqa: F401

FAILED_NODE, FAILED_RUN = 1, 2  # exit codes that dbt documents


def _read_input(lines: "SimpleQueue[Any]") -> None:
    """Read the lines of the standard input, and end this process at its end."""
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as stream:  # a buffer's lock would outlive Python
        for line in stream:
            lines.put(json.loads(line))
    os._exit(1)


def _parsed(arguments: list[str]) -> Manifest | None:
    """The parsed project; null if it cannot be parsed: the build then says why."""
    manifest = dbtRunner().invoke(arguments).result
    return manifest if isinstance(manifest, Manifest) else None


def _run(arguments: list[str], manifest: Manifest | None) -> int:
    """Run dbt; returns its exit code."""
    done = dbtRunner(manifest).invoke(arguments)
    if isinstance(done.exception, DbtUsageException):  # of the others, dbt logs the message
        sys.stderr.write(f"{done.exception}\n")
    return 0 if done.success else FAILED_RUN if done.exception else FAILED_NODE


def main() -> int:
    """Parse if asked to, and build; returns the exit code of dbt."""
    lines: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_read_input, args=(lines,), daemon=True).start()
    manifest = None
    while isinstance(line := lines.get(), list):
        manifest = _parsed(line)
    os.environ.update(line)
    return _run(sys.argv[1:], manifest)


if __name__ == "__main__":
    sys.exit(main())
