-- Two farms must not become one because somebody drew one outline around both: the outlines in a whole fill it, and no
-- more datasets draw them apart than draw them as one.
with inside as (

    select * from {{ ref('prep_pv_inside') }}

),

records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

),

wholes as (

    select distinct whole_number from inside
    where is_part

),

-- what lies within another inner outline is the same place, seen again or earlier
nested as (

    select distinct
        outer_ones.whole_number,
        outer_ones.whole_dataset,
        inner_ones.inner_number,
        inner_ones.inner_dataset = inner_ones.whole_dataset as is_of_one_dataset
    from inside as outer_ones
    inner join inside as inner_ones on outer_ones.inner_number = inner_ones.whole_number
    semi join inside as both_ones
        on
            outer_ones.whole_number = both_ones.whole_number
            and inner_ones.inner_number = both_ones.inner_number

),

places as (

    select
        inside.*,
        nested.inner_number is null as is_place,
        coalesce(bool_or(nested.is_of_one_dataset), false) as is_repeated
    from inside
    left join nested on inside.whole_number = nested.whole_number and inside.inner_number = nested.inner_number
    group by all

),

filled as (

    select
        inside.whole_number,
        count(*) filter (where inside.is_place) as parts,
        round(
            {{ ellipsoidal_m2('st_union_agg(st_intersection(a.geometry, b.geometry) order by inside.inner_number)') }}
            / any_value(a.area_m2),
            4
        ) as filled
    from places as inside
    semi join wholes on inside.whole_number = wholes.whole_number
    inner join records as a on inside.whole_number = a.record_number
    inner join records as b on inside.inner_number = b.record_number
    group by inside.whole_number

),

views as (

    select
        whole_number,
        inner_dataset as dataset_key,
        bool_or(not is_part) as is_whole,
        count(*) filter (where not is_repeated) > 1 as is_apart
    from places
    where inner_dataset != whole_dataset
    group by whole_number, inner_dataset
    union all
    select
        inner_number as whole_number,
        whole_dataset as dataset_key,
        true as is_whole,
        false as is_apart
    from inside
    where not is_part and inner_dataset != whole_dataset

),

votes as (

    select
        whole_number,
        count(distinct dataset_key) filter (where is_apart) as drawn_apart_by,
        count(distinct dataset_key) filter (where is_whole and not is_apart) as drawn_whole_by_others
    from views
    group by whole_number

)

select
    filled.whole_number,
    filled.parts,
    filled.filled,
    coalesce(votes.drawn_apart_by, 0) as drawn_apart_by,
    1 + coalesce(votes.drawn_whole_by_others, 0) as drawn_whole_by,
    filled.parts > 1 and (filled.filled < settings.least_filled or drawn_apart_by > drawn_whole_by) as is_several
from filled
cross join {{ ref('stg_settings') }} as settings
left join votes on filled.whole_number = votes.whole_number
