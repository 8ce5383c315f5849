"""dbt-duckdb plugin: dbt gets H3, questions about shapes, and functions that run Hamilton; all of it offline.

It finds the project by dbt's own project folder, never by the working folder, and opens the warehouse of the project's
settings, so that `dbt run` needs no environment variable.
"""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt_common.exceptions import DbtRuntimeError
from duckdb.func import PythonUDFType
from duckdb.sqltypes import BOOLEAN, TIMESTAMP_TZ, VARCHAR

from loaders.core.errors import PipelineError
from loaders.core.foreign_errors import known_error
from loaders.core.paths import ProjectPaths
from loaders.db import h3_udfs, name_udfs, shape_udfs
from loaders.db.connection import config as duck_config
from loaders.db.connection import open_database, prepare, stated_memory_mb, usable_mb
from loaders.db.database import Database
from loaders.db.ducklake import attach, show_lake
from loaders.settings.params import Settings
from loaders.settings.project import read_project

DATABASE_VARIABLE = "EO_PV_DATABASE"  # the database that `eo-pv warehouse` is building
# Pipelines run one after the other, though dbt runs hooks in several threads, and in a thread of Python: in one of
# DuckDB's, which calls these functions, pyproj crashes the process (its context goes with the thread's state).
_worker = ThreadPoolExecutor(1, "hamilton")
_runs: dict[tuple[str, str], "Run"] = {}


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a pipeline has stored, and what it could not.

    Attributes:
        stored: the tables, by name.
        failed: why there is no table, by dataset; by `` where the whole pipeline failed.
    """

    stored: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


class Plugin(BasePlugin):
    """Opens and configures the warehouse of the project; profiles.yml names this module."""

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Before the database is opened."""
        with _errors_of_dbt():
            _, paths = open_project()
            stated = os.environ.get(DATABASE_VARIABLE)
            database = paths.root / stated if stated else paths.database
            database.parent.mkdir(parents=True, exist_ok=True)
            open_database(database).close()  # whether another process holds it
        creds.path = str(database)
        # `eo-pv warehouse` states a limit; by hand, DuckDB takes what is there
        config.update(duck_config(stated_memory_mb() or int(usable_mb())))

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Once it is open."""
        with _errors_of_dbt():
            prepare(conn)
            h3_udfs.register(conn)
            shape_udfs.register(conn)
            name_udfs.register(conn)
            register_hamilton(conn)
            settings, paths = open_project()
            if settings.warehouse == "ducklake":
                attach(conn, settings.ducklake, paths)
                show_lake(conn)


@contextmanager
def _errors_of_dbt() -> Iterator[None]:
    """Raise an error that can be fixed as one of dbt's, of which it prints the sentence and no traceback."""
    try:
        yield
    except Exception as error:
        known = known_error(error, (Path("data"),))
        if known is None:
            raise
        raise DbtRuntimeError(str(known)) from None


def open_project() -> tuple[Settings, ProjectPaths]:
    """The settings and folders of the project whose folder `dbt` is the one that dbt works in."""
    flags = get_flags()  # type: ignore[no-untyped-call]
    return read_project(Path(flags.PROJECT_DIR).resolve().parent / "params.yaml")


