with compared as (

    select
        evidence.*,
        a.capacity_mw > b.capacity_mw as is_a_larger,
        greatest(a.capacity_mw, b.capacity_mw) as whole_mw,
        least(a.capacity_mw, b.capacity_mw) as part_mw
    from {{ ref('prep_pv_evidence') }} as evidence
    cross join {{ ref('stg_settings') }} as settings
    inner join {{ ref('prep_pv_match_records') }} as a on evidence.number_a = a.record_number
    inner join {{ ref('prep_pv_match_records') }} as b on evidence.number_b = b.record_number
    left join {{ ref('prep_pv_decided') }} as decided
        on evidence.number_a = decided.number_a and evidence.number_b = decided.number_b
    where
        evidence.pair_kind = 'points'
        and evidence.dataset_key_a != evidence.dataset_key_b
        and evidence.capacity_ratio < 1
        and evidence.distance_m <= settings.reach_radii * evidence.radius_m
        and evidence.reach_m is not null
        and decided.number_a is null

)

select
    number_a,
    number_b,
    capacity_ratio,
    name_similarity,
    whole_mw,
    part_mw,
    case when is_a_larger then number_a else number_b end as whole_number,
    case when is_a_larger then number_b else number_a end as part_number,
    case when is_a_larger then dataset_key_a else dataset_key_b end as whole_dataset,
    case when is_a_larger then dataset_key_b else dataset_key_a end as part_dataset
from compared
