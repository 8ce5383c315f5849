"""dbt's tests of the tables that never reach its database."""

import duckdb

from loaders.core.errors import BuildError
from loaders.warehouse.shards.models import CompiledModels

LISTED = 5


def check_tables(
    connection: duckdb.DuckDBPyConnection, compiled: CompiledModels, *places: str, where: str = ""
) -> None:
    """Run the tests of the models of these places, as `inside` a shard.

    Args:
        connection: with their tables.
        compiled: the models.
        places: of the models.
        where: which tables these are, for the message.

    Raises:
        BuildError: rows fail one.
    """
    failed = []
    for check in compiled.checks_of(*places):
        (rows,) = connection.sql(f"SELECT count(*) FROM ({check.sql})").fetchall()[0]  # noqa: S608
        if rows:
            failed.append(f"  {check.name}: {rows:,} rows")
    if failed:
        listing = "\n".join(failed[:LISTED])
        raise BuildError(
            f"dbt: {len(failed)} of the tests{where} failed; the tables of the last good build stay.\n{listing}\nLook "
            "at them in one build of all records: `dbt build --project-dir dbt --profiles-dir dbt`."
        )
