{% set least_ratio, least_similarity = 0.99, 0.5 %}

-- A plant that one dataset states as a whole and another one in parts: all smaller points near it that have no
-- counterpart of their own and no quite other name, if their capacities add up to that of the whole. It may be chance
-- where more datasets state parts than a whole.
with counterparts as (

    select * from {{ ref('prep_pv_counterparts') }}

),

near as (

    select * from {{ ref('prep_pv_smaller_near') }}
    where capacity_ratio < {{ least_ratio }} and coalesce(name_similarity, 1) >= {{ least_similarity }}

),

wholes as (

    select
        record_number,
        count(*) as as_large
    from counterparts
    where capacity_ratio >= {{ least_ratio }}
    group by record_number

),

sums as (

    select
        near.number_a,
        near.number_b,
        near.whole_number,
        near.part_dataset
    from near
    left join counterparts as of_part
        on near.part_number = of_part.record_number and near.whole_dataset = of_part.other_dataset
    left join counterparts as of_whole
        on near.whole_number = of_whole.record_number and near.part_dataset = of_whole.other_dataset
    where coalesce(of_part.other_number = near.whole_number, true)
    window sums as (partition by near.whole_number, near.part_dataset)
    qualify
        count(*) over sums > 1
        and least(sum(near.part_mw) over sums / near.whole_mw, near.whole_mw / sum(near.part_mw) over sums)
        >= {{ least_ratio }}
        and coalesce(list_contains(list(near.part_number) over sums, of_whole.other_number), true)

)

select
    sums.number_a,
    sums.number_b
from sums
left join wholes on sums.whole_number = wholes.record_number
qualify count(distinct sums.part_dataset) over (partition by sums.whole_number) <= 1 + coalesce(wholes.as_large, 0)
