"""The process of dbt: it imports what a build needs, and builds once a line of its standard input says so.

The line is a JSON object of variables of the environment, which the build takes and this process did not know before.

    python -m loaders.warehouse.dbt_process build --project-dir dbt …

Imports take seconds, in which the build writes the raw tables. When the build ends or is killed, so does this process:
the end of its standard input says so.
"""

import json
import os
import sys
from threading import Thread

import dbt.adapters.duckdb  # noqa: F401 (what dbt, its plugin and the models import: while there is time)
from dbt.cli.main import cli

from loaders.db import database, h3_udfs, name_udfs, shape_udfs  # noqa: F401
from loaders.warehouse.models import prep_pv_clusters, prep_pv_near_pairs  # noqa: F401


def _end_with_input() -> None:
    """End this process at the end of its standard input."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


if __name__ == "__main__" and (line := sys.stdin.readline()):
    os.environ.update(json.loads(line))
    Thread(target=_end_with_input, daemon=True).start()
    cli(prog_name="dbt")
