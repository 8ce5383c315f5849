with members as (

    select * from {{ ref('prep_pv_members') }}

),

categories as (

    select * from {{ ref('prep_pv_installation_categories') }}

)

select
    records.record_id,
    case when categories.is_included then members.installation_id end as installation_id,
    case when not categories.is_included then 'status ' || categories.status else records.left_out end as left_out
from {{ ref('prep_pv_datasets_unified') }} as records
left join members on records.record_number = members.record_number
left join categories on members.installation_id = categories.installation_id
