"""A database in memory in which the compiled models run as dbt runs them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb

from loaders.core.escape import sql_text
from loaders.core.paths import DATABASE_NAME
from loaders.db import h3_udfs, name_udfs, shape_udfs
from loaders.db.connection import CONFIG, prepare
from loaders.warehouse.shards.models import Model

CATALOG = Path(DATABASE_NAME).stem  # as the compiled models name it
SCHEMAS = ("raw_data", "raw_meta", "staging", "prepared", "curated")


def model_database(spill: Path, memory_mb: int, threads: int) -> duckdb.DuckDBPyConnection:
    """A connection with the functions that the models need.

    Args:
        spill: folder for what does not fit in memory.
        memory_mb: limit of DuckDB [MB].
        threads: of DuckDB.
    """
    spill.mkdir(parents=True, exist_ok=True)  # DuckDB makes no folder in which it is to make one
    threads = min(threads, CONFIG.get("threads", threads))
    options = {"memory_limit": f"{memory_mb}MB", "threads": threads, "temp_directory": str(spill)}
    connection = duckdb.connect(config=CONFIG | options)
    prepare(connection)
    for functions in (h3_udfs, shape_udfs, name_udfs):
        functions.register(connection)
    return connection


@contextmanager
def empty_catalog(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """An empty database of the name that dbt's has, dropped at the end of the context."""
    connection.execute(f"ATTACH ':memory:' AS {CATALOG}")
    connection.execute(f"USE {CATALOG}")
    try:
        for schema in SCHEMAS:
            connection.execute(f"CREATE SCHEMA {schema}")
        yield
    finally:
        connection.execute("USE memory")
        connection.execute(f"DETACH {CATALOG}")


def create_tables(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, str]) -> None:
    """Create tables, by the query of each."""
    for name, query in tables.items():
        connection.execute(f"CREATE TABLE {name} AS {query}")


def run_models(connection: duckdb.DuckDBPyConnection, models: Iterable[Model]) -> None:
    """Create the table or view of each model.

    Args:
        connection: with what they read.
        models: each after those that it reads.
    """
    tables = _Tables(connection, {})
    for model in models:
        tables.names[model.name] = model.table
        if model.script is None:
            kind = "VIEW" if model.is_view else "TABLE"
            connection.execute(f"CREATE {kind} {CATALOG}.{model.table} AS {model.sql}")
        else:
            rows = _python_function(model.script, model.name)(tables, connection)
            rows.create(f"{CATALOG}.{model.table}")


@dataclass(frozen=True, slots=True)
class _Tables:
    """What a dbt model in Python is given as `dbt`: the tables of other models."""

    connection: duckdb.DuckDBPyConnection
    names: dict[str, str]

    def ref(self, name: str) -> duckdb.DuckDBPyRelation:
        return self.connection.sql(f"FROM {CATALOG}.{self.names[name]}")

    def config(self, **_: Any) -> None:
        """What it says of its table is in the compiled model already."""


def _python_function(script: str, name: str) -> Callable[..., duckdb.DuckDBPyRelation]:
    """The function of a dbt model in Python, which makes its rows."""
    module = ModuleType(name)
    exec(compile(script, f"{name}.py", "exec"), vars(module))  # noqa: S102 (a model of this project)
    function: Callable[..., duckdb.DuckDBPyRelation] = module.model
    return function


def write_query(connection: duckdb.DuckDBPyConnection, query: str, path: Path, options: str = "") -> None:
    """Write the rows of a query as Parquet, with geometries as GeoParquet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"COPY ({query}) TO {sql_text(str(path))} (FORMAT parquet, COMPRESSION zstd{options})")
