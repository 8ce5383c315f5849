-- The shortest way is sought where a degree is as long both ways, so that edges that are straight in degrees stay so
-- (in EPSG:3395 those of a coarse coast move by hundreds of metres), and is then measured on the ellipsoid.
with features as (

    select
        features.*,
        greatest(
            st_xmax(features.geometry) - st_xmin(features.geometry),
            st_ymax(features.geometry) - st_ymin(features.geometry)
        ) as extent_deg,
        cos(radians(features.centroid_lat)) as narrowing
    from {{ ref('prep_pv_features') }} as features
    where
        features.record_id not in (
            select land.record_id from {{ ref('prep_pv_land') }} as land
            where land.subtype = 'country'
        )
        and not {{ is_placeholder('features') }}

),

reaches as (

    select
        features.*,
        settings.nearest_land_m,
        settings.nearest_land_m
        + case when features.extent_deg < 180 then 111700 * features.extent_deg else 0 end as reach_m,
        {{ box_around('features.centroid_lon', 'features.centroid_lat', 'reach_m') }} as reach
    from features
    cross join {{ ref('stg_settings') }} as settings

),

shores as (

    select
        reaches.*,
        tiles.subtype,
        tiles.country,
        tiles.region,
        tiles.claimant,
        360 * round((reaches.centroid_lon - tiles.west_deg) / 360) as beyond_antimeridian,
        st_translate(st_intersection(tiles.geometry, reaches.reach), beyond_antimeridian, 0) as shore,
        st_shortestline(st_scale(reaches.geometry, reaches.narrowing, 1), st_scale(shore, reaches.narrowing, 1)) as way
    from reaches
    inner join {{ ref('prep_admin_tiles') }} as tiles on st_intersects(reaches.reach, tiles.geometry)

)

select
    record_id,
    subtype,
    country,
    region,
    claimant,
    round(min(st_length_spheroid(st_scale(way, 1 / narrowing, 1))), 2) as distance_m
from shores
group by record_id, subtype, country, region, claimant, nearest_land_m
having distance_m <= nearest_land_m
