"""Pairs of records that are one plant, or were joined: each judged by identifiers, with the reason of the build."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from benchmarks.causes import EXAMPLES, Cause
from benchmarks.grading import Score

RECORDS = "judged_records"
PAIRS = "judged_pairs"
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
            case when a.kind is not distinct from b.kind then a.kind else concat_ws(' + ', a.kind, b.kind) end as kind,
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


_SCORES = f"""
    select {{by}}, count(*) filter (is_true), count(*) filter (is_found), count(*) filter (is_true and is_found)
    from {PAIRS}
    group by all
    order by all
"""  # noqa: S608 (names of ours)
_CAUSES = f"""
    select
        coalesce(kind, dataset_a || ' + ' || dataset_b) as what,
        reason,
        count(*) as pairs,
        (list(printf('%s: %.0f m, %s MW, %s', ids, apart_m, capacities, names) order by hash(ids)))[:$examples]
    from {PAIRS}
    where is_true = $is_true and is_found != $is_true and [dataset_a, dataset_b] <@ $keys
    group by what, reason
    order by pairs desc, what, reason
"""  # noqa: S608 (names of ours)
_DUMP = f"copy (from {PAIRS} where is_true = {{}} and is_found = {{}} order by all) to '{{}}' (header)"


def judge_pairs(connection: duckdb.DuckDBPyConnection, namespaces: Sequence[str]) -> None:
    """Make the temporary tables `judged_pairs` (true or found) and `judged_candidates` (compared by the build).

    Args:
        connection: to a warehouse with a table `judged_records`: record_id, dataset_key, installation_id, centroid_lon,
            centroid_lat, capacity_mw, name, kind, and `truth`, a map from namespace to identifier.
        namespaces: the first one in which two records both have an identifier decides.
    """
    is_true = _judged(namespaces)
    connection.execute(_CANDIDATES.format(records=RECORDS, is_true=is_true))
    connection.execute(
        _PAIRS.format(pairs=PAIRS, records=RECORDS, is_true=is_true, distance=_DISTANCE, uncompared=_UNCOMPARED)
    )


def scores_by(connection: duckdb.DuckDBPyConnection, *columns: str) -> dict[tuple[str, ...], Score]:
    """Scores by some columns of `judged_pairs`."""
    rows = connection.execute(_SCORES.format(by=", ".join(columns))).fetchall()
    return {tuple(row[:-3]): Score(*row[-3:]) for row in rows}


def causes(connection: duckdb.DuckDBPyConnection, keys: Sequence[str], *, is_true: bool) -> list[Cause]:
    """Why true pairs were missed, or wrong ones joined; the most frequent reasons first.

    Args:
        connection: to a warehouse with the table `judged_pairs`.
        keys: both datasets of a pair are among these.
        is_true: whether to list the missed ones.
    """
    rows = connection.execute(_CAUSES, {"examples": EXAMPLES, "is_true": is_true, "keys": list(keys)}).fetchall()
    return [Cause(what, why, count, tuple(examples)) for what, why, count, examples in rows]


def write_mistakes(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write `missed.csv` and `wrong.csv`: every such pair with its reason."""
    connection.execute(_DUMP.format("true", "false", folder / "missed.csv"))
    connection.execute(_DUMP.format("false", "true", folder / "wrong.csv"))


def _judged(namespaces: Sequence[str]) -> str:
    """Whether two records are one plant, by the first namespace in which both have an identifier; else null."""
    each = (f"a.truth['{name}'] = b.truth['{name}']" for name in namespaces)
    return f"coalesce({', '.join(each)})"
