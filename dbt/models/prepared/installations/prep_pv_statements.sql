-- What a record states that another one of its dataset covers counts only where that one states nothing; a capacity
-- that is stated again for the same part, or the same shape, is stated once.
with members as (

    select * from {{ ref('prep_pv_installation_records') }}

),

outlines as (

    select * from {{ ref('prep_pv_outlines') }}

),

parts as (

    select
        installation_id,
        dataset_key,
        count(distinct part_id) filter (where not is_covered) as parts
    from members
    group by all

),

stated as (

    select distinct
        installation_id,
        dataset_key,
        part_id,
        capacity_mw,
        capacity_basis,
        is_covered
    from members
    where capacity_mw is not null
    qualify is_covered = bool_and(is_covered) over (partition by installation_id, dataset_key)

),

capacities as (

    select
        installation_id,
        dataset_key,
        {{ exact_sum('capacity_mw', 6) }} as capacity_mw,
        case
            when min(capacity_basis) = max(capacity_basis) then min(capacity_basis) else 'unknown'
        end as capacity_basis,
        count(distinct part_id) filter (where not is_covered) as parts_with_capacity
    from stated
    group by all

)

select
    members.installation_id,
    members.dataset_key,
    any_value(members.priority) as priority,
    count(*) as records,
    any_value(outlines.area_m2) as area_m2,
    {{ exact_sum('case when not (members.is_repeat or members.is_covered) then members.source_area_m2 end', 2) }}
        as source_area_m2,
    any_value(capacities.capacity_mw) as capacity_mw,
    any_value(capacities.capacity_basis) as capacity_basis,
    coalesce(any_value(capacities.parts_with_capacity) = any_value(parts.parts), false) as is_whole_capacity,
    case when bool_and(members.installed_from is not null) then min(members.installed_from) end as installed_from,
    case when bool_and(members.installed_to is not null) then max(members.installed_to) end as installed_to
from members
inner join parts on members.installation_id = parts.installation_id and members.dataset_key = parts.dataset_key
left join outlines on members.installation_id = outlines.installation_id and members.dataset_key = outlines.dataset_key
left join capacities
    on members.installation_id = capacities.installation_id and members.dataset_key = capacities.dataset_key
group by members.installation_id, members.dataset_key
