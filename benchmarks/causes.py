"""Why records were not joined, or wrongly so: the most frequent causes in a built warehouse, with examples."""

from dataclasses import dataclass

import duckdb

# The numbers in a reason differ from pair to pair; what is left is the kind of reason.
MISSES = r"""
    with graded as (
        select * from graded_records where plant != -1
    ),
    missed as (
        select
            a.dataset_key || ' ' || a.geometry_kind || ' + ' || b.dataset_key || ' ' || b.geometry_kind as what,
            a.record_id || ' ' || b.record_id as example,
            least(a.record_id, b.record_id) as first_id,
            greatest(a.record_id, b.record_id) as second_id
        from graded as a
        inner join graded as b on a.plant = b.plant
        where a.dataset_key < b.dataset_key and a.installation_id != b.installation_id
    ),
    compared as (
        select
            least(record_id_a, record_id_b) as first_id,
            greatest(record_id_a, record_id_b) as second_id,
            case
                when is_match then 'joined by ' || match_rule || ', divided later'
                else regexp_replace(coalesce(refused_because, 'no rule fits'), '\d+([.]\d+)?', '…', 'g')
            end as reason
        from prepared.prep_pv_pairs
    )
    select what, coalesce(reason, 'not compared') as why, count(*) as pairs, (list(example order by example))[:?]
    from missed
    left join compared using (first_id, second_id)
    group by what, why
    order by pairs desc, what, why
    limit ?
"""
FALSE_MERGES = """
    with judged as (
        select
            a.dataset_key || ' ' || a.geometry_kind || ' + ' || b.dataset_key || ' ' || b.geometry_kind as what,
            'joined by ' || pairs.match_rule as why,
            a.record_id || ' ' || b.record_id as example,
            a.installation_id
        from prepared.prep_pv_pairs as pairs
        inner join graded_records as a on pairs.record_id_a = a.record_id
        inner join graded_records as b on pairs.record_id_b = b.record_id
        where
            pairs.is_match
            and pairs.dataset_key_a != pairs.dataset_key_b
            and a.plant != b.plant
            and a.plant != -1
            and b.plant != -1
            and a.installation_id = b.installation_id
    ),
    indirect as (
        select
            'installation of several plants' as what,
            'each joined to a record that is not graded' as why,
            min(record_id) || ' ' || max(record_id) as example,
        from graded_records
        where plant != -1 and installation_id not in (select installation_id from judged)
        group by installation_id
        having count(distinct plant) > 1
    ),
    wrong as (
        select what, why, example from judged
        union all
        select what, why, example from indirect
    )
    select what, why, count(*) as pairs, (list(example order by example))[:?]
    from wrong
    group by what, why
    order by pairs desc, what, why
    limit ?
"""
EXAMPLES = 3
WORST = 10


@dataclass(frozen=True, slots=True)
class Cause:
    """One kind of mistake.

    Attributes:
        what: the datasets, and whether they show outlines or points.
        why: the reason that the build gave for a pair, or the rule by which it joined it.
        count: pairs of records, or installations where no single pair is to blame.
        examples: a few of them, by record.
    """

    what: str
    why: str
    count: int
    examples: tuple[str, ...]


def missed(connection: duckdb.DuckDBPyConnection) -> list[Cause]:
    """Pairs of one plant, and of different datasets, that are not one installation; the most frequent kinds first.

    Args:
        connection: to a warehouse in which `graded_records` says the `plant` of each record, -1 for none.
    """
    return _causes(connection, MISSES)


def merged_falsely(connection: duckdb.DuckDBPyConnection) -> list[Cause]:
    """Pairs of two plants and datasets that a rule made one installation; the most frequent kinds first.

    Args:
        connection: as for `missed`.
    """
    return _causes(connection, FALSE_MERGES)


def _causes(connection: duckdb.DuckDBPyConnection, query: str) -> list[Cause]:
    rows = connection.execute(query, [EXAMPLES, WORST]).fetchall()
    return [Cause(what, why, count, tuple(examples)) for what, why, count, examples in rows]
