-- Compared whatever their distance: the publisher, a person or an equal shape has named the two together.
with records as (

    select * from {{ ref('prep_pv_match_records') }}

),

repeats as (

    select * from {{ ref('prep_pv_repeats') }}

),

overrides as (

    select * from {{ ref('stg_overrides') }}

),

grouped as (

    select
        min(record_number) over (partition by dataset_key, group_id) as number_a,
        record_number as number_b
    from records
    where group_id is not null

)

select
    first_number as number_a,
    record_number as number_b
from repeats
where first_number < record_number
union
select * from grouped
where number_a < number_b
union
select
    a.record_number as number_a,
    b.record_number as number_b
from overrides
inner join records as a on overrides.record_id_a = a.record_id
inner join records as b on overrides.record_id_b = b.record_id
union
select
    number_a,
    number_b
from {{ ref('prep_pv_same_identifiers') }}
