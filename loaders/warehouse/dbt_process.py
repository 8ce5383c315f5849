"""The process of dbt: it imports what a build needs, and builds once its standard input names the step.

    python -m loaders.warehouse.dbt_process build --project-dir dbt …

Imports take seconds, in which the build writes the raw tables. If the build ends before, so does this process.
"""

import sys

import dbt.adapters.duckdb  # noqa: F401 (what dbt, its plugin and the models import: while there is time)
from dbt.cli.main import cli

from loaders.db import database, h3_udfs, name_udfs, shape_udfs  # noqa: F401
from loaders.warehouse.models import prep_pv_clusters, prep_pv_near_pairs  # noqa: F401

if __name__ == "__main__" and sys.stdin.readline():
    cli(prog_name="dbt")
