{% set reach_m = 'case when records.capacity_mw > 0 then greatest(near_m, near_with_capacity_m) else near_m end' %}

-- Blocking: only these pairs are compared. The difference of two numbers, instead of their comparison, keeps the plan a
-- SPATIAL_JOIN: a comparison becomes a merge join of all records with all others. Points of one dataset are apart,
-- however near they are. What stands at a stand-in for a position meets nothing there.
with records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

),

repeats as (

    select * from {{ ref('prep_pv_repeats') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

firsts as (

    select
        records.record_number,
        records.priority,
        records.geometry_kind = 'polygon' as is_outline,
        case
            when records.geometry_kind = 'polygon' then records.geometry
            else {{ box_around('records.centroid_lon', 'records.centroid_lat', reach_m) }}
        end as reach
    from records
    inner join repeats on records.record_number = repeats.first_number and records.record_number = repeats.record_number
    cross join settings
    where not coalesce(repeats.is_placeholder, false)

),

meeting as (

    select
        a.record_number as number_a,
        b.record_number as number_b
    from firsts as a
    inner join firsts as b on st_intersects(a.reach, b.reach)
    where a.record_number - b.record_number < 0 and (a.priority - b.priority != 0 or a.is_outline or b.is_outline)

)

select * from meeting
union
select * from {{ ref('prep_pv_named_pairs') }}
