"""The process of dbt: it imports what a build needs, and builds once its standard input names the step.

    python -m loaders.warehouse.dbt_process build --project-dir dbt …

Imports take seconds, in which the build writes the raw tables. If the build ends before, so does this process.
"""

import sys

from dbt.cli.main import cli

import loaders.dbt_plugin
import loaders.warehouse.models.prep_pv_clusters
import loaders.warehouse.models.prep_pv_near_pairs  # noqa: F401 (of the models: imported while there is time)

if __name__ == "__main__" and sys.stdin.readline():
    cli(prog_name="dbt")
