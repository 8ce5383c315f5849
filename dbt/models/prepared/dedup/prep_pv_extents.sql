-- As in prep_pv_meeting, but of all records, whatever becomes of them: which ones can be compared shows in which shard
-- they belong. What is cut at the antimeridian has a box on either side of it.
with reaches as (

    select
        records.record_id,
        records.dataset_key,
        records.geometry_kind = 'polygon' as is_outline,
        case
            when records.geometry_kind = 'polygon' then records.geometry
            else {{ box_around('records.centroid_lon', 'records.centroid_lat', largest_reach_m('records')) }}
        end as reach
    from {{ ref('stg_pv_features') }} as records
    cross join {{ ref('stg_settings') }} as settings

),

parts as (

    select * from reaches
    where st_xmax(reach) - st_xmin(reach) < 180
    union all
    select
        record_id,
        dataset_key,
        is_outline,
        unnest(st_dump(reach)).geom as reach
    from reaches
    where st_xmax(reach) - st_xmin(reach) >= 180

)

select
    record_id,
    dataset_key,
    is_outline,
    st_xmin(reach) as west_deg,
    st_ymin(reach) as south_deg,
    st_xmax(reach) as east_deg,
    st_ymax(reach) as north_deg
from parts
