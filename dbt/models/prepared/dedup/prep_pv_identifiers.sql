with records as (

    select * from {{ ref('prep_pv_match_records') }}

),

repeats as (

    select * from {{ ref('prep_pv_repeats') }}

)

select
    records.record_number,
    stated.dataset_key,
    stated.namespace,
    stated.identifier
from {{ ref('prep_pv_stated_identifiers') }} as stated
inner join records on stated.record_id = records.record_id
inner join repeats on records.record_number = repeats.record_number and records.record_number = repeats.first_number
anti join {{ ref('prep_pv_ambiguous_identifiers') }} as ambiguous
    on
        stated.dataset_key = ambiguous.dataset_key
        and stated.namespace = ambiguous.namespace
        and stated.identifier = ambiguous.identifier
