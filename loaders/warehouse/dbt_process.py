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
from importlib import import_module
from queue import SimpleQueue
from threading import Thread
from typing import Any

import dbt.adapters.duckdb  # noqa: F401 (what dbt and its plugin import: while there is time)
from dbt.cli.exceptions import DbtUsageException
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from loaders.core.foreign_errors import STOPPED_EXIT_CODE
from loaders.db import database, h3_udfs, name_udfs, shape_udfs  # noqa: F401

FAILED_NODE, FAILED_RUN = 1, 2  # exit codes that dbt documents
EXCLUDE = "--exclude"
LEFT_OUT = "left_out"  # a tag
MODELS = ("prep_pv_clusters", "prep_pv_near_pairs")  # in Python, with libraries of their own


def _read_input(lines: "SimpleQueue[Any]") -> None:
    """Read the lines of the standard input, and end this process at its end."""
    try:
        # without a buffer, whose lock would outlive Python
        with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as stream:
            for line in stream:
                lines.put(json.loads(line))
    finally:  # also after half a line, of a parent that was killed
        os._exit(1)


def _parsed(arguments: list[str]) -> Manifest | None:
    """The parsed project; null if it cannot be parsed: the build then says why."""
    done = dbtRunner().invoke(arguments)
    if isinstance(done.exception, KeyboardInterrupt):
        sys.exit(STOPPED_EXIT_CODE)
    return done.result if isinstance(done.result, Manifest) else None


def _run(arguments: list[str], manifest: Manifest | None) -> int:
    """Run dbt; returns its exit code."""
    done = dbtRunner(manifest).invoke(arguments)
    if isinstance(done.exception, KeyboardInterrupt):
        return STOPPED_EXIT_CODE
    if isinstance(done.exception, DbtUsageException):  # of the others, dbt logs the message
        sys.stderr.write(f"{done.exception}\n")
    return 0 if done.success else FAILED_RUN if done.exception else FAILED_NODE


def _tagged(manifest: Manifest, arguments: list[str]) -> list[str]:
    """Give all nodes that are left out by name one tag, by which dbt finds them at once.

    For each name it looks through all nodes, which takes seconds for a hundred names.

    Returns:
        The arguments with that tag instead of the names.
    """
    if EXCLUDE not in arguments:
        return arguments
    place = arguments.index(EXCLUDE) + 1  # the last option
    options, selectors = arguments[:place], arguments[place:]
    names = {selector for selector in selectors if ":" not in selector}
    for node in manifest.nodes.values():
        if node.name in names:
            node.tags.append(LEFT_OUT)
    return [*options, *(selector for selector in selectors if selector not in names), f"tag:{LEFT_OUT}"]


def main() -> int:
    """Parse if asked to, and build; returns the exit code of dbt."""
    lines: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_read_input, args=(lines,), daemon=True).start()
    for name in set(MODELS).difference(sys.argv):  # also while there is time, unless they are left out
        import_module(f"loaders.warehouse.models.{name}")
    manifest = None
    while isinstance(line := lines.get(), list):
        manifest = _parsed(line)
    os.environ.update(line)
    arguments = sys.argv[1:]
    return _run(_tagged(manifest, arguments) if manifest else arguments, manifest)


if __name__ == "__main__":
    sys.exit(main())
