select
    members.installation_id,
    members.part_id,
    members.is_repeat,
    members.is_covered,
    records.*
from {{ ref('prep_pv_members') }} as members
inner join {{ ref('prep_pv_datasets_unified') }} as records on members.record_number = records.record_number
