-- Blocking: only these pairs are compared. Points whose capacities contradict each other are compared only nearby, and
-- where one may be a part of the other.
with meeting as (

    select * from {{ ref('prep_pv_meeting') }}

)

select
    meeting.number_a,
    meeting.number_b
from meeting
cross join {{ ref('stg_settings') }} as settings
where
    meeting.has_outline
    or meeting.apart_m <= 2 * settings.near_m
    or coalesce(meeting.capacity_ratio >= settings.capacity_ratio, true)
    or (meeting.capacity_ratio >= settings.smallest_part and meeting.apart_m <= meeting.smaller_reach_m)
union
select * from {{ ref('prep_pv_named_pairs') }}
union
select * from {{ ref('prep_pv_same_names') }}
