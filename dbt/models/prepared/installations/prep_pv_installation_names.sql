-- Name and operator: of the first inventory by priority that states one, there of the newest edition that does, and of
-- its largest record.
with records as (

    select
        *,
        {{ precedence_in_installation() }} as nth
    from {{ ref('prep_pv_installation_records') }}
    where coalesce(name, operator) is not null or identifiers is not null

),

spaces as (

    select
        records.installation_id,
        entries.entry.key as namespace,
        list(distinct entries.entry.value order by entries.entry.value) as ids
    from records
    cross join unnest(map_entries(records.identifiers)) as entries (entry)
    group by records.installation_id, entries.entry.key

),

identifiers as (

    select
        installation_id,
        map(list(namespace order by namespace), list(ids order by namespace)) as identifiers
    from spaces
    group by installation_id

)

select
    records.installation_id,
    arg_min(records.name, records.nth) filter (where records.name is not null) as name,
    arg_min(records.dataset_key, records.nth) filter (where records.name is not null) as name_dataset,
    arg_min(records.operator, records.nth) filter (where records.operator is not null) as operator,
    arg_min(records.dataset_key, records.nth) filter (where records.operator is not null) as operator_dataset,
    any_value(identifiers.identifiers) as identifiers
from records
left join identifiers on records.installation_id = identifiers.installation_id
group by records.installation_id
