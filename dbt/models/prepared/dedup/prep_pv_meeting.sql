-- Joined by bounding box; the case keeps the plan a SPATIAL_JOIN, whose pairs it then compares exactly, each in one
-- order only. Points of one dataset are apart, however near they are. What stands at a stand-in for a position meets
-- nothing there.
with records as (

    select * from {{ ref('prep_pv_match_records') }}

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
        records.capacity_mw,
        st_point(records.centroid_lon, records.centroid_lat) as centroid,
        {{ largest_reach_m('records') }} as reach_m,
        case
            when records.geometry_kind = 'polygon' then records.geometry
            else {{ box_around('records.centroid_lon', 'records.centroid_lat', largest_reach_m('records')) }}
        end as reach
    from records
    inner join repeats on records.record_number = repeats.first_number and records.record_number = repeats.record_number
    cross join settings
    where not coalesce(repeats.is_placeholder, false)

)

select
    a.record_number as number_a,
    b.record_number as number_b,
    a.is_outline or b.is_outline as has_outline,
    {{ smaller_over_larger('a.capacity_mw', 'b.capacity_mw') }} as capacity_ratio,
    st_distance_sphere(a.centroid, b.centroid) as apart_m,
    least(a.reach_m, b.reach_m) as smaller_reach_m
from firsts as a
inner join firsts as b on st_intersects_extent(a.reach, b.reach)
where
    case
        when a.record_number < b.record_number and (a.priority != b.priority or a.is_outline or b.is_outline)
            then st_intersects(a.reach, b.reach)
        else false
    end
