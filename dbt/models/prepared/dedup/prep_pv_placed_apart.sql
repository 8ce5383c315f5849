-- Pairs that outlines tell apart: a point in an outline and another outline, and two points in different outlines.
with evidence as (

    select * from {{ ref('prep_pv_evidence') }}
    where pair_kind != 'outlines'

),

placed as (

    select * from {{ ref('prep_pv_placed') }}

),

points as (

    select distinct point_number from placed

),

together as (

    select distinct
        least(a.point_number, b.point_number) as number_a,
        greatest(a.point_number, b.point_number) as number_b
    from placed as a
    inner join placed as b on a.outline_number = b.outline_number
    where a.point_number != b.point_number
    union all
    select
        number_a,
        number_b
    from placed

)

select
    evidence.number_a,
    evidence.number_b
from evidence
left join points as placed_a on evidence.number_a = placed_a.point_number
left join points as placed_b on evidence.number_b = placed_b.point_number
left join together on evidence.number_a = together.number_a and evidence.number_b = together.number_b
where
    together.number_a is null
    and (placed_a.point_number is not null or placed_b.point_number is not null)
    and (
        evidence.pair_kind = 'point_and_outline'
        or (placed_a.point_number is not null and placed_b.point_number is not null)
    )
