"""DuckDB verifies its extensions once in each process of pytest, not for every database that a test opens."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from loaders.db.connection import load_extension

UNVERIFIED = {"allow_unsigned_extensions": "true"}  # the files are those of the wheels all the same


@pytest.fixture(scope="session", autouse=True)
def extensions_verified_once() -> Iterator[None]:
    """Check the signature of the extension that all tests need; what this process opens later loads it unchecked.

    To check it, DuckDB hashes the whole file whenever a database loads it: of spatial 77 MB, 0.3 s of a core.
    """
    open_database = duckdb.connect
    with open_database() as connection:
        load_extension(connection, "spatial")

    def connect(
        database: Any = ":memory:", read_only: bool = False, config: dict[str, Any] | None = None
    ) -> duckdb.DuckDBPyConnection:
        return open_database(database, read_only, (config or {}) | UNVERIFIED)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(duckdb, "connect", connect)
        yield
