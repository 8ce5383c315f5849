-- Distances as logarithms: each further metre says less than the one before. What is not stated counts 0.
with evidence as (

    select * from {{ ref('prep_pv_evidence') }}
    where pair_kind = 'points' and dataset_key_a != dataset_key_b

)

select
    number_a,
    number_b,
    dataset_key_a,
    dataset_key_b,
    ln(1 + distance_m / greatest(coalesce(radius_m, 30), 10)) as log_radii,
    ln(1 + distance_m / 20) as log_metres,
    (capacity_ratio is not null)::integer as has_capacities,
    -ln(greatest(coalesce(capacity_ratio, 1), 0.1)) as log_capacity_ratio,
    names_alike::integer as has_same_name,
    (not names_alike and coalesce(name_similarity >= 0.5, false))::integer as has_similar_name,
    coalesce(name_similarity < 0.5, false)::integer as has_other_name
from evidence
