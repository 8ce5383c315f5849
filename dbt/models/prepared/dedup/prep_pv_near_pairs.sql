-- Only if each is the other's nearest: a mere neighbour is another installation.
with neighbours as (

    select * from {{ ref('prep_pv_neighbours') }}

),

records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

),

ranked as (

    select
        neighbours.*,
        records.geometry_kind = 'point' as is_point,
        row_number() over (
            partition by neighbours.record_number, neighbours.pair_kind, neighbours.other_dataset
            order by neighbours.apart_m, neighbours.other_number
        ) = 1 as is_nearest_of_dataset,
        row_number() over (
            partition by neighbours.record_number order by neighbours.apart_m, neighbours.other_number
        ) = 1 as is_nearest_of_all
    from neighbours
    inner join records on neighbours.record_number = records.record_number

)

select
    a.record_number as number_a,
    a.other_number as number_b
from ranked as a
inner join ranked as b on a.record_number = b.other_number and a.other_number = b.record_number
where
    a.record_number < a.other_number
    and a.is_nearest_of_dataset
    and b.is_nearest_of_dataset
    and (
        a.pair_kind = 'outlines'
        or (a.is_point and a.is_nearest_of_all)
        or (b.is_point and b.is_nearest_of_all)
    )
