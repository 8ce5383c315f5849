with records as (

    select * from {{ ref('prep_pv_datasets_unified') }}
    where name is not null

),

parted as (

    select
        record_number,
        name_parts_of(name) as parts
    from records

)

select
    record_number,
    parts.words,
    parts.numbers
from parted
where parts.words != ''
