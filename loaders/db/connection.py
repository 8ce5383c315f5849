"""DuckDB connections with the spatial extension and without network access."""

import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb

from loaders.core import memory
from loaders.core.errors import BuildError
from loaders.core.escape import sql_text
from loaders.core.foreign_errors import message_for
from loaders.settings.machine import machine

# files of an older format forget the CRS of a geometry when they are opened again
CONFIG: dict[str, Any] = {"storage_compatibility_version": "v1.5.0"}
if memory.has_address_space_limit():  # under `ulimit -v`, a thread that finds no room for its stack ends the process
    CONFIG["threads"] = 1
MEMORY_VARIABLE = "EO_PV_MEMORY_MB"
LARGEST_SHARE_OF_MEMORY = 0.8
OTHER_LIBRARIES_MB = 250  # of dbt, Python and GEOS, in addition to what DuckDB counts
LEAST_MB = 100
MEMORY_MB = 1000  # DuckDB spills the rest to disk next to the database; memory of GEOS is not counted
NO_PROGRESS_BAR = "SET enable_progress_bar = false"  # DuckDB takes a worker process for a session at a terminal
# else ST_Area_Spheroid and ST_Transform read EPSG:4326 as (lat, lon)
SETTINGS = ("SET GLOBAL geometry_always_xy = true", NO_PROGRESS_BAR)  # global: dbt's cursors forget local ones


def extension(name: str) -> Path:
    """One of DuckDB's signed extensions, in the wheel that the lock pins.

    Args:
        name: as DuckDB calls it: spatial, ducklake, httpfs, sqlite_scanner, postgres_scanner.

    Raises:
        BuildError: it is not installed, or is of another version of DuckDB.
    """
    package = find_spec(f"duckdb_extension_{name}")
    folders = (package.submodule_search_locations if package else None) or []
    file = f"v{duckdb.__version__}/{name}.duckdb_extension"
    for folder in folders:
        if (path := Path(folder, "extensions", file)).is_file():
            return path
    wheel = f"duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}"
    raise BuildError(f"DuckDB needs the package {wheel}, which is not installed. Run `make install`.")


def load_extension(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Load one of these extensions."""
    connection.execute(f"LOAD {sql_text(str(extension(name)))}")


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Apply extensions and settings that every connection needs."""
    load_extension(connection, "spatial")
    for setting in SETTINGS:
        connection.execute(setting)


def config(memory_mb: int | None = None) -> dict[str, Any]:
    """DuckDB configuration with a memory limit of MEMORY_MB, or less on smaller machines."""
    memory_mb = memory_mb or stated_memory_mb() or int(min(MEMORY_MB, usable_mb()))
    return CONFIG | {"memory_limit": f"{memory_mb}MB"}


def database_file(path: Path) -> str:
    """The path of a database, as DuckDB takes it.

    Raises:
        BuildError: it contains a question mark: DuckDB would parse the rest as part of a URL, and write its write-ahead
            log elsewhere.
    """
    if "?" in str(path.absolute()):
        raise BuildError(
            f"{path}: DuckDB cannot write below a folder with a question mark in its name. Rename that folder."
        )
    return str(path)


def usable_mb() -> float:
    """Memory available to DuckDB [MB]."""
    return max(LARGEST_SHARE_OF_MEMORY * memory.limit_mb() - OTHER_LIBRARIES_MB, LEAST_MB)


def stated_memory_mb() -> int | None:
    """The memory limit of the environment, else of the settings [MB]; null without one.

    Raises:
        BuildError: it is not a number.
    """
    text = os.environ.get(MEMORY_VARIABLE)
    if not text:
        return machine().memory_mb
    if re.fullmatch(r"[1-9][0-9]{0,8}", text.strip(), re.ASCII):
        return int(text)
    raise BuildError(f"{MEMORY_VARIABLE} is {text!r}; expected megabytes for DuckDB as a whole number, say 300.")


def connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database, with the spatial functions.

    Raises:
        BuildError: it is open elsewhere, or is not a database.
    """
    connection = open_database(path, read_only=read_only)
    prepare(connection)
    return connection


def open_database(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database as it is, without loading an extension.

    Raises:
        BuildError: as for `connect`.
    """
    try:
        return duckdb.connect(database_file(path), read_only=read_only, config=config())
    except duckdb.Error as error:
        raise opening_error(error, path) from error


def opening_error(error: duckdb.Error, path: Path) -> BuildError:
    """The error for a database that DuckDB cannot open."""
    return BuildError(f"{path} cannot be opened. {_reason(str(error), path)}")


def _reason(message: str, path: Path) -> str:
    """Cause and remedy for a database that cannot be opened."""
    if sentence := message_for(message, (path.parent,)):
        return sentence
    if "different configuration" in message:
        return "This program has it open already, with other settings. Close that connection first."
    return (
        "It is damaged, was written by another version of DuckDB, or is no database. Remove it, and make it again "
        "with `make all`."
    )
