-- One vote a dataset, however many outlines it draws there.
with places as (

    select * from {{ ref('prep_pv_inner_places') }}
    where inner_dataset != whole_dataset

),

views as (

    select
        whole_number,
        inner_dataset as dataset_key,
        bool_or(not is_part) as is_whole,
        count(*) filter (where not is_repeated) > 1 as is_apart
    from places
    group by whole_number, inner_dataset
    union all
    select
        inner_number as whole_number,
        whole_dataset as dataset_key,
        true as is_whole,
        false as is_apart
    from places
    where not is_part

)

select
    whole_number,
    count(distinct dataset_key) filter (where is_apart) as drawn_apart_by,
    count(distinct dataset_key) filter (where is_whole and not is_apart) as drawn_whole_by_others
from views
group by whole_number
