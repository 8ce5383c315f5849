-- Through a list, or each name would be taken apart twice: once more to find those of no word.
with records as (

    select * from {{ ref('prep_pv_match_records') }}
    where name is not null

),

names as (

    select
        record_number,
        unnest([name_parts_of(name)]) as parts
    from records

),

parted as (

    select
        record_number,
        parts['words'] as words,
        parts['numbers'] as numbers
    from names

)

select
    record_number,
    words,
    numbers
from parted
where words != ''
