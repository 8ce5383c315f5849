with meetings as (

    select * from {{ ref('prep_pv_place_meetings') }}

),

features as (

    select * from {{ ref('stg_pv_features') }}

),

tiles as (

    select * from {{ ref('prep_admin_tiles') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

alone as (

    select distinct record_id, subtype, boundary_id, 1.0::double as share, 0.0::double as distance_m, true as is_inside
    from meetings
    where not is_one_of_several

),

several as (

    select
        meetings.record_id,
        meetings.subtype,
        meetings.boundary_id,
        sum({{ ellipsoidal_m2('st_intersection(features.geometry, tiles.geometry)') }} / features.area_m2) as share,
        0.0::double as distance_m,
        bool_or(features.geometry_kind = 'polygon' or st_contains(tiles.geometry, features.geometry)) as is_inside
    from meetings
    inner join features on meetings.record_id = features.record_id
    inner join tiles on meetings.tile_number = tiles.tile_number
    where meetings.is_one_of_several
    group by meetings.record_id, meetings.subtype, meetings.boundary_id

),

at_sea as (

    select
        features.record_id,
        features.geometry,
        features.centroid_lat,
        settings.nearest_land_m,
        {{ box_around('features.centroid_lon', 'features.centroid_lat', 'settings.nearest_land_m') }} as reach
    from features
    cross join settings
    where features.record_id not in (select record_id from meetings where subtype = 'country')

),

near as (

    select
        at_sea.record_id,
        tiles.subtype,
        tiles.boundary_id,
        null::double as share,
        min({{ ground_distance_m('at_sea.geometry', 'tiles.geometry', 'at_sea.centroid_lat') }}) as distance_m,
        false as is_inside
    from at_sea
    inner join tiles on st_intersects(at_sea.reach, tiles.geometry)
    group by at_sea.record_id, tiles.subtype, tiles.boundary_id, at_sea.nearest_land_m
    having distance_m <= at_sea.nearest_land_m

)

select * from alone
union all
select * from several
union all
select * from near
