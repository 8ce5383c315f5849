"""What a name on the command line means: a record, an installation, or something that is in no table, and why."""

import re

import duckdb

from loaders.contract import REASONS
from loaders.core.errors import BuildError

INSTALLATION = re.compile(r"pv_[0-9a-f]{16}")
LICENCE_NOT_ALLOWED = "licence_not_allowed"
NEAREST = 3  # identifiers that an error proposes
ALIKE = 0.85  # Jaro-Winkler similarity [0 to 1] from which an identifier may be meant

INSTALLATION_OF = "select installation_id from curated.curated_pv_records where record_id = $name"
IS_THERE = "select installation_id from curated.curated_pv_installations where installation_id = $name"
REJECTED = "select dataset_key, reason from prepared.prep_pv_rejected where record_id = $name"
# 2 seconds for 4 million records; the distances of Levenshtein take 40
NEAREST_TO = """
    select {column} from curated.{table}
    where ends_with({column}, ':' || $name) or jaro_winkler_similarity({column}, $name) >= $alike
    order by ends_with({column}, ':' || $name) desc, jaro_winkler_similarity({column}, $name) desc, {column}
    limit $most
"""


def is_installation(name: str) -> bool:
    """Whether a name looks like that of an installation; a dataset's key may begin with pv_ too."""
    return INSTALLATION.fullmatch(name) is not None


def installation_of(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """The installation of this name, or of the record of this name.

    Raises:
        BuildError: there is none: the message says whether the record was rejected, or names the nearest.
    """
    found = _first(connection, IS_THERE if is_installation(name) else INSTALLATION_OF, name)
    if found:
        return str(found[0])
    if rejected := _first(connection, REJECTED, name):
        raise BuildError(f"{name} is in no installation: {_rejection(*rejected)}")
    raise BuildError(f"There is no record or installation {name}. {_nearest(connection, name)}")


def _rejection(key: str, reason: str) -> str:
    if reason == LICENCE_NOT_ALLOWED:
        return f"{key} is left out, because licences.allow in params.yaml does not list the kind of its licence."
    why = f"{REASONS[reason]} ({reason})" if reason in REASONS else reason
    return f"it was rejected, since {why}. Its row is in loaded/{key}.rejected.parquet."


def _nearest(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    installation = is_installation(name)
    column = "installation_id" if installation else "record_id"
    table = "curated_pv_installations" if installation else "curated_pv_records"
    query = NEAREST_TO.format(column=column, table=table)
    found = connection.execute(query, {"name": name, "alike": ALIKE, "most": NEAREST}).fetchall()
    if found:
        meant = f"Did you mean {', '.join(near for (near,) in found)}?"
    else:
        meant = f"Look for it in curated/{table}.parquet, column {column}."
    return f"{meant} Installations change their names with their records: name a record." if installation else meant


def _first(connection: duckdb.DuckDBPyConnection, query: str, name: str) -> tuple[str, ...] | None:
    row: tuple[str, ...] | None = connection.execute(query, {"name": name}).fetchone()
    return row
