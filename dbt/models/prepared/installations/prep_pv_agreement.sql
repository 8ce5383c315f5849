with members as (

    select * from {{ ref('prep_pv_members') }}

),

wholes as (

    select * from {{ ref('prep_pv_wholes') }}
    where is_several

)

select
    members.installation_id,
    count(distinct members.dataset_key) as dataset_count,
    any_value(independence.independent_inventories) as independent_inventories,
    coalesce(any_value(linked.has_strong_evidence), false) as has_strong_evidence,
    coalesce(any_value(linked.is_contradicted), false) as is_contradicted,
    bool_or(members.is_divided) as is_divided,
    bool_or(members.is_spread_out) as is_spread_out,
    bool_or(members.is_crowded) as is_crowded,
    bool_or(wholes.whole_number is not null) as holds_several,
    bool_or(withdrawn.installation_id is not null) as is_withdrawn,
    bool_or(capacity_wholes.installation_id is not null) as is_whole_beside_parts
from members
inner join {{ ref('prep_pv_independence') }} as independence on members.installation_id = independence.installation_id
left join {{ ref('prep_pv_linked') }} as linked on members.installation_id = linked.installation_id
left join wholes on members.record_number = wholes.whole_number
left join {{ ref('prep_pv_withdrawn') }} as withdrawn on members.installation_id = withdrawn.installation_id
left join {{ ref('prep_pv_capacity_wholes') }} as capacity_wholes
    on members.installation_id = capacity_wholes.installation_id
group by members.installation_id
