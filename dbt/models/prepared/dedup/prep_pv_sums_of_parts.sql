{% set most_off, least_similarity = 0.02, 0.5 %}

-- A plant that one dataset states as a whole and another one in parts: all smaller points near it that have no
-- counterpart of their own and no quite other name, if their capacities add up to that of the whole.
with assigned as (

    select neighbours.*
    from {{ ref('prep_pv_near_pairs') }} as near_pairs
    inner join {{ ref('prep_pv_neighbours') }} as neighbours
        on near_pairs.number_a = neighbours.number_a and near_pairs.number_b = neighbours.number_b

),

counterparts as (

    {{ both_sides('assigned', ['near_rule']) }}

),

near as (

    select
        evidence.number_a,
        evidence.number_b,
        a.capacity_mw > b.capacity_mw as is_a,
        case when is_a then evidence.number_a else evidence.number_b end as whole_number,
        case when is_a then evidence.number_b else evidence.number_a end as part_number,
        case when is_a then evidence.dataset_key_a else evidence.dataset_key_b end as whole_dataset,
        case when is_a then evidence.dataset_key_b else evidence.dataset_key_a end as part_dataset,
        greatest(a.capacity_mw, b.capacity_mw) as whole_mw,
        least(a.capacity_mw, b.capacity_mw) as part_mw
    from {{ ref('prep_pv_evidence') }} as evidence
    cross join {{ ref('stg_settings') }} as settings
    inner join {{ ref('prep_pv_datasets_unified') }} as a on evidence.number_a = a.record_number
    inner join {{ ref('prep_pv_datasets_unified') }} as b on evidence.number_b = b.record_number
    left join {{ ref('prep_pv_decided') }} as decided
        on evidence.number_a = decided.number_a and evidence.number_b = decided.number_b
    where
        evidence.pair_kind = 'points'
        and evidence.dataset_key_a != evidence.dataset_key_b and evidence.capacity_ratio < 1 - {{ most_off }}
        and evidence.distance_m <= settings.reach_radii * evidence.radius_m
        and coalesce(evidence.name_similarity, 1) >= {{ least_similarity }}
        and evidence.reach_m is not null and decided.number_a is null

)

select
    near.number_a,
    near.number_b
from near
left join counterparts as of_part
    on near.part_number = of_part.record_number and near.whole_dataset = of_part.other_dataset
left join counterparts as of_whole
    on near.whole_number = of_whole.record_number and near.part_dataset = of_whole.other_dataset
where coalesce(of_part.other_number = near.whole_number, true)
window sums as (partition by near.whole_number, near.part_dataset)
qualify
    count(*) over sums > 1
    and abs(sum(near.part_mw) over sums - near.whole_mw) <= {{ most_off }} * near.whole_mw
    and coalesce(list_contains(list(near.part_number) over sums, of_whole.other_number), true)
