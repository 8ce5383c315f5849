"""dbt-duckdb plugin: dbt gets H3, questions about shapes, and functions that run Hamilton; all of it offline."""

import json
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb.func import PythonUDFType
from duckdb.sqltypes import BOOLEAN, TIMESTAMP_TZ, VARCHAR

from loaders.db import h3_udfs as h3_functions
from loaders.db import shape_udfs as shape_functions
from loaders.db.connection import MEMORY_VARIABLE, prepare, usable_mb
from loaders.db.connection import config as duck_config

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # dbt wants a time: nobody asked here
_one_at_a_time = threading.Lock()  # dbt runs models, and so their hooks, in several threads


class Plugin(BasePlugin):
    """Configures the connection; profiles.yml names this module, and says whether raw_data is in the DuckLake."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Before anything else."""
        self._has_lake = bool(plugin_config.get("lake"))

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Before the database is opened."""
        Path(os.environ.get("EO_PV_DATABASE", ".")).parent.mkdir(parents=True, exist_ok=True)
        stated = MEMORY_VARIABLE in os.environ  # `eo-pv warehouse` sets it; by hand, DuckDB takes what is there
        config.update(duck_config(None if stated else int(usable_mb())))

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Once it is open."""
        prepare(conn)
        h3_functions.register(conn)
        shape_functions.register(conn)
        register_hamilton(conn)
        if self._has_lake:
            from loaders.db.ducklake import attach  # noqa: PLC0415 (only where it is needed)
            from loaders.settings.project import read_project  # noqa: PLC0415

            settings, paths = read_project()
            attach(conn, settings.ducklake, paths)


def register_hamilton(connection: duckdb.DuckDBPyConnection) -> None:
    """Add what dbt/macros/hamilton.sql and the freshness of the sources call.

    - `run_hamilton(pipeline, only_stale)`: what was stored, as JSON.
    - `update_sources(pipeline)`: the file that was written.
    - `last_asked(key)`: when the publisher of a dataset was last asked; 1970 if nobody did so here.
    """
    connection.create_function(
        "run_hamilton",
        lambda pipeline, only_stale: _run(connection, pipeline, only_stale=only_stale),
        [VARCHAR, BOOLEAN],
        VARCHAR,
        type=PythonUDFType.NATIVE,
        side_effects=True,
    )
    connection.create_function(
        "update_sources", lambda name: _update_sources(connection, name), [VARCHAR], VARCHAR, side_effects=True
    )
    connection.create_function("last_asked", _last_asked, [VARCHAR], TIMESTAMP_TZ)


def _run(connection: duckdb.DuckDBPyConnection, pipeline: str, *, only_stale: bool) -> str:
    if only_stale and os.environ.get("EO_PV_HAMILTON") == "off":
        return "{}"
    from loaders.pipelines import run_pipeline  # noqa: PLC0415 (start-up time)

    with _one_at_a_time:
        return json.dumps(run_pipeline(pipeline, connection, only_stale=only_stale))


def _update_sources(connection: duckdb.DuckDBPyConnection, pipeline: str) -> str:
    from loaders.hamilton_dbt_bridge import HamiltonDbtBridge  # noqa: PLC0415
    from loaders.settings.project import read_project  # noqa: PLC0415

    _, paths = read_project()
    bridge = HamiltonDbtBridge(paths.root / "dbt")
    return str(bridge.update_sources_from_hamilton(pipeline, connection).relative_to(paths.root))


def _last_asked(key: str) -> datetime:
    from loaders.acquire.last_asked import read_last_asked  # noqa: PLC0415
    from loaders.settings.project import read_project  # noqa: PLC0415

    _, paths = read_project()
    return read_last_asked(key, paths) or NEVER