def register_hamilton(connection: duckdb.DuckDBPyConnection) -> None:
    """Add what dbt/macros/hamilton.sql and the freshness of the sources call.

    - `run_hamilton(pipeline, only_stale, invocation)`: what was stored and what failed, as JSON; once an invocation
      of dbt, whatever number of hooks ask for it.
    - `update_sources(pipeline, invocation)`: the file that was written, as JSON.
    - `failed_pipelines(invocation)`: what the pipelines of this invocation could not store, as JSON.
    - `asked_at(table)`: when the publisher of a table was last asked; now without a publisher, 1970 if never.
    - `freshness_lines(tables)`: the same in words, for tables as a JSON list of `source.table`; as JSON.
    """
    connection.create_function(
        "run_hamilton",
        lambda pipeline, only_stale, invocation: _worker.submit(
            _run_as_json, connection, pipeline, only_stale, invocation
        ).result(),
        [VARCHAR, BOOLEAN, VARCHAR],
        VARCHAR,
        type=PythonUDFType.NATIVE,
        side_effects=True,
    )
    connection.create_function(
        "update_sources",
        lambda pipeline, invocation: _worker.submit(_update_sources, connection, pipeline, invocation).result(),
        [VARCHAR, VARCHAR],
        VARCHAR,
        side_effects=True,
    )
    connection.create_function("failed_pipelines", _failed_pipelines, [VARCHAR], VARCHAR, side_effects=True)
    connection.create_function("asked_at", _asked_at, [VARCHAR], TIMESTAMP_TZ, side_effects=True)
    connection.create_function("freshness_lines", _freshness_lines, [VARCHAR], VARCHAR, side_effects=True)


def _run(connection: duckdb.DuckDBPyConnection, name: str, only_stale: bool, invocation: str) -> Run:
    """Run a pipeline, unless this invocation of dbt has done so; a failure is a value, which the macros report.

    An exception would reach dbt as text with the stack of this process, and each hook would ask the publisher again.
    """
    if only_stale and os.environ.get("EO_PV_HAMILTON") == "off":
        return Run()
    from loaders.pipelines import run_pipeline  # noqa: PLC0415 (start-up time)

    if only_stale and (invocation, name) in _runs:
        return _runs[invocation, name]
    settings, paths = open_project()
    try:
        run = Run(run_pipeline(name, connection, paths.root / "params.yaml", only_stale=only_stale))
    except PipelineError as error:
        run = Run(dict(error.tables), {key: str(each) for key, each in error.errors.items()})
    except Exception as error:
        run = Run({}, {"": _sentence(error, paths)})
    if settings.warehouse == "ducklake":
        show_lake(connection)
    _runs[invocation, name] = run
    return run


def _sentence(error: Exception, paths: ProjectPaths) -> str:
    """What to tell of an error that can be fixed; a bug of ours is raised."""
    known = known_error(error, (paths.home,))
    if known is None:
        raise error
    return str(known)


def _run_as_json(connection: duckdb.DuckDBPyConnection, name: str, only_stale: bool, invocation: str) -> str:
    return json.dumps(asdict(_run(connection, name, only_stale, invocation)))


def _failed_pipelines(invocation: str) -> str:
    """What the pipelines of an invocation could not store: one text for each pipeline, as JSON."""
    failed = {name: run.failed for (each, name), run in _runs.items() if each == invocation and run.failed}
    return json.dumps({name: "\n".join(dict.fromkeys(sentences.values())) for name, sentences in failed.items()})


def _update_sources(connection: duckdb.DuckDBPyConnection, name: str, invocation: str) -> str:
    """Run what is stale of a pipeline, then write its dbt sources; the file and what failed, as JSON."""
    from loaders.warehouse.dbt_sources import write_sources  # noqa: PLC0415 (start-up time)

    run = _run(connection, name, True, invocation)
    settings, paths = open_project()
    try:
        with Database(settings, paths, connection=connection).opened() as cursor:
            path = write_sources(name, cursor, settings, paths, paths.root / "dbt")
    except Exception as error:
        return json.dumps({"failed": run.failed or {"": _sentence(error, paths)}})
    return json.dumps({"path": str(path.relative_to(paths.root)), "failed": run.failed})


def _asked_at(table: str) -> datetime:
    from loaders.warehouse.source_freshness import freshness_of  # noqa: PLC0415 (start-up time)

    return freshness_of(table, *open_project()).time


def _freshness_lines(tables: str) -> str:
    from loaders.warehouse.source_freshness import freshness_lines  # noqa: PLC0415 (start-up time)

    return json.dumps(freshness_lines(json.loads(tables), *open_project()))
