-- Two datasets that drew an outline each are a confirmation; the same coordinates in two datasets are a copy.
with pairs as (

    select * from {{ ref('prep_pv_pairs') }}

),

members as (

    select * from {{ ref('prep_pv_members') }}

),

wholes as (

    select * from {{ ref('prep_pv_wholes') }}
    where is_several

),

agreeing as (

    select
        a.installation_id,
        bool_or(
            pairs.dataset_key_a != pairs.dataset_key_b
            and pairs.match_rule in ('shared_ground', 'part_of_whole', 'point_inside')
        ) as is_confirmed
    from pairs
    inner join members as a on pairs.number_a = a.record_number
    inner join members as b on pairs.number_b = b.record_number
    where pairs.is_match and a.installation_id = b.installation_id
    group by a.installation_id

)

select
    members.installation_id,
    count(distinct members.dataset_key) as dataset_count,
    coalesce(bool_or(agreeing.is_confirmed), false) as is_confirmed,
    bool_or(members.is_divided) as is_divided,
    bool_or(members.is_spread_out) as is_spread_out,
    bool_or(wholes.whole_number is not null) as holds_several
from members
left join agreeing on members.installation_id = agreeing.installation_id
left join wholes on members.record_number = wholes.whole_number
group by members.installation_id
