-- Records that have their counterpart in another dataset already, by ground that they share or by identifier: whatever
-- else that dataset has near them is another installation.
with counterparts as (

    select
        evidence.number_a,
        evidence.number_b,
        evidence.dataset_key_a,
        evidence.dataset_key_b
    from {{ ref('prep_pv_evidence') }} as evidence
    cross join {{ ref('stg_settings') }} as settings
    where evidence.share_of_smaller >= settings.shared_of_smaller
    union
    select
        number_a,
        number_b,
        dataset_key_a,
        dataset_key_b
    from {{ ref('prep_pv_placed') }}
    union
    select
        number_a,
        number_b,
        dataset_key_a,
        dataset_key_b
    from {{ ref('prep_pv_same_identifiers') }}

),

sides as (

    {{ both_sides('counterparts', ['dataset_key_a != dataset_key_b as is_of_two']) }}

)

select distinct
    record_number,
    other_dataset
from sides
where is_of_two
