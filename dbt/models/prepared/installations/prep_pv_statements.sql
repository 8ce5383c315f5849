-- The newest edition of an inventory speaks for it; an older one only where the newer ones state nothing.
with members as (

    select * from {{ ref('prep_pv_installation_records') }}

),

outlines as (

    select * from {{ ref('prep_pv_outlines') }}

),

capacities as (

    select * from {{ ref('prep_pv_stated_capacities') }}

),

stated as (

    select
        members.installation_id,
        members.dataset_key,
        any_value(members.inventory) as inventory,
        any_value(members.inventory_priority) as inventory_priority,
        any_value(members.edition) as edition,
        count(*) as records,
        any_value(outlines.area_m2) as area_m2,
        {{ exact_sum('case when not (members.is_repeat or members.is_covered) then members.source_area_m2 end', 2) }}
            as source_area_m2,
        any_value(capacities.statements) as statements,
        any_value(capacities.capacity_mw) as capacity_mw,
        any_value(capacities.capacity_basis) as capacity_basis,
        any_value(capacities.is_whole_beside_parts) as is_whole_beside_parts,
        count(distinct members.part_id) filter (where not members.is_covered and members.capacity_mw is not null)
        = count(distinct members.part_id) filter (where not members.is_covered) as is_whole_capacity,
        case when bool_and(members.installed_from is not null) then min(members.installed_from) end as installed_from,
        case when bool_and(members.installed_to is not null) then max(members.installed_to) end as installed_to
    from members
    left join outlines
        on members.installation_id = outlines.installation_id and members.dataset_key = outlines.dataset_key
    left join capacities
        on members.installation_id = capacities.installation_id and members.dataset_key = capacities.dataset_key
    group by members.installation_id, members.dataset_key

)

select
    *,
    capacity_mw is not null and edition = max(edition) filter (where capacity_mw is not null)
        over inventories as is_newest_capacity,
    coalesce(installed_from, installed_to) is not null
    and edition = max(edition) filter (where coalesce(installed_from, installed_to) is not null)
        over inventories as is_newest_date
from stated
window inventories as (partition by installation_id, inventory)
