-- What lies within another inner outline is the same place, seen again or earlier.
with inside as (

    select * from {{ ref('prep_pv_inside') }}

),

nested as (

    select distinct
        outer_ones.whole_number,
        inner_ones.inner_number,
        inner_ones.inner_dataset = inner_ones.whole_dataset as is_of_one_dataset,
        inner_ones.is_nested
    from inside as outer_ones
    inner join inside as inner_ones on outer_ones.inner_number = inner_ones.whole_number
    semi join inside as both_ones
        on
            outer_ones.whole_number = both_ones.whole_number
            and inner_ones.inner_number = both_ones.inner_number

)

select
    inside.* exclude (inside.is_nested),
    nested.inner_number is null as is_place,
    coalesce(bool_or(nested.is_of_one_dataset), false) as is_repeated,
    coalesce(bool_or(nested.is_nested), false) as is_covered
from inside
left join nested on inside.whole_number = nested.whole_number and inside.inner_number = nested.inner_number
group by all
