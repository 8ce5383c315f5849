"""Resolves an id on the command line: a record, an installation, a rejected record, or an unknown id."""

import re
from collections.abc import Mapping

import duckdb

from loaders.contract import REASONS
from loaders.core.errors import BuildError

INSTALLATION = re.compile(r"pv_[0-9a-f]{16}")
LICENCE_NOT_ALLOWED = "licence_not_allowed"
MAX_SUGGESTIONS = 3  # in an error message
MIN_SIMILARITY = 0.85  # Jaro-Winkler similarity [0 to 1] of a suggestion

INSTALLATION_OF_RECORD = "select installation_id from curated.curated_pv_records where record_id = $name"
REASON_LEFT_OUT = """
    select left_out, if(left_out in ('status ' || status, 'technology ' || technology), 'record', 'installation')
    from curated.curated_pv_records
    where record_id = $name and left_out is not null
"""
INSTALLATION_EXISTS = "select installation_id from curated.curated_pv_installations where installation_id = $name"
REJECTION_OF_RECORD = "select dataset_key, reason from prepared.prep_pv_rejected where record_id = $name"
# 2 seconds for 4 million records; the distances of Levenshtein take 40
NEAREST_IDS = """
    select {column} from curated.{table}
    where
        ends_with({column}, ':' || $name)
        or starts_with({column}, $name || ':')
        or jaro_winkler_similarity({column}, $name) >= $alike
    order by
        ends_with({column}, ':' || $name) desc,
        starts_with({column}, $name || ':') desc,
        jaro_winkler_similarity({column}, $name) desc,
        {column}
    limit $most
"""
EXAMPLE_ID = "select min({column}) from curated.{table}"


def is_installation(name: str) -> bool:
    """Whether an id has the form of an installation_id; a dataset's key may begin with pv_ too."""
    return INSTALLATION.fullmatch(name) is not None


def with_key(name: str, keys: Mapping[str, str]) -> str:
    """An id whose dataset may be named by its alias.

    Args:
        name: as on the command line: `uspvdb:400001`.
        keys: of the datasets, by alias.
    """
    dataset, colon, rest = name.partition(":")
    return f"{keys.get(dataset, dataset)}{colon}{rest}"


def installation_of(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """The installation with this id, or of the record with this id.

    Raises:
        BuildError: there is none: the message says why the record is left out or rejected, or suggests similar ids.
    """
    if left_out := _fetch_first(connection, REASON_LEFT_OUT, name):
        raise BuildError(f"{name} is in no installation: {_left_out(*left_out)}")
    row = _fetch_first(connection, INSTALLATION_EXISTS if is_installation(name) else INSTALLATION_OF_RECORD, name)
    if row:
        return str(row[0])
    if rejection := _fetch_first(connection, REJECTION_OF_RECORD, name):
        raise BuildError(f"{name} is in no installation: {_rejection(*rejection)}")
    raise BuildError(f"There is no record or installation {name!r}. {_suggestion(connection, name)}")


def _left_out(reason: str, grain: str) -> str:
    setting, _, value = reason.partition(" ")
    subject = f"its {setting}" if grain == "record" else f"with the records that match it, its {setting}"
    return f"{subject} is {value}, which include_{setting} in params.yaml does not list."


def _rejection(key: str, reason: str) -> str:
    if reason == LICENCE_NOT_ALLOWED:
        return "it is left out, because licences.allow in params.yaml does not list the kind of its licence."
    meaning = f"{REASONS[reason]} ({reason})" if reason in REASONS else reason
    return f"it was rejected, since {meaning}. Its row is in loaded/{key}.rejected.parquet."


def _suggestion(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    is_installation_id = is_installation(name)
    column = "installation_id" if is_installation_id else "record_id"
    table = "curated_pv_installations" if is_installation_id else "curated_pv_records"
    query = NEAREST_IDS.format(column=column, table=table)
    rows = connection.execute(query, {"name": name, "alike": MIN_SIMILARITY, "most": MAX_SUGGESTIONS}).fetchall()
    if rows:
        hint = f"Did you mean {', '.join(repr(near) for (near,) in rows)}?"
    else:
        example = connection.execute(EXAMPLE_ID.format(column=column, table=table)).fetchone()
        form = f"An id has the form of {example[0]!r}. " if example and example[0] else ""
        hint = f"{form}Look for it in curated/{table}.parquet, column {column}."
    return f"{hint} Installations change their names with their records: name a record." if is_installation_id else hint


def _fetch_first(connection: duckdb.DuckDBPyConnection, query: str, name: str) -> tuple[str, ...] | None:
    row: tuple[str, ...] | None = connection.execute(query, {"name": name}).fetchone()
    return row
