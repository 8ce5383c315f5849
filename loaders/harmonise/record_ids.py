"""Record identifiers, duplicate shapes and placeholder positions: they need all records of a dataset at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from loaders.core.escape import sql_file
from loaders.core.plant_names import GENERIC_WORDS, LEFT_OUT
from loaders.db.connection import NO_PROGRESS_BAR
from loaders.harmonise.readers.published_file import BATCH_ROWS

CLUE_NAMES = frozenset(
    {"source_id", "group_id", "name", "geometry_kind", "reason", "fingerprint", "shape_hash", "is_coarse"}
)
SHORT_HASH = 8
MEMORY_LIMIT = "256MB"  # DuckDB spills the rest to disk
# In the registers that we know, no position is shared by more than three solar plants (the United Kingdom's: three
# applications for one site), but by 25 plants where it is the middle of a town.
PLACEHOLDER_INSTALLATIONS = 5
COMMON_WORDS = sorted(GENERIC_WORDS | LEFT_OUT)

# Plants of one solar park share a word of their names besides.
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
            case when geometry_kind = 'point' then name end as point_name,
            $key || ':' || coalesce(source_id, 'g-' || fingerprint) as identifier
        from read_parquet($path, hive_partitioning = false, file_row_number = true)
    ),
    told_apart as (
        select
            *,
            case
                when source_id is not null and count(*) over (partition by identifier) > 1
                then identifier || '~' || left(fingerprint, {SHORT_HASH})
                else identifier
            end as candidate
        from records
    ),
    coarse_spots as (
        select coarse_position as shape_hash
        from records
        where coarse_position is not null
        group by coarse_position
        having count(distinct described) >= {PLACEHOLDER_INSTALLATIONS}
    ),
    named_spots as (
        select
            shape_hash,
            count(distinct described) as installations
        from records
        where shape_hash is not null
        group by shape_hash
        having least(installations, count(distinct point_name)) >= {PLACEHOLDER_INSTALLATIONS}
    ),
    words as (
        select
            shape_hash,
            described,
            installations,
            unnest(regexp_extract_all(lower(strip_accents(point_name)), '\\p{{L}}+')) as word
        from records
        inner join named_spots using (shape_hash)
    ),
    family_spots as (
        select shape_hash
        from words
        where not list_contains($common_words, word)
        group by shape_hash, word
        having 2 * count(distinct described) >= any_value(installations)
    ),
    placeholder_spots as (
        from coarse_spots
        union
        select shape_hash from named_spots anti join family_spots using (shape_hash)
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
        placeholder_spots.shape_hash is not null as is_placeholder
    from counted
    left join placeholder_spots using (shape_hash)
    order by row
"""  # noqa: S608 (numbers of ours)


def identify_records(records: Path, key: str) -> Iterator[pa.RecordBatch]:
    """Stable record identifiers: unchanged when a publisher reorders the file or adds to it.

    Args:
        records: Parquet with the columns of `CLUE_NAMES`; DuckDB spills into its folder.
        key: of the dataset.

    Yields:
        In the order of the records, some at a time: `record_id`; `is_duplicate`, whether another kept record has the
        same shape; and `is_placeholder`, whether several installations share the position that are no neighbours: it
        is a coarse one, or their names have no word in common.
    """
    config: dict[str, Any] = {"memory_limit": MEMORY_LIMIT, "temp_directory": str(records.parent / "identities")}
    with duckdb.connect(config=config) as connection:
        connection.execute(NO_PROGRESS_BAR)
        parameters = {"key": key, "path": sql_file(records), "common_words": COMMON_WORDS}
        yield from connection.execute(RECORD_IDS_QUERY, parameters).to_arrow_reader(BATCH_ROWS)
