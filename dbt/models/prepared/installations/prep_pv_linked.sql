-- Two datasets that drew an outline each are strong evidence; the same coordinates in two datasets are a copy, and so
-- is an edition, or a dataset that contains the other.
with origins as (

    select * from {{ ref('prep_pv_origins') }}

),

members as (

    select * from {{ ref('prep_pv_members') }}

),

dependent as (

    select distinct
        a.installation_id,
        a.dataset_key as dataset_a,
        b.dataset_key as dataset_b
    from origins as a
    inner join origins as b on a.installation_id = b.installation_id and a.origin = b.origin

)

select
    a.installation_id,
    bool_or(
        dependent.installation_id is null
        and pairs.match_rule in ('shared_ground', 'part_of_whole', 'point_inside')
    ) as has_strong_evidence,
    bool_or(pairs.contradiction is not null) as is_contradicted
from {{ ref('prep_pv_pairs') }} as pairs
inner join members as a on pairs.number_a = a.record_number
inner join members as b on pairs.number_b = b.record_number and a.installation_id = b.installation_id
left join dependent
    on
        a.installation_id = dependent.installation_id
        and pairs.dataset_key_a = dependent.dataset_a
        and pairs.dataset_key_b = dependent.dataset_b
where pairs.is_match
group by a.installation_id
