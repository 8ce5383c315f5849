with features as (

    select * from {{ ref('stg_pv_features') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

tiles as (

    select * from {{ ref('prep_admin_tiles') }}

),

at_sea as (

    select
        features.record_id,
        features.geometry,
        features.centroid_lon,
        features.centroid_lat,
        greatest(st_xmax(geometry) - st_xmin(geometry), st_ymax(geometry) - st_ymin(geometry)) as extent_deg,
        settings.nearest_land_m,
        settings.nearest_land_m + case when extent_deg < 180 then 111700 * extent_deg else 0 end as reach_m
    from features
    cross join settings
    where features.record_id not in (select record_id from {{ ref('prep_pv_land') }} where subtype = 'country')

),

reaches as (

    select
        *,
        {{ box_around('centroid_lon', 'centroid_lat', 'reach_m') }} as reach
    from at_sea

),

near as (

    select
        reaches.record_id,
        tiles.subtype,
        tiles.country,
        tiles.region,
        tiles.claimant,
        reaches.nearest_land_m,
        st_intersection(tiles.geometry, reaches.reach) as shore,
        {{ ground_distance_m('reaches.geometry', 'shore', 'reaches.centroid_lat') }} as distance_m
    from reaches
    inner join tiles on st_intersects(reaches.reach, tiles.geometry)

)

select
    record_id,
    subtype,
    country,
    region,
    claimant,
    min(distance_m) as distance_m
from near
where distance_m <= nearest_land_m
group by record_id, subtype, country, region, claimant
