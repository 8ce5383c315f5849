-- A point in an outline whose name leads to another record of that outline's dataset.
with evidence as (

    select * from {{ ref('prep_pv_evidence') }}
    where pair_kind = 'point_and_outline' and distance_m = 0 and not names_alike

),

same_names as (

    select
        pairs.*,
        a.dataset_key as dataset_key_a,
        b.dataset_key as dataset_key_b
    from {{ ref('prep_pv_same_names') }} as pairs
    inner join {{ ref('prep_pv_match_records') }} as a on pairs.number_a = a.record_number
    inner join {{ ref('prep_pv_match_records') }} as b on pairs.number_b = b.record_number

),

named as (

    {{ both_sides('same_names', []) }}

)

select distinct
    evidence.number_a,
    evidence.number_b
from evidence
inner join named
    on
        (evidence.number_a = named.record_number and evidence.dataset_key_b = named.other_dataset)
        or (evidence.number_b = named.record_number and evidence.dataset_key_a = named.other_dataset)
