-- Records that another one of their dataset covers say nothing of their own; a capacity that is stated again for the
-- same part, or the same shape, is stated once.
with members as (

    select
        members.installation_id,
        members.part_id,
        members.is_repeat,
        records.*
    from {{ ref('prep_pv_members') }} as members
    inner join {{ ref('prep_pv_datasets_unified') }} as records on members.record_number = records.record_number
    where not members.is_covered

),

counts as (

    select
        installation_id,
        dataset_key,
        count(*) as records
    from {{ ref('prep_pv_members') }}
    group by all

),

stated as (

    select distinct
        installation_id,
        dataset_key,
        part_id,
        capacity_mw,
        capacity_basis
    from members
    where capacity_mw is not null

),

capacities as (

    select
        installation_id,
        dataset_key,
        {{ exact_sum('capacity_mw', 6) }} as capacity_mw,
        case
            when min(capacity_basis) = max(capacity_basis) then min(capacity_basis) else 'unknown'
        end as capacity_basis,
        count(distinct part_id) as parts_with_capacity
    from stated
    group by all

)

select
    members.installation_id,
    members.dataset_key,
    any_value(members.priority) as priority,
    any_value(counts.records) as records,
    {{ exact_sum('case when not members.is_repeat then members.area_m2 end', 2) }} as area_m2,
    {{ exact_sum('case when not members.is_repeat then members.source_area_m2 end', 2) }} as source_area_m2,
    any_value(capacities.capacity_mw) as capacity_mw,
    any_value(capacities.capacity_basis) as capacity_basis,
    coalesce(any_value(capacities.parts_with_capacity) = count(distinct members.part_id), false) as is_whole_capacity,
    case when bool_and(members.installed_from is not null) then min(members.installed_from) end as installed_from,
    case when bool_and(members.installed_to is not null) then max(members.installed_to) end as installed_to
from members
inner join counts on members.installation_id = counts.installation_id and members.dataset_key = counts.dataset_key
left join capacities
    on members.installation_id = capacities.installation_id and members.dataset_key = capacities.dataset_key
group by members.installation_id, members.dataset_key
