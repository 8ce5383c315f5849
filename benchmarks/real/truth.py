"""The truth about real records: pairs that the publishers' identifiers prove, next to those that a build found."""

import json
from collections.abc import Sequence

import duckdb

from benchmarks.real.inventories import Inventory

RECORDS = "real_records"
PAIRS = "real_pairs"
EARTH_DIAMETER_M = 12_742_016

_PAIRS = """
    create temp table {pairs} as
    with named as (
        select *, unnest(map_entries(truth)) as entry
        from {records}
    ),
    proved as (
        select a.record_id as record_a, b.record_id as record_b
        from named as a
        inner join named as b on a.entry = b.entry and a.dataset_key < b.dataset_key
    ),
    joined as (
        select a.record_id as record_a, b.record_id as record_b
        from {records} as a
        inner join {records} as b on a.installation_id = b.installation_id and a.dataset_key < b.dataset_key
    ),
    pairs as (
        select record_a, record_b from proved
        union
        select record_a, record_b from joined
    ),
    judged as (
        select
            a.dataset_key as dataset_a,
            b.dataset_key as dataset_b,
            a.record_id as record_a,
            b.record_id as record_b,
            {is_true} as is_true,
            a.installation_id = b.installation_id as is_found,
            {distance} as apart_m,
            concat_ws(' ', a.record_id, b.record_id) as ids,
            printf('%s / %s', ifnull(a.capacity_mw::varchar, '?'), ifnull(b.capacity_mw::varchar, '?')) as capacities,
            printf('%s / %s', ifnull(a.name, '?'), ifnull(b.name, '?')) as names
        from pairs
        inner join {records} as a on pairs.record_a = a.record_id
        inner join {records} as b on pairs.record_b = b.record_id
    ),
    compared as (
        select
            least(record_id_a, record_id_b) as first_id,
            greatest(record_id_a, record_id_b) as second_id,
            any_value(match_rule) as match_rule,
            any_value(refused_because) as refused_because
        from prepared.prep_pv_pairs
        group by first_id, second_id
    )
    select
        judged.*,
        case
            when is_found then coalesce('joined by ' || match_rule, 'joined through other records')
            when compared.first_id is null then {uncompared}
            else coalesce(
                'joined by ' || match_rule || ', cut later',
                regexp_replace(refused_because, '\\d+([.]\\d+)?', '…', 'g'),
                'no rule fits'
            )
        end as reason
    from judged
    left join compared
        on least(record_a, record_b) = first_id and greatest(record_a, record_b) = second_id
    where is_true is not null and (is_true or is_found)
"""
_CANDIDATES = """
    create temp table judged_candidates as
    select pairs.record_id_a, pairs.record_id_b, {is_true} as is_true
    from prepared.prep_pv_pairs as pairs
    inner join {records} as a on pairs.record_id_a = a.record_id
    inner join {records} as b on pairs.record_id_b = b.record_id
    where a.dataset_key != b.dataset_key and is_true is not null
"""
_UNCOMPARED = """
    case
        when apart_m > 10000 then 'not a candidate, more than 10 km apart'
        when apart_m > 1000 then 'not a candidate, 1 to 10 km apart'
        else 'not a candidate, within 1 km'
    end
"""
_DISTANCE = f"""
    {EARTH_DIAMETER_M} * asin(least(1, sqrt(
        power(sin(radians(b.centroid_lat - a.centroid_lat) / 2), 2)
        + cos(radians(a.centroid_lat)) * cos(radians(b.centroid_lat))
        * power(sin(radians(b.centroid_lon - a.centroid_lon) / 2), 2)
    )))
"""


def register_truth(
    connection: duckdb.DuckDBPyConnection, inventories: Sequence[Inventory], namespaces: Sequence[str]
) -> None:
    """Make the temporary tables `real_records`, `real_pairs` (true or found) and `judged_candidates`.

    Args:
        connection: to a built warehouse.
        inventories: whose records are graded.
        namespaces: of identifiers; the first one that two records share decides.
    """
    for number, inventory in enumerate(inventories):
        start = f"create temp table {RECORDS} as" if number == 0 else f"insert into {RECORDS}"
        connection.execute(f"{start} {_records(inventory)}", {"key": inventory.key, "edition": inventory.edition})
    connection.execute(_CANDIDATES.format(records=RECORDS, is_true=_judged(namespaces)))
    connection.execute(
        _PAIRS.format(
            pairs=PAIRS, records=RECORDS, is_true=_judged(namespaces), distance=_DISTANCE, uncompared=_UNCOMPARED
        )
    )


def _judged(namespaces: Sequence[str]) -> str:
    """Whether two records are one plant, by the first namespace in which both have an identifier; else null."""
    each = (f"a.truth['{name}'] = b.truth['{name}']" for name in namespaces)
    return f"coalesce({', '.join(each)})"


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
            map_from_entries(list_filter(map_entries({identifiers}), lambda each: each.value is not null)) as truth
        from curated.curated_pv_records
        where dataset_key = $key
    """  # noqa: S608 (from a file of ours)


def _published(column: str) -> str:
    """A published value as text; whole numbers without decimals or thousands marks."""
    path = f"$.{json.dumps(column)}"
    return f"regexp_replace(json_extract_string(source_attributes, '{path}'), '(^(\\d+)[.]0+$)', '\\2')"
