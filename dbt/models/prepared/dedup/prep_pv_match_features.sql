-- Pairs that neither outlines nor identifiers decide. Distances as logarithms: each further metre says less than the
-- one before. What is not stated counts 0.
with undecided as (

    select evidence.*
    from {{ ref('prep_pv_evidence') }} as evidence
    anti join {{ ref('prep_pv_decided') }} as decided
        on evidence.number_a = decided.number_a and evidence.number_b = decided.number_b
    where evidence.pair_kind = 'points' and evidence.dataset_key_a != evidence.dataset_key_b

)

select
    number_a,
    number_b,
    dataset_key_a,
    dataset_key_b,
    round(ln(1 + distance_m / greatest(coalesce(radius_m, 30), 10)), 4) as log_radii,
    round(ln(1 + distance_m / 20), 4) as log_metres,
    cast(capacity_ratio is not null as integer) as has_capacities,
    round(ln(1 / greatest(coalesce(capacity_ratio, 1), 0.1)), 4) as log_capacity_ratio,
    cast(names_alike as integer) as has_same_name,
    cast(not names_alike and coalesce(name_similarity >= 0.5, false) as integer) as has_similar_name,
    cast(coalesce(name_similarity < 0.5, false) as integer) as has_other_name
from undecided
