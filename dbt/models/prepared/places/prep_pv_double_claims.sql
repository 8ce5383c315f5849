-- Two countries of the file overlap there, or part of it is of no country that is agreed on.
with parts as (

    select * from {{ ref('prep_pv_border_parts') }}
    where subtype = 'country' and share > 0

),

claimed_twice as (

    select
        a.record_id,
        case
            when a.area_m2 is null then 1
            else {{ ellipsoidal_m2('st_intersection(a.geometry, b.geometry)') }} / a.area_m2
        end as share
    from parts as a
    inner join parts as b
        on
            a.record_id = b.record_id
            and a.west_deg = b.west_deg
            and a.south_deg = b.south_deg
            and a.claimant < b.claimant
    union all
    select
        record_id,
        share
    from parts
    where country is null

)

select
    record_id,
    {{ exact_sum('share', 6) }} as share
from claimed_twice
group by record_id
having share > 0.01
