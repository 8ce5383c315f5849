"""dbt-duckdb plugin: dbt's connections get what ours get, and H3; offline, from wherever dbt is started."""

import os
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin

from loaders.duck import CONFIG, prepare
from loaders.duck import config as duck_config
from loaders.h3_functions import register


class Plugin(BasePlugin):
    """Configures the connection; profiles.yml names this module."""

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Before the database is opened."""
        memory_mb = os.environ.get("EO_PV_MEMORY_MB")  # `eo-pv warehouse` sets it; by hand, DuckDB takes what is there
        config.update(duck_config(int(memory_mb)) if memory_mb else CONFIG)

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Once it is open."""
        prepare(conn)
        register(conn)
