with assigned as (

    select
        near_pairs.number_a,
        near_pairs.number_b,
        evidence.dataset_key_a,
        evidence.dataset_key_b,
        evidence.capacity_ratio
    from {{ ref('prep_pv_near_pairs') }} as near_pairs
    inner join {{ ref('prep_pv_evidence') }} as evidence
        on near_pairs.number_a = evidence.number_a and near_pairs.number_b = evidence.number_b
    where evidence.pair_kind = 'points'

)

{{ both_sides('assigned', ['capacity_ratio']) }}
