-- Pairs that outlines or identifiers decide, whatever is near: a record has its counterpart in that dataset already, or
-- stands in another outline.
with taken as (

    select * from {{ ref('prep_pv_taken') }}

),

decided as (

    select
        evidence.number_a,
        evidence.number_b,
        taken_a.record_number is not null or taken_b.record_number is not null as is_taken,
        placed_apart.number_a is not null as is_placed_apart
    from {{ ref('prep_pv_evidence') }} as evidence
    left join {{ ref('prep_pv_placed_apart') }} as placed_apart
        on evidence.number_a = placed_apart.number_a and evidence.number_b = placed_apart.number_b
    left join taken as taken_a
        on evidence.number_a = taken_a.record_number and evidence.dataset_key_b = taken_a.other_dataset
    left join taken as taken_b
        on evidence.number_b = taken_b.record_number and evidence.dataset_key_a = taken_b.other_dataset

)

select * from decided
where is_taken or is_placed_apart
