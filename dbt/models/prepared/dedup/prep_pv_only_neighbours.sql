-- Outlines that share ground with one outline only of the other's dataset, and this one with them.
with evidence as (

    select * from {{ ref('prep_pv_evidence') }}
    where pair_kind = 'outlines' and shared_area_m2 > 0 and dataset_key_a != dataset_key_b

)

select
    number_a,
    number_b
from evidence
qualify
    count(*) over (partition by number_a, dataset_key_b) = 1
    and count(*) over (partition by number_b, dataset_key_a) = 1
