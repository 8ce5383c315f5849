"""Record identifiers, duplicate shapes and placeholder positions: they need all records of a dataset at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from loaders.core.escape import sql_file

SHORT_HASH = 8
MEMORY_LIMIT = "256MB"  # DuckDB spills the rest to disk

FETCH_ROWS = 10_000
# In the registers that we know, no position is shared by more than three solar plants (the United Kingdom's: three
# applications for one site), but by 25 plants where it is the middle of a town.
PLACEHOLDER_INSTALLATIONS = 5

# Records with one source_id are distinguished by their shape; those with one shape too, by their order.
RECORD_IDS_QUERY = f"""
    with records as (
        select
            file_row_number as row,
            source_id,
            fingerprint,
            case when reason is null then shape_hash end as shape_hash,
            case when reason is null and is_coarse then shape_hash end as coarse_position,
            coalesce(group_id, source_id, 'row ' || file_row_number) as described,
            $key || ':' || coalesce(source_id, 'g-' || fingerprint) as name
        from read_parquet($path, hive_partitioning = false, file_row_number = true)
    ),
    told_apart as (
        select
            *,
            case
                when source_id is not null and count(*) over (partition by name) > 1
                then name || '~' || left(fingerprint, {SHORT_HASH})
                else name
            end as candidate
        from records
    ),
    sharing as (
        select
            coarse_position,
            count(distinct described) as installations
        from records
        where coarse_position is not null
        group by coarse_position
    ),
    counted as (
        select
            *,
            row_number() over (partition by candidate order by row) as nth
        from told_apart
    )
    select
        candidate || case when nth > 1 then '.' || nth else '' end as record_id,
        shape_hash is not null and count(*) over (partition by shape_hash) > 1 as is_duplicate,
        coalesce(sharing.installations >= {PLACEHOLDER_INSTALLATIONS}, false) as is_placeholder
    from counted
    left join sharing using (coarse_position)
    order by row
"""  # noqa: S608 (numbers of ours)


def identify_records(records: Path, key: str) -> Iterator[tuple[str, bool, bool]]:
    """Stable record identifiers: unchanged when a publisher reorders the file or adds to it.

    Args:
        records: Parquet with the columns of `contract.LOADING` except `record_id`; DuckDB spills into its folder.
        key: of the dataset.

    Yields:
        In the order of the records: the identifier, whether another kept record has the same shape, and whether the
        position is a coarse one that several installations share.
    """
    config: dict[str, Any] = {"memory_limit": MEMORY_LIMIT, "temp_directory": str(records.parent / "identities")}
    with duckdb.connect(config=config) as connection:
        result = connection.execute(RECORD_IDS_QUERY, {"key": key, "path": sql_file(records)})
        while rows := result.fetchmany(FETCH_ROWS):
            yield from rows
