"""The truth about real records: the identifiers that publishers share."""

import json
from collections.abc import Sequence

import duckdb

from benchmarks.judged_pairs import RECORDS, judge_pairs
from benchmarks.real.inventories import Inventory


def register_truth(
    connection: duckdb.DuckDBPyConnection, inventories: Sequence[Inventory], namespaces: Sequence[str]
) -> None:
    """Judge the records of some inventories: see `judge_pairs`.

    Args:
        connection: to a built warehouse.
        inventories: whose records are graded.
        namespaces: of identifiers; the first one that two records share decides.
    """
    for number, inventory in enumerate(inventories):
        start = f"create temp table {RECORDS} as" if number == 0 else f"insert into {RECORDS}"
        connection.execute(f"{start} {_records(inventory)}", {"key": inventory.key, "edition": inventory.edition})
    judge_pairs(connection, namespaces)


def _records(inventory: Inventory) -> str:
    """Query of one dataset's records, with their identifiers by namespace."""
    spaces = ", ".join(f"'{name}'" for name in inventory.truth)
    values = ", ".join(
        f"nullif(regexp_extract({_published(each.column)}, '{each.pattern}', 1), '')"
        for each in inventory.truth.values()
    )
    identifiers = f"map([{spaces}], [{values}])" if inventory.truth else "map([]::varchar[], []::varchar[])"
    return f"""
        select
            dataset_key, record_id, installation_id, centroid_lon, centroid_lat, capacity_mw,
            '{inventory.inventory}' as inventory,
            $edition::integer as edition,
            {_published(inventory.name_column) if inventory.name_column else "null"}::varchar as name,
            null::varchar as kind,
            map_from_entries(list_filter(map_entries({identifiers}), lambda each: each.value is not null)) as truth
        from curated.curated_pv_records
        where dataset_key = $key
    """  # noqa: S608 (from a file of ours)


def _published(column: str) -> str:
    """A published value as text; whole numbers without decimals or thousands marks."""
    path = f"$.{json.dumps(column)}"
    return f"regexp_replace(json_extract_string(source_attributes, '{path}'), '(^(\\d+)[.]0+$)', '\\2')"
